// npm run fuzz [-- --minutes N]: the laws over random clusters, with fresh seeds, round after round (default one minute; a night is 480).
// A cluster on which the engines differ is kept in laws/found, where npm test asks it again for ever.
import { child, node } from './steps/child.mjs';
import { install } from './steps/install.mjs';
import { at } from './steps/root.mjs';

/** Trials a law and round: a round is then some minutes and over ten million packets. */
const trialsPerRound = 1500;

function minutesAsked(args) {
  if (args.length === 0) return 1;
  const minutes = args.length === 2 && args[0] === '--minutes' ? Number(args[1]) : Number.NaN;
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 10_080 ? minutes : undefined;
}

async function main() {
  const minutes = minutesAsked(process.argv.slice(2));
  if (minutes === undefined) {
    process.stderr.write('Expected nothing, or --minutes N with a whole number from 1 to 10080: npm run fuzz -- --minutes 480\n');
    return 2;
  }
  if ((await install()) !== 0) return 3;
  const until = Date.now() + minutes * 60_000;
  for (let round = 1; round === 1 || Date.now() < until; round++) {
    const { code, output } = await child(node, [at('node_modules', 'vitest', 'vitest.mjs'), 'run', 'laws', '--testTimeout=3600000', '--reporter=dot'], {
      env: { RINGFENCE_FUZZ_RUNS: String(trialsPerRound) },
    });
    const packets = /packets asked: (\d+)/.exec(output)?.[1];
    const counted = packets === undefined ? '' : `, ${Number(packets).toLocaleString('en')} packets`;
    process.stdout.write(`round ${round}: ${code === 0 ? 'the engines agree' : 'FAILED'}${counted}\n`);
    if (code !== 0) {
      process.stdout.write(`${output}\nThe cluster is in laws/found: mend the engine, and commit the file with the mending.\n`);
      return 1;
    }
  }
  return 0;
}

process.exitCode = await main();
