// npm run gen [-- --check | --registries]: everything in the tree that the program can write better than we can.
//   registries   from folder listings (no build needed)
//   the rest     docs, schemas and the printed examples in Markdown, by the built program
// --check writes nothing and fails when something on disk differs; --registries stops after the first step.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from './steps/compile.mjs';
import { registryFiles } from './steps/registries.mjs';
import { at } from './steps/root.mjs';

const check = process.argv.includes('--check');

/** Compares with the disk, or writes. `owned` are folders in which nothing else may lie. Returns the paths that differ. */
function settle({ files, owned = [] }) {
  const differing = files.filter(({ path, text }) => !existsSync(at(path)) || readFileSync(at(path), 'utf8') !== text).map(({ path }) => path);
  const wanted = new Set(files.map(({ path }) => path));
  const stale = owned
    .flatMap((folder) => (existsSync(at(folder)) ? readdirSync(at(folder)).map((name) => `${folder}/${name}`) : []))
    .filter((path) => !wanted.has(path));
  if (!check) {
    for (const { path, text } of files.filter(({ path }) => differing.includes(path))) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    }
    for (const path of stale) rmSync(join(at(path)));
  }
  return [...differing, ...stale];
}

async function main() {
  const registries = registryFiles();
  if (registries.problems.length > 0) {
    process.stderr.write(`${registries.problems.join('\n')}\n`);
    return 1;
  }
  const changed = settle(registries);
  if (!process.argv.includes('--registries')) {
    if (!(check && changed.length > 0)) {
      if ((await compile()) !== 0) return 1;
      const { printedFiles } = await import('./steps/printed.mjs');
      const printed = await printedFiles();
      if (printed.problems.length > 0) {
        process.stderr.write(`${printed.problems.join('\n')}\n`);
        return 1;
      }
      changed.push(...settle(printed));
    }
  }
  if (!check) {
    for (const path of changed) process.stdout.write(`wrote ${path}\n`);
    return 0;
  }
  if (changed.length === 0) return 0;
  process.stderr.write(`Generated files are out of date:\n${changed.map((path) => `  ${path}\n`).join('')}`);
  process.stderr.write(
    'They are made from folder listings and by the program itself. Run `npm run gen` and commit what it writes; do not edit them by hand.\n',
  );
  return 1;
}

process.exitCode = await main();
