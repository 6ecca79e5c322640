import { metadataAddresses } from '../services/metadata.ts';
import { ipIsEmpty, ipSubtract, parseCidr } from '../space/ip-set.ts';
import type { NeedTarget } from './need.ts';
import type { ZoneSpec } from './zone.ts';

/**
 * A target of outside addresses from which everything that must stay shut is taken out: metadata services, protected addresses, and the cluster's own
 * ranges. Only ranges that lie inside a listed CIDR are taken out: a CIDR inside the cluster's ranges (a private endpoint) was meant.
 * Each CIDR becomes a target of its own, because an exception belongs to one CIDR.
 */
export function openAddresses(spec: ZoneSpec, cidrs: readonly string[]): readonly NeedTarget[] {
  return cidrs.map((cidr) => ({ kind: 'addresses', cidrs: [canonical(cidr)], except: shutInside(spec, cidr) }));
}

/** CIDRs strictly inside `cidr` that must stay shut, in the order of their sources, without those inside another. */
function shutInside(spec: ZoneSpec, cidr: string): readonly string[] {
  const { ranges } = spec.platform;
  const shut = [
    ...metadataAddresses.map((address) => address.cidr),
    ...spec.protected.flatMap((zone) => zone.cidrs),
    ...ranges.pods,
    ...ranges.nodes,
    ...ranges.services,
  ].map(canonical);
  const inside = [...new Set(shut)].filter((other) => liesIn(other, cidr) && !liesIn(cidr, other));
  return inside.filter((one) => !inside.some((other) => other !== one && liesIn(one, other)));
}

/** Whether every address of the first CIDR is in the second. */
export function liesIn(inner: string, outer: string): boolean {
  const a = parseCidr(inner);
  const b = parseCidr(outer);
  return a !== undefined && b !== undefined && !ipIsEmpty(a.set) && ipIsEmpty(ipSubtract(a.set, b.set));
}

function canonical(cidr: string): string {
  return parseCidr(cidr)?.text ?? cidr;
}
