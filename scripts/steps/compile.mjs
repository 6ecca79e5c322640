import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { child, node } from './child.mjs';
import { registryFiles, writeChanged } from './registries.mjs';
import { at } from './root.mjs';

const stamp = () => at('dist', '.stamp');

function* filesBelow(folder, prefix = '') {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name), `${path}/`);
    else yield path;
  }
}

/** A line a file that the build depends on: path, size and time of change. Cheap enough to be asked at each start. */
function inputs() {
  const sources = [...filesBelow(at('src'))].filter((path) => !path.endsWith('.test.ts')).map((path) => `src/${path}`);
  return [...sources.sort(), 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'node_modules/typescript/package.json']
    .map((path) => {
      const { size, mtimeMs } = statSync(at(path));
      return `${path} ${size} ${mtimeMs}`;
    })
    .join('\n');
}

/** Whether dist was built from the sources as they are now. */
export function isBuilt() {
  return existsSync(stamp()) && readFileSync(stamp(), 'utf8') === inputs();
}

/** Removes what an earlier build made of a source that is gone: it would be published otherwise. */
function sweep() {
  for (const path of filesBelow(at('dist'))) {
    const source = /^(.+?)(?:\.js|\.d\.ts)$/.exec(path)?.[1];
    if (source !== undefined && !existsSync(at('src', `${source}.ts`))) rmSync(at('dist', path));
  }
}

/** Brings the generated registries up to date and compiles src to dist when anything has changed. Resolves to 0, or to the compiler's exit code. */
export async function compile() {
  const { files, problems } = registryFiles();
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`);
    return 1;
  }
  writeChanged(files);
  if (isBuilt()) return 0;
  process.stderr.write('Building …\n');
  const before = inputs();
  const result = await child(node, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  if (result.code !== 0) {
    process.stderr.write(`${result.output}The build failed: see the errors above.\n`);
    return result.code;
  }
  sweep();
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp(), before);
  return 0;
}
