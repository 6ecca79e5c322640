import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { child, node } from './child.mjs';
import { at } from './root.mjs';

/** Files that a user of the package has no use for. */
const unwanted = [/[.]test[.]/, /^src\//, /[.]tsbuildinfo$/, /[.]stamp$/];

/**
 * Packs the package as it would be published, installs the tarball into an empty project and uses it there as a stranger would:
 * `ringfence --version`, and an import of the library. Resolves to what is wrong, one sentence each.
 */
export async function tarballProblems() {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-pack-'));
  try {
    return await inFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inFolder(folder) {
  const packed = await child('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder]);
  if (packed.code !== 0) return [`npm pack failed: ${packed.output}`];
  const report = JSON.parse(packed.stdout);
  const [tarball] = Array.isArray(report) ? report : Object.values(report);
  const paths = tarball.files.map((file) => file.path);
  const problems = paths.filter((path) => unwanted.some((form) => form.test(path))).map((path) => `the package carries ${path}, which no user needs`);
  for (const path of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/cli/bin.js', 'dist/index.js', 'dist/index.d.ts']) {
    if (!paths.includes(path)) problems.push(`the package lacks ${path}`);
  }
  const home = join(folder, 'project');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"name":"stranger","private":true,"type":"module"}\n');
  const installed = await child(
    'npm',
    ['install', '--no-audit', '--no-fund', '--omit=dev', '--prefer-offline', '--loglevel=error', join(folder, tarball.filename)],
    { cwd: home },
  );
  if (installed.code !== 0) return [...problems, `npm install of the tarball failed: ${installed.output}`];
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const said = await child(join(home, 'node_modules', '.bin', 'ringfence'), ['--version'], { cwd: home });
  if (said.code !== 0 || !said.stdout.includes(version)) problems.push(`ringfence --version exits with ${said.code} and says: ${said.output.trim()}`);
  const imported = await child(node, ['--input-type=module', '-e', "const m = await import('ringfence'); if (Object.keys(m).length === 0) process.exit(1);"], {
    cwd: home,
  });
  if (imported.code !== 0) problems.push(`import 'ringfence' fails: ${imported.output.trim()}`);
  return problems;
}
