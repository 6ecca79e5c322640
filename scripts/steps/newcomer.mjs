import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { child, node } from './child.mjs';
import { at } from './root.mjs';

const slug = 'a-newcomers-first-check';

/**
 * Does in a copy of the project what CONTRIBUTING tells a newcomer: `npm run new check`, the tests of the checks, `npm run gen`. The check must then be in the
 * docs, in the help and among the SARIF rules without any list having been edited. Resolves to what is wrong, one sentence each.
 */
export async function newcomerProblems() {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-newcomer-'));
  try {
    const listed = await child('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
    for (const path of listed.stdout.split('\n').filter((line) => line !== '' && existsSync(at(line)))) {
      cpSync(at(path), join(folder, path), { recursive: true });
    }
    symlinkSync(at('node_modules'), join(folder, 'node_modules'), 'junction');
    cpSync(at('dist'), join(folder, 'dist'), { recursive: true });
    return await tryIt(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryIt(folder) {
  const run = (path, ...args) => child(node, [join(folder, path), ...args], { cwd: folder, env: { NO_COLOR: '1' } });
  const steps = [
    ['npm run new', () => run('scripts/new.mjs', 'check', slug)],
    ['the tests of the checks', () => run('node_modules/vitest/vitest.mjs', 'run', 'src/checks')],
    ['the types', () => run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')],
    ['the style', () => run('node_modules/@biomejs/biome/bin/biome', 'check', `src/checks/${slug}.ts`)],
    ['npm run gen', () => run('scripts/gen.mjs')],
  ];
  for (const [name, step] of steps) {
    const { code, output } = await step();
    if (code !== 0) return [`${name} fails after a new check:\n${output.trimEnd()}`];
  }
  const problems = [];
  const twice = await run('scripts/new.mjs', 'check', slug);
  if (twice.code !== 2) problems.push(`a second check of the same name is not refused: exit ${twice.code}`);
  if (!readFileSync(join(folder, 'docs/checks', `${slug}.md`), 'utf8').includes('carries the label')) problems.push('its page does not show what it prints');
  const help = await run('dist/cli/bin.js', 'scan', '--help');
  if (!help.stdout.includes(slug)) problems.push('ringfence scan --help does not name it');
  const sarif = await run('dist/cli/bin.js', 'scan', 'examples/shared-cluster/training.yaml', '--format', 'sarif');
  if (!sarif.stdout.includes(slug)) problems.push('the SARIF rules do not name it');
  return problems;
}
