import { mkdirSync, rmSync } from 'node:fs';
import { foreground, node } from './steps/child.mjs';
import { at } from './steps/root.mjs';

const cluster = 'examples/shared-cluster';
const pack = '.ringfence/pack';

/** Each step: what to say before it, the verb with its arguments, and the exit codes that the story expects. */
const steps = [
  {
    title: 'What can a compromised training pod reach today?',
    says: 'One cluster as many are: training next to notebooks, a shop, its databases. Nobody wrote a policy.',
    args: ['scan', cluster],
    expected: [1],
  },
  {
    title: 'The policies it needs',
    says: `Derived from the intent in ${cluster}/zone.yaml, for the CNI that it names.`,
    args: ['generate', '-f', `${cluster}/zone.yaml`, '-o', pack],
    expected: [0],
  },
  {
    title: 'Is it closed now, and will the job still run?',
    says: 'Every claim of the zone, on the cluster together with the pack.',
    args: ['verify', '-f', `${cluster}/zone.yaml`, cluster, pack],
    expected: [0],
  },
  {
    title: 'What can a compromised training pod reach now?',
    says: 'The same question as at the start.',
    args: ['scan', cluster, pack, '--profile', 'cilium@1.19'],
    expected: [0, 1],
  },
];

/**
 * The story of examples/shared-cluster, told by the real program: blast radius before, the pack, the proof, blast radius after.
 * Resolves to 0, or to 1 when a step ends otherwise than it should.
 */
export async function story() {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  const bold = (text) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  rmSync(at(pack), { recursive: true, force: true });
  mkdirSync(at('.ringfence'), { recursive: true });
  for (const [i, { title, says, args, expected }] of steps.entries()) {
    process.stdout.write(`${i === 0 ? '' : '\n\n'}${bold(`${i + 1}. ${title}`)}\n   ${says}\n\n${bold(`$ ringfence ${args.join(' ')}`)}\n\n`);
    const code = await foreground(node, [at('dist', 'cli', 'bin.js'), ...args], { cwd: at() });
    if (!expected.includes(code)) {
      process.stderr.write(`\nringfence ${args[0]} ended with ${code}; the story expects ${expected.join(' or ')}.\n`);
      return 1;
    }
  }
  process.stdout.write(`\n\nThe pack is in ${pack}. Now your own: npm start -- scan PATH, or npm start -- --help\n`);
  return 0;
}
