import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { generatedNote } from './printing.mjs';
import { at } from './root.mjs';

const answers = { X: 'allowed', D: 'denied', '.': 'not allowed', '?': 'not known' };

/** The page of cases of AWS policies: the requests that each table asks, and what becomes of them. */
export function iamCaseFiles() {
  const files = readdirSync(at('cases/iam'))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name, spec: load(readFileSync(at('cases/iam', name), 'utf8')) }));
  const requests = files.flatMap(({ spec }) => spec.tables.flatMap((table) => rowsOf(table)));
  const text = [
    '# Cases of AWS policies',
    '',
    generatedNote('the tables under cases/iam'),
    '',
    `What becomes of ${requests.length} requests, worked out by hand from the IAM user guide. Each is asked of \`decide\` and of the prover (see [iam.md](iam.md)); the files hold the policies.`,
    '',
    '`allowed` · `denied`: by an explicit denial · `not allowed`: nothing allows it · `not known`: AWS does not say, or the input does not.',
    ...files.flatMap(({ name, spec }) => [
      '',
      `## [${titleOf(name)}](../cases/iam/${name})`,
      '',
      `${spec.note} Source: ${spec.source}`,
      '',
      '| where | request | |',
      '| --- | --- | --- |',
      ...spec.tables.flatMap((table) =>
        rowsOf(table).map(([sign, ...words], i) => `| ${i === 0 ? cell(table.that) : ''} | ${code(words.join(' '))} | ${answers[sign]} |`),
      ),
    ]),
    '',
  ].join('\n');
  return [{ path: 'docs/iam-cases.md', text }];
}

function rowsOf({ want }) {
  return want
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}

function titleOf(name) {
  const words = name.replace(/^\d+-/, '').replace('.yaml', '').replaceAll('-', ' ');
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}

function cell(text) {
  return String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text) {
  return `\`${cell(text)}\``;
}
