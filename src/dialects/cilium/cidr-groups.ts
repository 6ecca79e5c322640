import { type Reader, shown } from '../../kernel/reader.ts';
import { selects } from '../../model/labels.ts';
import { labelsOf } from '../../model/metadata.ts';
import type { Peer } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { parseCidr } from '../../space/ip-set.ts';
import type { Surroundings } from '../dialect.ts';

/** v2, and v2alpha1 that came before it, are the same. Source: cilium 1.20 pkg/k8s/apis/cilium.io/client/crds/v2/ciliumcidrgroups.yaml. */
const versions: readonly string[] = ['cilium.io/v2', 'cilium.io/v2alpha1'];

/**
 * The addresses behind cidrGroupRef or cidrGroupSelector, as far as the groups are among the manifests; where none is, they are not known. A group that
 * is there with others is taken to be all there is. Source: cilium pkg/policy/k8s/cilium_cidr_group.go.
 */
export function readCidrGroups(item: Reader, around: Surroundings): Peer[] {
  const groups = cidrGroupsIn(around);
  const selector = readSelector(item.field('cidrGroupSelector'));
  const name = item.field('cidrGroupRef').string();
  if (item.field('except').each().length > 0)
    return [{ kind: 'unknown', gap: 'exceptions beside a CIDR group are not checked by Cilium, and what they do is not known' }];
  const chosen = name === undefined ? groups.filter((g) => selects(selector, labelsOf(g))) : groups.filter((g) => g.name === name);
  if (name !== undefined && chosen.length === 0) return [{ kind: 'unknown', gap: `the CIDR group ${shown(name)}, which is not among the manifests` }];
  if (groups.length === 0) return [{ kind: 'unknown', gap: 'the CIDR groups that a selector names: none is among the manifests' }];
  return chosen.flatMap((group) => groupAddresses(group, item));
}

/** Every CIDR group among the manifests. */
export function cidrGroupsIn(around: Surroundings): readonly RawObject[] {
  return around.of('cilium.io', 'CiliumCIDRGroup').filter((o) => versions.includes(o.apiVersion));
}

/** The addresses of a group; errors are told at `item`, which asks for it. */
export function groupAddresses(group: RawObject, item: Reader): Peer[] {
  const list = externalCidrs(group);
  return list.flatMap((text): Peer[] => {
    const cidr = typeof text === 'string' ? parseCidr(text) : undefined;
    if (cidr === undefined) item.error('bad-cidr', `The CIDR group ${shown(group.name)} has ${shown(String(text))}, which is no CIDR.`, 'Correct the group.');
    return cidr === undefined ? [] : [{ kind: 'cidr', cidr: cidr.text, except: [] }];
  });
}

function externalCidrs({ body }: RawObject): readonly unknown[] {
  const spec = Object.hasOwn(body, 'spec') ? body.spec : undefined;
  if (typeof spec !== 'object' || spec === null || !Object.hasOwn(spec, 'externalCIDRs')) return [];
  const list = (spec as Readonly<Record<string, unknown>>).externalCIDRs;
  return Array.isArray(list) ? list : [];
}
