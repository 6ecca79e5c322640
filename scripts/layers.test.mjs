import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { child, node } from './steps/child.mjs';
import { at } from './steps/root.mjs';

/** One crime for each law: who imports what. The importer's name is the law's. */
const crimes = {
  'kernel-stands-alone': ['kernel', 'model/data.ts'],
  'space-knows-only-numbers': ['space', 'model/data.ts'],
  'model-is-data': ['model', 'engine/data.ts'],
  'spec-says-intent': ['spec', 'engine/data.ts'],
  'engine-knows-no-dialect': ['engine', 'dialects/x/data.ts'],
  'manifest-is-text-to-objects': ['manifest', 'jobs/data.ts'],
  'jobs-make-workloads': ['jobs', 'engine/data.ts'],
  'services-are-facts': ['services', 'spec/data.ts'],
  'checks-look-at-the-model': ['checks', 'app/data.ts'],
  'reports-only-render': ['report', 'app/data.ts'],
  'dialects-do-not-meet': ['dialects/y', 'dialects/x/data.ts'],
  'dialects-know-only-the-model': ['dialects/x', 'engine/data.ts'],
  'app-is-pure': ['app', 'live/data.ts'],
  'live-knows-no-use-case': ['live', 'app/data.ts'],
  'shells-are-last': ['report', 'cli/data.ts'],
  'tests-are-not-imported': ['model', 'model/data.test.ts'],
  'io-lives-in-live': ['app', 'node:fs'],
  'nothing-unresolved': ['model', 'model/gone.ts'],
  'no-unlisted-packages': ['model', 'publint'],
  'no-development-packages-at-run-time': ['model', 'fast-check'],
  'no-cycles': ['model', 'model/round.ts'],
};

const innocent = {
  'src/cli/wires.ts': "import '../app/data.ts';\nimport '../live/data.ts';\nimport 'node:process';\n",
  'src/app/uses.ts': "import '../engine/data.ts';\nimport '../dialects/x/data.ts';\n",
};

let violations;

beforeAll(async () => {
  const files = {
    'package.json': '{"type":"module","devDependencies":{"fast-check":"*"}}',
    'tsconfig.json': '{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true}}',
    ...innocent,
  };
  for (const [law, [folder, target]] of Object.entries(crimes)) {
    const inside = target.endsWith('.ts');
    const path = inside ? `${'../'.repeat(folder.split('/').length)}${target}` : target;
    files[`src/${folder}/${law}.ts`] = `import '${path}';\n`;
    if (inside && !target.endsWith('/gone.ts')) files[`src/${target}`] = 'export const x = 1;\n';
  }
  files['src/model/round.ts'] = "import './no-cycles.ts';\n";
  files['src/model/no-orphans.ts'] = 'export const x = 1;\n';
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-layers-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(at('node_modules'), join(folder, 'node_modules'), 'junction');
  const cruiser = at('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const { stdout } = await child(node, [cruiser, '--config', at('layers.mjs'), '--output-type', 'json', 'src'], { cwd: folder });
  rmSync(folder, { recursive: true, force: true });
  violations = JSON.parse(stdout).summary.violations;
});

const broken = (path) => violations.filter(({ from }) => from.endsWith(path)).map(({ rule }) => rule.name);

test.each([...Object.keys(crimes), 'no-orphans'])('%s has teeth', (law) => {
  expect(broken(`/${law}.ts`)).toContain(law);
});

test.each(Object.keys(innocent))('%s breaks no law', (path) => {
  expect(broken(path)).toEqual([]);
});
