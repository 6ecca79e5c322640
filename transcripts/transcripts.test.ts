import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loaders } from '../src/cli/commands.gen.ts';
import { expectGolden } from './golden.ts';
import { replay } from './session.ts';

const folder = new URL('./sessions/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe('command-line sessions read as they run', () => {
  test.each(names)('%s', async (name) => {
    const url = new URL(name, folder);
    expectGolden(url, await replay(readFileSync(url, 'utf8')));
  });

  test('every verb has one, and every exit code', () => {
    const all = names.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    for (const name of Object.keys(loaders)) expect(all).toContain(`$ ringfence ${name}`);
    for (const code of [0, 1, 2, 3]) expect(all).toContain(`-- exit ${code} --`);
  });
});
