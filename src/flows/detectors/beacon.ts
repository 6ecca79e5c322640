import { isOutside, placeOutside } from '../destinations.ts';
import { BoundedMap, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';
import { regularity } from '../statistics.ts';

/** Source of the parts and weights: RITA v5 (definitions only). */
const fewestTimes = 4;
/** So many a day are no beacon but a stream. */
const mostADay = 86_400;
/** Connections whose times are kept. */
const mostTimes = 2000;
const mostPairs = 20_000;
const fewestConnections = 20;
const told = 0.8;
const bins = 24;
/** Shown; the rest is counted. */
const shown = 5;

export const detector: Detector = {
  slug: 'beacon',
  title: 'Connections outside at regular intervals',
  severity: 'info',
  why: 'Malware reports home at intervals, and so do experiment trackers, checkpoints and health checks: the score sorts destinations outside of what is allowed, and is evidence beside other signals and never an alarm by itself.',
  fix: 'Read it beside other findings about the same workload. Declare with --allow what is meant.',
  start() {
    const pairs = new BoundedMap<{
      readonly who: string;
      readonly place: string;
      readonly times: number[];
      readonly sizes: number[];
      readonly seen: Sightings;
    }>(mostPairs);
    return {
      add(flow, of) {
        if (!isOutside(of) || flow.connections === 0 || flow.verdict === 'dropped') return;
        const [who, place] = [titleOf(flow.source), placeOutside(flow.destination)];
        const pair = pairs.of(`${who} ${place}`, () => ({ who, place, times: [], sizes: [], seen: new Sightings() }));
        if (pair === undefined) return;
        pair.seen.add(flow);
        if (pair.times.length < mostTimes) {
          pair.times.push(Number(flow.timeNs / 1_000_000n) / 1000);
          if (flow.hasBytes) pair.sizes.push(flow.bytesSent);
        }
      },
      done() {
        const scored = [...pairs.entries()]
          .map(([, pair]) => ({ ...pair, score: scoreOf(pair.times, pair.sizes) }))
          .filter(({ score, times }) => times.length >= fewestConnections && score >= told)
          .sort((a, b) => b.score - a.score);
        const signals = scored.slice(0, shown).map(({ who, place, score, times, seen }) => ({
          severity: 'info' as const,
          confidence: 'possible' as const,
          message: `${who} connects to ${place} at regular intervals: score ${score.toFixed(2)} of 1 over ${seen.count} connections, the median interval ${medianInterval(times).toFixed(0)} s. Trackers and checkpoints look the same.`,
          subjects: [who, place],
          measures: [
            { name: 'beacon_score', value: Math.round(score * 1000) / 1000, unit: 'score' as const, limit: told },
            { name: 'connections', value: seen.count, unit: 'count' as const, limit: fewestConnections },
          ],
          window: seen.window,
          samples: seen.samples,
        }));
        return { signals, gaps: pairs.gaps('pairs of workload and destination that were not followed for beacons') };
      },
    };
  },
};

function intervals(times: readonly number[]): readonly number[] {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  return sorted.slice(1).map((t, i) => t - (sorted[i] as number));
}

function medianInterval(times: readonly number[]): number {
  const all = [...intervals(times)].sort((a, b) => a - b);
  return all[Math.floor(all.length / 2)] ?? 0;
}

/** The mean of regular intervals, regular sizes, an even spread over the window, and how much of a day it lasts. Without sizes, of the other three. */
function scoreOf(times: readonly number[], sizes: readonly number[]): number {
  const gaps = intervals(times);
  if (gaps.length < fewestTimes - 1) return 0;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const span = last - first;
  if (span <= 0 || times.length / Math.max(span, 86_400) > mostADay / 86_400) return 0;
  const counts = Array.from({ length: bins }, () => 0);
  for (const t of times) {
    const bin = Math.min(bins - 1, Math.floor(((t - first) / span) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const mean = times.length / bins;
  const deviation = Math.sqrt(counts.reduce((sum, c) => sum + (c - mean) ** 2, 0) / bins);
  const even = Math.max(0, 1 - deviation / mean);
  const lasting = Math.min(1, span / (12 * 3600));
  const parts = [regularity(gaps), even, lasting, ...(sizes.length === times.length ? [regularity(sizes)] : [])];
  return parts.reduce((sum, p) => sum + p, 0) / parts.length;
}
