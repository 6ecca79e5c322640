import { readFileSync } from 'node:fs';
import { child } from './child.mjs';
import { ringfence } from './print-cli.mjs';
import { at } from './root.mjs';

/**
 * Blocks of Markdown that show what the program prints. A comment names the command, and the fenced block below it is replaced:
 *
 *     <!-- printed by: ringfence scan examples/shared-cluster | first 20 -->
 *
 * `| first N` keeps the first N lines, `| from TEXT to TEXT` those from the first line that contains one text up to (not with) the next that contains the other.
 */
const block = /^(<!-- printed by: ringfence ([^\n]*?) -->\n\n?```[a-z]*\n)([\s\S]*?)(^```$)/gm;

/** Every tracked or new Markdown page that has such blocks, with the blocks as the program prints them now. */
export async function blockFiles() {
  const listed = await child('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']);
  const files = [];
  const problems = [];
  for (const path of listed.stdout.split('\n').filter((line) => line !== '')) {
    const old = readFileSync(at(path), 'utf8');
    const printed = new Map();
    for (const [, , command] of old.matchAll(block)) {
      const { text, problem } = await print(command);
      if (problem === undefined) printed.set(command, text);
      else problems.push(`${path}: ${problem}`);
    }
    if (printed.size > 0)
      files.push({
        path,
        text: old.replace(block, (whole, head, command, _body, tail) => (printed.has(command) ? head + printed.get(command) + tail : whole)),
      });
  }
  return { files, problems };
}

async function print(command) {
  const [call, cut] = command.split(' | ');
  const { code, stdout, stderr } = await ringfence(call.split(' '));
  if (code > 1) return { problem: `\`ringfence ${call}\` exits with ${code}: ${stderr.trim()}` };
  const lines = stdout.trimEnd().split('\n');
  const kept = cutLines(lines, cut);
  if (kept === undefined) return { problem: `\`${cut}\` fits nothing that \`ringfence ${call}\` prints` };
  return { text: `${kept.join('\n').trimEnd()}\n` };
}

function cutLines(lines, cut) {
  if (cut === undefined) return lines;
  const first = /^first (\d+)$/.exec(cut);
  if (first !== null) return lines.length > Number(first[1]) ? [...lines.slice(0, Number(first[1])), '…'] : lines;
  const span = /^from (.+) to (.+)$/.exec(cut);
  if (span === null) return undefined;
  const start = lines.findIndex((line) => line.includes(span[1]));
  if (start < 0) return undefined;
  const end = lines.findIndex((line, i) => i > start && line.includes(span[2]));
  return lines.slice(start, end < 0 ? undefined : end);
}
