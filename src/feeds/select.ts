import { shown } from '../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import { compareText } from '../kernel/stable.ts';
import type { FeedFilter } from '../model/feed.ts';
import { type IpSet, ipIsEmpty, ipUnionAll, noAddresses } from '../space/ip-set.ts';
import type { Feed } from './feed.ts';

/** Names that a message lists before it stops. */
const mostNamed = 12;

/** A filter in canonical form. */
export function filterOf(filter: FeedFilter): FeedFilter {
  const names = (list: readonly string[]): readonly string[] => [...new Set(list)].sort(compareText);
  return { services: names(filter.services), regions: names(filter.regions), families: filter.families };
}

/**
 * The addresses of `feed` that `filter` takes, merged exactly: no address more, none less. A name that the feed does not have, a combination that takes
 * nothing, and a filter without a service on a feed that has several are errors: nobody wants a rule for no address, or for all of a cloud by oversight.
 */
export function select(feed: Feed, filter: FeedFilter): Result<IpSet> {
  const services = [...new Set(feed.groups.map((g) => g.service))];
  const regions = [...new Set(feed.groups.flatMap((g) => g.region ?? []))];
  const faults = [
    ...(filter.services.length === 0 && services.length > 1
      ? [
          fault(
            'no-service',
            `This feed has ${services.length} services and none is asked for.`,
            `Name the ones that are needed with --service: ${someOf(services)}.`,
          ),
        ]
      : []),
    ...filter.services.flatMap((name) => unknown('service', name, services)),
    ...filter.regions.flatMap((name) => unknown('region', name, regions)),
  ];
  if (faults.length > 0) return failed(faults);
  const groups = feed.groups.filter(
    (g) => (filter.services.length === 0 || filter.services.includes(g.service)) && (filter.regions.length === 0 || filter.regions.includes(g.region ?? '')),
  );
  const all = ipUnionAll(groups);
  const set = { v4: filter.families === 'v6' ? noAddresses.v4 : all.v4, v6: filter.families === 'v4' ? noAddresses.v6 : all.v6 };
  if (!ipIsEmpty(set)) return ok(set);
  const inRegions = filter.regions.length === 0 ? '' : ` in ${filter.regions.join(', ')}`;
  const family = filter.families === 'both' ? '' : ` of family ${filter.families}`;
  return failed([
    fault('nothing-taken', `This feed lists no prefix${family} for ${filter.services.join(', ') || 'this filter'}${inRegions}.`, 'Widen the filter.'),
  ]);
}

function unknown(what: string, name: string, names: readonly string[]): readonly Diagnostic[] {
  if (names.includes(name)) return [];
  const meant = nearest(name, names);
  const hint =
    names.length === 0 ? `It names no ${what} at all: leave --${what} out.` : meant === undefined ? `It has ${someOf(names)}.` : `Did you mean ${meant}?`;
  return [fault(`unknown-${what}`, `This feed has no ${what} ${shown(name)}.`, hint)];
}

function someOf(names: readonly string[]): string {
  const sorted = [...names].sort(compareText);
  return sorted.length > mostNamed ? `${sorted.slice(0, mostNamed).join(', ')} … (${sorted.length} in all)` : sorted.join(', ');
}

function fault(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, origin: null };
}
