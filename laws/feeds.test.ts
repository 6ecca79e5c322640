import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decision, type FeedState, openOf, rollBack, take } from '../src/feeds/state.ts';
import type { FeedFilter, FeedSource } from '../src/model/feed.ts';
import { type IpSet, ipMeets, ipUnionAll, parseCidr } from '../src/space/ip-set.ts';
import { trials } from './runs.ts';

/** A world of twelve addresses, half of them of each family. */
const world = Array.from({ length: 12 }, (_, i) => (i < 6 ? `203.0.113.${i}/32` : `2001:db8::${i}/128`));
const filter: FeedFilter = { services: [], regions: [], families: 'both' };
const start = Date.parse('2026-11-01T00:00:00Z');
const hours = 3_600_000;

const setOf = (members: ReadonlySet<number>): IpSet => ipUnionAll([...members].flatMap((i) => parseCidr(world[i] ?? '')?.set ?? []));
const has = (set: IpSet, i: number): boolean => ipMeets(set, setOf(new Set([i])));
const members = (set: IpSet): number[] => world.flatMap((_, i) => (has(set, i) ? [i] : []));

interface Step {
  readonly wait: number;
  readonly version: number;
  readonly lists: ReadonlySet<number>;
  readonly allowShrink: boolean;
  readonly allowGrowth: boolean;
  readonly back: boolean;
}

const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  wait: fc.integer({ min: 0, max: 30 }),
  // Mostly upwards, at times the same or backwards.
  version: fc.integer({ min: -2, max: 6 }),
  lists: fc.uniqueArray(fc.nat(world.length - 1), { minLength: 1, maxLength: world.length }).map((list) => new Set([0, ...list])),
  allowShrink: fc.boolean(),
  allowGrowth: fc.boolean(),
  back: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

const sourceOf = (version: number, lists: ReadonlySet<number>, fetched: string): FeedSource => ({
  provider: 'aws',
  version: { text: String(version), order: version },
  date: null,
  fetched,
  files: [{ name: 'ip-ranges.json', from: null, sha256: `${version} ${[...lists].sort().join(' ')}` }],
});

/** What is open, said again address by address: when each was first missed, and nothing but that. */
class Definition {
  readonly listed = new Set<number>();
  readonly missed = new Map<number, number>();

  taken(lists: ReadonlySet<number>, now: number, hold: number): void {
    for (const i of world.keys()) {
      if (lists.has(i)) {
        this.listed.add(i);
        this.missed.delete(i);
      } else if (this.listed.delete(i)) this.missed.set(i, now);
      const since = this.missed.get(i);
      if (since !== undefined && now - since >= hold) this.missed.delete(i);
    }
  }

  rolledBack(open: readonly number[]): void {
    this.listed.clear();
    this.missed.clear();
    for (const i of open) this.listed.add(i);
  }

  open(): number[] {
    return [...world.keys()].filter((i) => this.listed.has(i) || this.missed.has(i));
  }
}

test('what is listed by every edition is never shut, what no accepted one listed is never opened, and twice is once', () => {
  const seen = { taken: 0, refused: 0, shut: 0, returned: 0, back: 0 };
  fc.assert(
    fc.property(
      fc.array(arbitraryStep, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 12, 24, 48),
      fc.constantFrom(20, 50, 100),
      (steps, holdHours, mostLost) => {
        const definition = new Definition();
        const accepted = new Set<number>();
        let always: ReadonlySet<number> = new Set(world.keys());
        let state: FeedState | null = null;
        let now = start;
        let version = 100;
        for (const step of steps) {
          now += step.wait * hours;
          version += step.version;
          const moment = new Date(now).toISOString();
          if (step.back && state !== null) {
            const before: FeedState = state;
            const back: FeedState | null = rollBack(before);
            if (back !== null) {
              seen.back++;
              definition.rolledBack(members(before.previous?.open ?? { v4: [], v6: [] }));
              state = back;
            }
          }
          const offered = setOf(step.lists);
          const offer = { filter, source: sourceOf(version, step.lists, moment), set: offered, underOld: offered, counter: null };
          const rules = { holdHours, mostLost, allowShrink: step.allowShrink, mostGained: 50, allowGrowth: step.allowGrowth, allowLeap: false };
          const decision: Decision = take(state, offer, moment, rules);
          always = new Set([...always].filter((i) => step.lists.has(i)));
          if (decision.kind === 'refused') {
            seen.refused++;
            expect(decision.findings.length).toBeGreaterThan(0);
          } else {
            seen.taken++;
            const before: readonly number[] = state === null ? [] : members(openOf(state));
            state = decision.state;
            for (const i of step.lists) accepted.add(i);
            definition.taken(step.lists, now, holdHours * hours);
            const open = members(openOf(state));
            const parts = [state.listed, ...state.held.map((h) => h.set)].flatMap(members);
            // No address stands twice.
            expect(new Set(parts).size).toBe(parts.length);
            expect(open).toEqual(definition.open());
            expect(members(decision.opened)).toEqual(open.filter((i) => !before.includes(i)));
            expect(members(decision.shut)).toEqual(before.filter((i) => !open.includes(i)));
            if (members(decision.shut).length > 0) seen.shut++;
            if (members(decision.returned).length > 0) seen.returned++;
            // Unless a person allows it, no family grows by more than a half at a time, and none appears.
            const ofFamily = (list: readonly number[], v6: boolean): number => list.filter((i) => i >= 6 === v6).length;
            for (const v6 of before.length === 0 || step.allowGrowth ? [] : [false, true])
              expect(2 * ofFamily(members(decision.opened), v6)).toBeLessThanOrEqual(ofFamily(before, v6));
            // Added at once.
            for (const i of step.lists) expect(open).toContain(i);
            const again = take(state, offer, moment, rules);
            expect(again.kind === 'taken' ? again.state : null).toEqual(state);
          }
          if (state === null) continue;
          const open = members(openOf(state));
          for (const i of always) expect(open).toContain(i);
          for (const i of open) expect(accepted).toContain(i);
        }
      },
    ),
    trials(400),
  );
  // A law that never gets anywhere proves nothing.
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
});
