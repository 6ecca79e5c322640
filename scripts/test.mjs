// npm test [-- vitest arguments]: makes a fresh clone ready, runs the tests and ends with one line that counts them.
import { compile } from './steps/compile.mjs';
import { install } from './steps/install.mjs';
import { runTests, tally } from './steps/tests.mjs';

const ready = (await install()) === 0 && (await compile()) === 0;
const counts = ready ? await runTests(process.argv.slice(2)) : { passed: 0, failed: 1 };
process.stdout.write(`\n${tally(counts)}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
