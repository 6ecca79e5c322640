import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** A folder of the shared test data (`netpol/telepathy`), or undefined where that is absent. */
export function sharedFolder(name: string): string | undefined {
  const folder = join(root, name);
  return existsSync(folder) ? folder : undefined;
}

/** Every YAML and JSON file below a folder, in path order. */
export function manifestsIn(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ya?ml|json)$/.test(path))
    .sort()
    .map((path) => ({ file: relative(folder, join(folder, path)), text: readFileSync(join(folder, path), 'utf8') }));
}
