import { expect, test } from 'vitest';
import { inFile } from './steps/purity.mjs';

const found = (text) => inFile('src/engine/x.ts', text).map((line) => line.replace(/^[^ ]+ ([\w.]+):.*$/, '$1'));

test.each([
  ['process.exit(1);', ['process.exit']],
  ['const now = Date.now();', ['Date.now']],
  ['const now = new Date();', ['Date']],
  ['const r = Math.random();', ['Math.random']],
  ['export const f = () => setTimeout(g, 1);', ['setTimeout']],
  ['const x = `${process.cwd()}`;', ['process.cwd']],
])('%s reaches outside', (text, names) => {
  expect(found(text)).toEqual(names);
});

test.each([
  'const t = new Date(text);',
  'const t = Date.parse(text);',
  'const m = Math.max(1, 2);',
  'const a = { process: 1, console: 2 };',
  'const p = job.process;',
  'function f(process: string) { return process; }',
  'import { fetch } from "./fetch.ts"; fetch();',
  '// process.exit\nconst s = "Date.now()";',
  'type T = Date; const t: typeof process = x;',
])('%s does not', (text) => {
  expect(found(text)).toEqual([]);
});
