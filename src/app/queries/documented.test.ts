import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSource } from '../../manifest/parse.ts';
import { readQueryFiles } from './run.ts';

const page = readFileSync(new URL('../../../docs/queries.md', import.meta.url), 'utf8');
/** The text between two headings. */
const section = (from: string, to: string): string => page.slice(page.indexOf(`## ${from}`), page.indexOf(`## ${to}`));
const [example = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');

test('the example of docs/queries.md is one of the transcript, which is run', () => {
  const session = readFileSync(new URL('../../../transcripts/sessions/query.txt', import.meta.url), 'utf8');
  expect(example).toContain('kind: Queries');
  expect(session).toContain(example);
});

test('every party, label and port of docs/queries.md reads as it stands there', () => {
  const rows = [...section('Parties', 'Ports').matchAll(/^\| `([^`]+)`/gm)].map((m) => m[1] ?? '');
  expect(rows.map((row) => row.split(':')[0])).toEqual(
    'workload pods namespace namespaces anyPodIn zone protected cidr host internet node nodes anyone'.split(' '),
  );
  const parties = [...rows, 'namespaces: team=ai, pods: app=web', 'zone: llm, workload: trainer', 'cidr: 10.0.0.0/8, except: [10.1.0.0/16]'];
  const ports = [...section('Ports', 'Baseline').matchAll(/`([A-Z0-9/-]+)`/g)].map((m) => m[1] ?? '');
  expect(ports).toEqual(['443', 'TCP/443', '443/TCP', 'UDP/8000-8010', 'TCP', 'ICMP']);
  const labels = /`(app=web,[^`]*)`/.exec(page)?.[1] ?? '';
  const text = [
    'apiVersion: ringfence.dev/v1alpha1',
    'kind: Queries',
    'queries:',
    ...parties.map((p, i) => `- {name: q${i}, must-not-reach: {from: {${p}}, to: [{${p}}], ports: [${ports.join(', ')}, http]}}`),
    `- {name: labels, only-reaches: {from: {pods: ${JSON.stringify(labels)}}}}`,
  ].join('\n');
  expect(parseSource({ file: 'q.yaml', text }).diagnostics).toEqual([]);
  const { files, diagnostics } = readQueryFiles([{ file: 'q.yaml', text }]);
  expect(diagnostics).toEqual([]);
  expect(files[0]?.queries).toHaveLength(parties.length + 1);
});
