import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect } from 'vitest';
import { profileOf } from '../src/engine/profiles.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { disagreements } from './disagreements.ts';

/** Clusters on which the two engines once differed, one file each: `npm run fuzz` writes them, `found.test.ts` asks them again for ever. */
const folder = join(dirname(fileURLToPath(import.meta.url)), 'found');

type Points = readonly (readonly [Protocol, number])[];

/** A cluster that was found, the profile it was found under, and the points that were asked. */
export interface Found {
  readonly profile: string;
  readonly points: Points;
  readonly snapshot: Snapshot;
}

/** The law that `reach` says what `decide` says, tried as `parameters` have it. Where it breaks under a profile that ships, the smallest cluster is kept in `laws/found`. */
export function expectAgreement(
  profile: Profile,
  snapshots: fc.Arbitrary<Snapshot>,
  points: fc.Arbitrary<Points>,
  parameters: { readonly numRuns: number; readonly seed?: number; readonly endOnFailure: boolean },
): void {
  const property = fc.property(snapshots, points, (snapshot, asked) => {
    expect(disagreements(snapshot, profile, asked)).toEqual([]);
  });
  const outcome = fc.check(property, parameters);
  if (outcome.counterexample !== null && profileOf(profile.id).ok)
    keep({ profile: profile.id, snapshot: outcome.counterexample[0], points: outcome.counterexample[1] });
  fc.assert(property, outcome.failed ? { ...parameters, seed: outcome.seed, path: outcome.counterexamplePath ?? '' } : { numRuns: 0 });
}

/** Every cluster that was found, by file name. */
export function foundClusters(): { readonly name: string; readonly found: Found }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, found: parseFound(readFileSync(join(folder, name), 'utf8')) }));
}

/** As it is kept on disk: JSON, in which maps are lists of entries. */
export function foundText(found: Found): string {
  return `${JSON.stringify(found, storeMaps, 1)}\n`;
}

/** The inverse of `foundText`. */
export function parseFound(text: string): Found {
  return JSON.parse(text, reviveMaps) as Found;
}

function keep(found: Found): void {
  const text = foundText(found);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`), text);
}

function storeMaps(_: string, value: unknown): unknown {
  return value instanceof Map ? { entries: [...value] } : value;
}

function reviveMaps(_: string, value: unknown): unknown {
  const entries =
    typeof value === 'object' && value !== null && Object.keys(value).join() === 'entries' ? (value as { entries: [string, unknown][] }).entries : null;
  return entries === null ? value : new Map(entries);
}
