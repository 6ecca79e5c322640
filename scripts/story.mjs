import { mkdirSync, rmSync } from 'node:fs';
import { child, node } from './steps/child.mjs';
import { at } from './steps/root.mjs';

const cluster = 'examples/shared-cluster';
const zone = `${cluster}/zone.yaml`;
const pack = '.ringfence/pack';
const worker = '● ai-training/llm-pretrain[PyTorchJob worker]';

/** The blast radius of one worker, and how many findings there are. */
const blastRadius = [
  { from: worker, to: '  reaches' },
  { from: '  blast radius', to: '●', after: worker },
  { from: 'Findings  ', to: '' },
];

/** Each step: what to say before it, the verb with its arguments, the exit codes that the story expects, and the parts of the output that it shows. */
const steps = [
  {
    title: 'What can a compromised training pod reach today?',
    says: 'A cluster as many are: training next to notebooks, a shop and its databases. Nobody wrote a policy.',
    args: ['scan', cluster],
    expected: [1],
    show: blastRadius,
  },
  {
    title: 'The policies it needs',
    says: `Derived from the intent in ${zone}, in the language of the CNI that it names.`,
    args: ['generate', '-f', zone, '-o', pack],
    expected: [0],
  },
  {
    title: 'Is it closed now, and will the job still run?',
    says: 'Every claim of the zone, on the cluster together with the pack.',
    args: ['verify', '-f', zone, cluster, pack, '--iam', `${pack}/iam`],
    expected: [0],
    show: [{ from: '', to: 'Findings  ' }],
  },
  {
    title: 'What can a compromised training pod reach now?',
    says: 'The same question again. What is left beyond the first hop is what those who serve training could do themselves.',
    args: ['scan', cluster, pack, '--profile', 'cilium@1.19'],
    expected: [0, 1],
    show: blastRadius,
  },
];

/** A line without colours; terminals without Unicode get `*` for the bullet. */
const plain = (text) => text.replace(/\u001b\[[\d;]*m/g, '').replace(/^\* /, '● ');

/**
 * The lines of some parts of an output. A part starts at the first line (after one that starts with `after`) that starts with `from` and ends before the next
 * that starts with `to`; an empty `to` takes the one line, an empty `from` starts at the top. A part that is not there is left out.
 */
export function partsOf(lines, parts) {
  return parts.flatMap(({ from, to, after = '' }, i) => {
    const base = lines.findIndex((line) => plain(line).startsWith(after));
    const start = lines.findIndex((line, at) => at >= base && plain(line).startsWith(from));
    if (start < 0) return [];
    const end = to === '' ? start + 1 : lines.findIndex((line, at) => at > start && plain(line).startsWith(to));
    const part = lines.slice(start, end < 0 ? undefined : end);
    while (part.length > 0 && part.at(-1).trim() === '') part.pop();
    return i === 0 ? part : ['', ...part];
  });
}

/**
 * The story of examples/shared-cluster, told by the real program: blast radius before, the pack, the proof, blast radius after.
 * Resolves to 0, or to 1 when a step ends otherwise than it should.
 */
export async function story() {
  const colour = process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
  const ink = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  rmSync(at(pack), { recursive: true, force: true });
  mkdirSync(at('.ringfence'), { recursive: true });
  for (const [i, { title, says, args, expected, show }] of steps.entries()) {
    const command = `ringfence ${args.join(' ')}`;
    process.stdout.write(`${i === 0 ? '' : '\n\n'}${ink(1, `${i + 1}. ${title}`)}\n   ${says}\n\n${ink(1, `$ ${command}`)}\n\n`);
    const { code, stdout, stderr } = await child(node, [at('dist', 'cli', 'bin.js'), ...args], { env: colour ? { FORCE_COLOR: '1' } : {} });
    if (!expected.includes(code)) {
      process.stdout.write(stdout);
      process.stderr.write(`${stderr}\nringfence ${args[0]} ended with ${code}; the story expects ${expected.join(' or ')}.\n`);
      return 1;
    }
    const lines = stdout.trimEnd().split('\n');
    const shown = show === undefined ? lines : partsOf(lines, show);
    process.stdout.write(`${shown.join('\n')}\n`);
    if (shown.length < lines.length) process.stdout.write(ink(2, `\n   … all ${lines.length} lines: npm start -- ${args.join(' ')}\n`));
  }
  process.stdout.write(`\n\nThe pack is in ${pack}. Now your own cluster: npm start -- scan PATH, or npm start -- --help\n`);
  return 0;
}
