import { isOutside, placeOutside } from '../destinations.ts';
import { type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

/** Source: the third of the four classes of RITA v5 (1, 4, 8 and 12 hours). */
const limitSeconds = 8 * 3600;
/** Silence after which the same ports are another connection: keep-alive of TCP asks after two hours at the latest (Linux tcp_keepalive_time). */
const longestSilence = 7_200_000_000_000n;
const mostConnections = 200_000;
const mostTold = 200;

export const detector: Detector = {
  slug: 'long-connection',
  title: 'A connection outside that lasts for hours',
  severity: 'low',
  why: 'A shell or a tunnel out is one connection that stays. Uploads and downloads of training end; what stays open for a working day is worth a look.',
  fix: 'Look at what holds it open. Declare it with --allow where it is meant.',
  start() {
    // The one heard of longest ago is first.
    const open = new Map<string, Held>();
    const long: Held[] = [];
    let forgotten = 0;
    return {
      add(flow, of) {
        const { source, destination, protocol } = flow;
        if (!isOutside(of) || flow.verdict === 'dropped' || (flow.durationNs === 0 && source.port === 0)) return;
        const key = `${protocol} ${source.ip}:${source.port} ${destination.ip}:${destination.port}`;
        const known = open.get(key);
        // Ports are used again: by a new connection, which a recorder of packets shows, or after silence.
        const isNew = known === undefined || (flow.connections > 0 && flow.durationNs === 0 && protocol === 'TCP') || flow.timeNs - known.last > longestSilence;
        const one = isNew
          ? { who: titleOf(source), place: placeOutside(destination), start: flow.timeNs, last: flow.timeNs, lasting: 0, seen: new Sightings() }
          : known;
        open.delete(key);
        open.set(key, one);
        if (open.size > mostConnections) {
          open.delete(open.keys().next().value as string);
          forgotten++;
        }
        one.seen.add(flow);
        one.last = flow.timeNs;
        const before = one.lasting;
        one.lasting = Math.max(before, Number((flow.timeNs - one.start) / 1_000_000_000n) + flow.durationNs / 1e9);
        if (before < limitSeconds && one.lasting >= limitSeconds && long.length < mostTold) long.push(one);
      },
      done() {
        const signals = long.map(({ who, place, lasting, seen }) => ({
          severity: 'low' as const,
          confidence: 'likely' as const,
          message: `${who} held one connection to ${place} for ${(lasting / 3600).toFixed(1)} hours (told from ${limitSeconds / 3600}).`,
          subjects: [who, place],
          measures: [{ name: 'duration', value: Math.round(lasting), unit: 'seconds' as const, limit: limitSeconds }],
          window: seen.window,
          samples: seen.samples,
        }));
        const gap = {
          what: `connections that were not followed to their end, as more than ${mostConnections} were open`,
          count: forgotten,
          mend: 'Ask about fewer flows: a shorter window, or one namespace.',
        };
        return { signals, gaps: forgotten === 0 ? [] : [gap] };
      },
    };
  },
};

interface Held {
  readonly who: string;
  readonly place: string;
  readonly start: bigint;
  last: bigint;
  lasting: number;
  readonly seen: Sightings;
}
