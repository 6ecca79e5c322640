import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { within } from '../kernel/origin.ts';
import { loadSnapshot } from './load.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const folders = ['jobs', 'netpol'].map((name) => join(data, name)).filter((folder) => existsSync(folder));

function manifestsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name) && !entry.parentPath.includes('expected'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The text between two places of a file. */
function textAt(text: string, at: { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number }): string {
  return at.line === at.endLine ? (text.split('\n')[at.line - 1] ?? '').slice(at.column - 1, at.endColumn - 1) : '';
}

// Real manifests of public projects: they stay outside the project, so these tests skip where ../shared/data is missing.
describe.skipIf(folders.length === 0)('public samples in ../shared/data', () => {
  test('every name of every object is where its place says', () => {
    let objects = 0;
    for (const file of folders.flatMap(manifestsIn)) {
      const text = readFileSync(file, 'utf8');
      const { snapshot, locator } = loadSnapshot([{ file, text }]);
      for (const object of snapshot.objects.filter((o) => o.name !== '' && !o.name.includes('*'))) {
        const found = textAt(text, locator.locate(within(object.origin, 'metadata', 'name')));
        expect(found.replace(/^["']|["']$/g, ''), `${file} ${object.kind}`).toBe(object.name);
        objects++;
      }
    }
    expect(objects).toBeGreaterThan(0);
  });
  test('what cannot be read is told at its place, and is little', () => {
    const faults = folders.flatMap(manifestsIn).flatMap((file) => {
      const { diagnostics, locator } = loadSnapshot([{ file: file.slice(data.length + 1), text: readFileSync(file, 'utf8') }]);
      return diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${d.origin === null ? '' : locator.locate(d.origin).line}`);
    });
    // Some samples hold what no API server takes (np-guard's admin policies leave out podSelector, which the CRD requires), and three are templates.
    const known = ['bad-label-value', 'bad-name', 'mapping-as-key', 'missing-field'];
    expect(faults.filter((f) => !known.includes(f.split(' ')[0] ?? ''))).toEqual([]);
    expect(faults.filter((f) => !f.startsWith('missing-field')).length).toBeLessThan(20);
    expect(faults.length).toBeLessThan(70);
  });
});
