import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Whether goldens are rewritten instead of compared: `npm run goldens`. */
export const updating: boolean = process.env.UPDATE_GOLDENS === '1';

/** Compares `text` with the golden file at `url`; under UPDATE_GOLDENS=1 writes it. A missing golden fails. */
export function expectGolden(url: URL, text: string): void {
  const path = fileURLToPath(url);
  if (updating) {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
    return;
  }
  expect(existsSync(path), `${path} is missing: run npm run goldens and look at what it writes`).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
