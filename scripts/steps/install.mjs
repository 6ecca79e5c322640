import { readFileSync } from 'node:fs';
import { child } from './child.mjs';
import { at } from './root.mjs';

/** Package entries of a lock file: path in node_modules to version and integrity. Undefined when there is no such file. */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes what it installed to node_modules/.package-lock.json;
 * the two differ only in packages for other platforms, which are optional.
 */
export function isInstalled() {
  const wanted = lockedPackages(at('package-lock.json'));
  const present = lockedPackages(at('node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    return found === undefined ? entry.optional === true || entry.devOptional === true : found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** Installs the locked dependencies when they are missing or have changed. Resolves to 0, or to npm's exit code. */
export async function install() {
  if (isInstalled()) return 0;
  process.stderr.write('Installing dependencies (npm ci) …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = await child(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.code !== 0) process.stderr.write(`${result.output}\nnpm ci failed. Ringfence needs Node 20.19 or newer and a way to the npm registry.\n`);
  return result.code;
}
