import { built, generatedNote } from './printing.mjs';

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');

/** Subjects that no policy has a part in. */
const elsewhere = { program: 'not the network', interface: 'not the network', intruder: 'not the network', rdma: 'the fabric, which no policy governs' };

/** What a line of this shape says about the network. */
function tells({ proof, subject, outcome }) {
  if (proof === 'echo') return 'proves nothing by itself';
  if (subject === 'dns' && outcome === 'unknown-name') return 'a name that is not there';
  if (subject in elsewhere) return elsewhere[subject];
  return proof === 'connect' ? 'the network' : 'the network, perhaps';
}

/** The page of every line that diagnose recognises. */
export async function signatureFiles() {
  const { families } = await built('signatures/registry.gen.js');
  const count = families.reduce((sum, { signatures }) => sum + signatures.length, 0);
  const text = [
    '# Lines that are recognised',
    '',
    generatedNote('src/signatures'),
    '',
    `[\`ringfence diagnose\`](diagnose.md) knows ${count} shapes of lines that programs print when they cannot go on. Each stands in the log of some case in`,
    '[cases/logs](../cases/logs), with the answer that it must give, and has the source file that prints it beside it.',
    '',
    'What a line tells: *the network*: it names a connection, or a name, that failed; *the network, perhaps*: it points there, and what the policies say settles it;',
    '*the fabric*: RDMA, which meets no policy of pods; *not the network*: a setting or the program; *proves nothing by itself*: it follows from something else.',
    '',
    ...families.flatMap(({ title, signatures }) => [
      `## ${title}`,
      '',
      '| signature | what it means | tells | versions | source |',
      '| --- | --- | --- | --- | --- |',
      ...signatures.map((s) => `| \`${s.id}\` | ${[s.means, tells(s), s.versions ?? '', s.source].map(cell).join(' | ')} |`),
      '',
    ]),
  ].join('\n');
  return [{ path: 'docs/signatures.md', text }];
}
