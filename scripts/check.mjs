// npm run check [-- --no-tests]: every gate, one after the other, all of them even when one fails; ends with a line that counts.
import { child, node } from './steps/child.mjs';
import { compile } from './steps/compile.mjs';
import { documentProblems } from './steps/documents.mjs';
import { install } from './steps/install.mjs';
import { newcomerProblems } from './steps/newcomer.mjs';
import { at } from './steps/root.mjs';
import { tarballProblems } from './steps/tarball.mjs';
import { runTests, tally } from './steps/tests.mjs';

/** A gate that is a program: passes when it exits with 0. `tool` is its JavaScript file below node_modules. */
const program = (name, tool, args, hint) => ({
  name,
  hint,
  async run() {
    const { code, output } = await child(node, [at('node_modules', ...tool.split('/')), ...args]);
    return code === 0 ? [] : [output.trimEnd()];
  },
});

const gates = [
  { name: 'install', hint: 'npm ci must work from package-lock.json alone.', run: async () => ((await install()) === 0 ? [] : ['npm ci failed']) },
  program('types', 'typescript/bin/tsc', ['-p', 'tsconfig.json'], 'npx tsc -p tsconfig.json shows the same.'),
  { name: 'build', hint: 'npm run build shows the same.', run: async () => ((await compile()) === 0 ? [] : ['src does not compile to dist']) },
  {
    name: 'generated',
    hint: 'npm run gen writes them; commit what it writes.',
    async run() {
      const { code, output } = await child(node, [at('scripts', 'gen.mjs'), '--check']);
      return code === 0 ? [] : [output.trimEnd()];
    },
  },
  program('style', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings'], 'npx biome check --write mends most of it.'),
  program(
    'layers',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    ['--config', 'layers.mjs', '--output-type', 'err-long', 'src'],
    'layers.mjs says why each law is there.',
  ),
  {
    name: 'purity',
    hint: 'Everything but src/live and src/cli is a function of its input.',
    run: async () => (await import('./steps/purity.mjs')).impurities(),
  },
  program('dead code', 'knip/bin/knip.js', [], 'Delete what nothing uses, or do not export it.'),
  { name: 'documents', hint: 'Mend the links.', run: documentProblems },
  program('publint', 'publint/src/cli.js', ['--strict', '--pack=npm'], 'What package.json promises must be in the package.'),
  { name: 'newcomer', hint: 'CONTRIBUTING promises that a new check is one file.', run: newcomerProblems },
  { name: 'tarball', hint: 'What is published must work in an empty project.', run: tarballProblems },
];

let passed = 0;
let failed = 0;
for (const { name, hint, run } of gates) {
  const from = performance.now();
  const problems = await run().catch((error) => [error.stack ?? String(error)]);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  if (problems.length === 0) {
    passed++;
    process.stdout.write(`ok      ${name} (${seconds} s)\n`);
  } else {
    failed++;
    process.stdout.write(`FAILED  ${name} (${seconds} s)\n${problems.join('\n').replace(/^/gm, '        ')}\n        ${hint}\n`);
  }
}
let skipped = 0;
if (!process.argv.includes('--no-tests')) {
  const counts = await runTests([]);
  passed += counts.passed;
  failed += counts.failed;
  skipped = counts.skipped;
}
process.stdout.write(`\n${tally({ passed, failed, skipped })}\n`);
process.exitCode = failed === 0 ? 0 : 1;
