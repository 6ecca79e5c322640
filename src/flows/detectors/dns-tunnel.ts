import { BoundedMap, bytesText, type Detector, Sightings, type Signal } from '../detector.ts';
import { splitName } from '../domain.ts';
import { titleOf } from '../ends.ts';
import { HourlyNames } from '../hourly-names.ts';

/**
 * Names of one registered domain that one workload asks for within an hour. A tunnel needs a fresh name for each packet: 200 kB made at least 1,100 with
 * dns2tcp and iodine, while the cloud names of a cluster came to 801 under all of amazonaws.com together, and the public suffix list splits those by bucket and
 * region. Both limits must be passed.
 */
const fewestNames = 200;
/** Bytes below the registered domain, of distinct names, in that hour. */
const fewestBytes = 8000;
/** Of the names' mean length below the domain: hosts of a large site are short. */
const shortest = 24;

/** Pairs of workload and domain that are followed at a time. */
const mostPairs = 20_000;

/** Types that nothing but tunnels asks for: NULL, KEY, PRIVATE. Source: IANA DNS Parameters (10, 25, 65399); iodine(8) and dns2tcpc(1), query types. */
const rareTypes = new Set(['NULL', 'KEY', 'PRIVATE', 'TYPE10', 'TYPE25', 'TYPE65399', '10', '25', '65399']);
const fewestRare = 20;

interface Pair {
  readonly who: string;
  readonly domain: string;
  readonly names: HourlyNames;
  readonly seen: Sightings;
  rare: number;
}

export const detector: Detector = {
  slug: 'dns-tunnel',
  title: 'DNS queries that carry data',
  severity: 'high',
  why: 'Whoever may ask a resolver for any name may send data in the names: each query for `DATA.example.com` reaches the owner of `example.com`, whatever the network policies say. A tunnel shows in how many distinct names of one registered domain a workload asks for, and in how many bytes stand before that domain.',
  fix: 'Let pods ask for the names that they need and no others: an L7 DNS rule (toFQDNs with rules.dns in Cilium) or a resolver of their own. Stop the workload and keep its pods for evidence.',
  start() {
    const pairs = new BoundedMap<Pair>(mostPairs);
    return {
      add(flow) {
        if (flow.dnsQuery === '' || flow.isReply) return;
        const name = splitName(flow.dnsQuery);
        if (name === null) return;
        const who = titleOf(flow.source);
        const pair = pairs.of(`${who} ${name.registered}`, () => ({ who, domain: name.registered, names: new HourlyNames(), seen: new Sightings(), rare: 0 }));
        if (pair === undefined) return;
        pair.seen.add(flow);
        if (flow.dnsTypes.split(',').some((t) => rareTypes.has(t.toUpperCase()))) pair.rare++;
        if (name.below !== '') pair.names.add(flow.timeNs, name.below);
      },
      done() {
        const signals = [...pairs.entries()].flatMap(([, pair]) => signalsOf(pair));
        return { signals, gaps: pairs.gaps('pairs of workload and domain that were not followed for DNS tunnels') };
      },
    };
  },
};

function signalsOf({ who, domain, names, seen, rare }: Pair): Signal[] {
  const most = names.fullest();
  const mean = most.names === 0 ? 0 : most.bytes / most.names;
  const isTunnel = most.names >= fewestNames && most.bytes >= fewestBytes && mean >= shortest;
  if (!isTunnel && rare < fewestRare) return [];
  const about = most.isExact ? `${most.names}` : `at least ${most.names}`;
  const tellsNames = `${who} asked for ${about} distinct names below ${domain} within an hour: ${bytesText(most.bytes)} in their labels, ${Math.round(mean)} bytes a name`;
  const tellsTypes = `${rare} of its ${seen.count} queries below ${domain} were of type NULL, KEY or PRIVATE, which programs do not ask for`;
  const [name = domain] = names.samples;
  return [
    {
      severity: 'high',
      confidence: isTunnel && (rare >= fewestRare || most.names >= 1000) ? 'certain' : 'likely',
      message: `${isTunnel ? tellsNames : `${who} asks for ${domain} as tunnels do`}${isTunnel && rare < fewestRare ? '' : `; ${tellsTypes}`}. One of them: ${name === domain ? domain : `${name.slice(0, 60)}.${domain}`}.`,
      subjects: [who, domain],
      measures: [
        { name: 'distinct_names', value: most.names, unit: 'count', limit: fewestNames },
        { name: 'label_bytes', value: most.bytes, unit: 'bytes per hour', limit: fewestBytes },
        { name: 'queries', value: seen.count, unit: 'count', limit: null },
        { name: 'queries_of_rare_types', value: rare, unit: 'count', limit: fewestRare },
      ],
      window: seen.window,
      samples: seen.samples,
    },
  ];
}
