import { isOutside, placeOutside } from '../destinations.ts';
import { BoundedMap, bytesText, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

const slot = 600_000_000_000n;
/** Slots in 24 hours. */
const slotsADay = 144;
const mostSenders = 20_000;
const mostPlaces = 64;

interface Sender {
  readonly slots: Map<number, number>;
  readonly places: BoundedMap<{ bytes: number }>;
  readonly seen: Sightings;
}

export const detector: Detector = {
  slug: 'egress-budget',
  title: 'More sent outside in 24 hours than is budgeted',
  severity: 'critical',
  why: 'What leaves a training cluster beyond its declared destinations is small, so a fixed budget over 24 hours finds a burst, a steady leak and all between, where averages and anomalies miss most of them.',
  fix: 'Look at the destinations. Declare with --allow those that are meant, or raise --budget; shut the others with an egress policy.',
  start({ budget }) {
    const senders = new BoundedMap<Sender>(mostSenders);
    let withoutBytes = 0;
    return {
      add(flow, of) {
        if (!isOutside(of) || flow.verdict === 'dropped') return;
        if (!flow.hasBytes) {
          withoutBytes++;
          return;
        }
        if (flow.bytesSent === 0) return;
        const sender = senders.of(titleOf(flow.source), () => ({ slots: new Map(), places: new BoundedMap(mostPlaces), seen: new Sightings() }));
        if (sender === undefined) return;
        const at = Number(flow.timeNs / slot);
        sender.slots.set(at, (sender.slots.get(at) ?? 0) + flow.bytesSent);
        sender.seen.add(flow);
        const place = sender.places.of(placeOutside(flow.destination), () => ({ bytes: 0 }));
        if (place !== undefined) place.bytes += flow.bytesSent;
      },
      done() {
        const signals = [...senders.entries()].flatMap(([who, sender]) => {
          const most = fullestDay(sender.slots);
          if (most <= budget) return [];
          const places = [...sender.places.entries()].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 3);
          return [
            {
              severity: 'critical' as const,
              confidence: 'certain' as const,
              message: `${who} sent ${bytesText(most)} outside within 24 hours, where ${bytesText(budget)} are budgeted; most to ${places.map(([place, { bytes }]) => `${place} (${bytesText(bytes)})`).join(', ')}.`,
              subjects: [who, ...places.map(([place]) => place)],
              measures: [{ name: 'bytes_sent_in_24_hours', value: most, unit: 'bytes' as const, limit: budget }],
              window: sender.seen.window,
              samples: sender.seen.samples,
            },
          ];
        });
        return {
          signals,
          gaps: [
            ...senders.gaps('senders that were not followed for the budget'),
            ...(withoutBytes === 0
              ? []
              : [
                  {
                    what: 'flows to outside without a number of bytes, so that the budget says nothing of them',
                    count: withoutBytes,
                    mend: 'Hubble counts no bytes. Give flow logs of the cloud, Goldmane, or conntrack with nf_conntrack_acct on.',
                  },
                ]),
          ],
        };
      },
    };
  },
};

/** The most in any 24 hours, by slots of ten minutes. */
function fullestDay(slots: ReadonlyMap<number, number>): number {
  const sorted = [...slots].sort(([a], [b]) => a - b);
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const [at, bytes] of sorted) {
    sum += bytes;
    while (at - (sorted[first]?.[0] ?? at) >= slotsADay) sum -= sorted[first++]?.[1] ?? 0;
    if (sum > most) most = sum;
  }
  return most;
}
