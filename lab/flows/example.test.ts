import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exampleFlows } from './example.ts';

const file = new URL('../../examples/flows/hubble.json.gz', import.meta.url);

test('the flows of the example are those that are generated; UPDATE_LAB=1 writes them', () => {
  const made = exampleFlows();
  if (process.env.UPDATE_LAB !== undefined) writeFileSync(file, made);
  expect(gunzipSync(readFileSync(file)).equals(gunzipSync(made))).toBe(true);
});
