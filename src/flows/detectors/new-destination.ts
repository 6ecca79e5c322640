import { isOutside, placeOutside } from '../destinations.ts';
import { BoundedMap, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

const day = 86_400_000_000_000n;
const mostPairs = 200_000;
/** Places that a finding names. */
const named = 5;

export const detector: Detector = {
  slug: 'new-destination',
  title: 'A destination outside that the workload had not before',
  severity: 'medium',
  why: 'What a training job talks to outside is few and stays the same from day to day. A destination that it never had before is the first sign of another program in the pod.',
  fix: 'Find out what asks for it. Declare it with --allow where it is meant; shut it with an egress policy where it is not.',
  start() {
    const pairs = new BoundedMap<{ readonly who: string; readonly place: string; readonly seen: Sightings }>(mostPairs);
    const all = new Sightings();
    return {
      add(flow, of) {
        if (!isOutside(of) || flow.verdict === 'dropped') return;
        all.add(flow);
        const [who, place] = [titleOf(flow.source), placeOutside(flow.destination)];
        pairs.of(`${who} ${place}`, () => ({ who, place, seen: new Sightings() }))?.seen.add(flow);
      },
      done() {
        const { from, to } = all;
        if (from === null || to === null) return { signals: [], gaps: [] };
        if (to - from < 2n * day)
          return {
            signals: [],
            gaps: [
              {
                what: 'flows to outside of which nobody can say whether their destination is new',
                count: all.count,
                mend: 'Give flows of two days or more, best from a store: all but the last day are then what is usual.',
              },
            ],
          };
        const began = to - day;
        const byWho = new Map<string, { readonly places: string[]; readonly seen: Sightings[] }>();
        for (const [, { who, place, seen }] of pairs.entries()) {
          if (seen.from === null || seen.from < began) continue;
          const row = byWho.get(who) ?? { places: [], seen: [] };
          row.places.push(place);
          row.seen.push(seen);
          byWho.set(who, row);
        }
        const signals = [...byWho].map(([who, { places, seen }]) => ({
          severity: 'medium' as const,
          confidence: 'likely' as const,
          message: `${who} went to ${places.length === 1 ? 'a destination' : `${places.length} destinations`} outside on the last day that it did not have before: ${places.slice(0, named).join(', ')}${places.length > named ? ` and ${places.length - named} more` : ''}.`,
          subjects: [who, ...places.slice(0, named)],
          measures: [{ name: 'new_destinations', value: places.length, unit: 'count' as const, limit: 0 }],
          window: seen[0]?.window ?? null,
          samples: seen.flatMap((s) => s.samples.slice(0, 1)).slice(0, 3),
        }));
        return { signals, gaps: pairs.gaps('pairs of workload and destination that were not followed') };
      },
    };
  },
};
