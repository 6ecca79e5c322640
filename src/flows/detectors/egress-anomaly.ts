import { isOutside } from '../destinations.ts';
import { BoundedMap, bytesText, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';
import { median } from '../statistics.ts';

const hour = 3_600_000_000_000n;
/** Hours without which a median says nothing: two days. */
const fewestHours = 48;
/** Robust z of the logarithm that is told. Source of the scale: 1.4826 makes the MAD of normal data its standard deviation. */
const limit = 6;
const scale = 1.4826;
/** Least spread of the logarithm (a factor of 1.5), so that a constant series does not make every change a marvel. */
const leastSpread = Math.log(1.5);
/** Less in an hour is not told, whatever the median. */
const floor = 1_000_000_000;
const mostSenders = 20_000;

export const detector: Detector = {
  slug: 'egress-anomaly',
  title: 'Far more sent outside in an hour than is usual',
  severity: 'low',
  why: 'A hint to sort by, and no alarm: the start of a job is an anomaly too, and a slow leak is none. Held against the median of the hours, by logarithm, after allowed destinations are taken out.',
  fix: 'Look at what the workload did in that hour; the budget is what decides.',
  start() {
    const senders = new BoundedMap<{ readonly hours: Map<number, { bytes: number; readonly seen: Sightings }> }>(mostSenders);
    return {
      add(flow, of) {
        if (!isOutside(of) || !flow.hasBytes || flow.verdict === 'dropped') return;
        const sender = senders.of(titleOf(flow.source), () => ({ hours: new Map() }));
        if (sender === undefined) return;
        const at = Number(flow.timeNs / hour);
        const there = sender.hours.get(at) ?? { bytes: 0, seen: new Sightings() };
        there.bytes += flow.bytesSent;
        there.seen.add(flow);
        sender.hours.set(at, there);
      },
      done() {
        const signals = [...senders.entries()].flatMap(([who, { hours }]) => {
          if (hours.size < fewestHours) return [];
          const logs = [...hours.values()].map((h) => Math.log(h.bytes + 1));
          const middle = median(logs);
          const spread = Math.max(leastSpread, scale * median(logs.map((x) => Math.abs(x - middle))));
          const [top] = [...hours.values()].sort((a, b) => b.bytes - a.bytes);
          const z = top === undefined ? 0 : (Math.log(top.bytes + 1) - middle) / spread;
          if (top === undefined || z < limit || top.bytes < floor) return [];
          return [
            {
              severity: 'low' as const,
              confidence: 'possible' as const,
              message: `${who} sent ${bytesText(top.bytes)} outside in one hour, where the median of its ${hours.size} hours is ${bytesText(Math.round(Math.exp(middle)))} (robust z of the logarithm ${z.toFixed(1)}, told from ${limit}).`,
              subjects: [who],
              measures: [
                { name: 'bytes_sent_in_an_hour', value: top.bytes, unit: 'bytes' as const, limit: floor },
                { name: 'robust_z', value: Math.round(z * 10) / 10, unit: 'score' as const, limit },
              ],
              window: top.seen.window,
              samples: top.seen.samples,
            },
          ];
        });
        return { signals, gaps: senders.gaps('senders that were not followed for anomalies') };
      },
    };
  },
};
