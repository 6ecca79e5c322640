import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { trials } from './runs.ts';

/** Rectangles hold every pair of classes between which something may pass, each once, with the very flow that is asked for one by one. */
describe('rectangles are the matrix', () => {
  for (const profile of profiles) {
    test(`under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
          const solved = reach(snapshot, profile);
          const seen = new Map<string, string>();
          for (const { from, to, flow } of solved.rectangles()) {
            for (const a of from) {
              for (const b of to) {
                const pair = `${a} ${b}`;
                expect(seen.has(pair)).toBe(false);
                seen.set(pair, `${flow.allowed.key} | ${flow.unknown.key}`);
              }
            }
          }
          for (const a of solved.classes) {
            for (const b of solved.classes) {
              const flow = solved.betweenClasses(a.id, b.id);
              const nothing = flow.allowed.isEmpty && flow.unknown.isEmpty;
              expect([a.id, b.id, seen.get(`${a.id} ${b.id}`)]).toEqual([a.id, b.id, nothing ? undefined : `${flow.allowed.key} | ${flow.unknown.key}`]);
            }
          }
        }),
        trials(120),
      );
    });
  }
});
