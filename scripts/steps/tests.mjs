import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreground, node } from './child.mjs';
import { at } from './root.mjs';

/**
 * Runs the tests with vitest's own report on the terminal. Resolves to `{ passed, failed, skipped }`; a file that could not be loaded, an error
 * outside any test or a runner that died counts as a failure, so that `failed` is 0 only when all is well.
 */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-tests-'));
  const file = join(folder, 'results.json');
  const code = await foreground(node, [
    at('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...args,
  ]);
  const counts = read(file);
  rmSync(folder, { recursive: true, force: true });
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function read(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'));
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped: report.numPendingTests + report.numTodoTests };
}

/** `12 passed, 0 failed`, and `, 3 skipped` where some were. */
export const tally = ({ passed, failed, skipped = 0 }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
