import { Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic } from '../../kernel/result.ts';
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
 * The addresses behind cidrGroupRef or cidrGroupSelector, as far as the groups are among the manifests; where none is, or one of them could not be read, they
 * are not known. A group that is there with others is taken to be all there is. Source: cilium pkg/policy/k8s/cilium_cidr_group.go.
 */
export function readCidrGroups(item: Reader, around: Surroundings): Peer[] {
  const groups = cidrGroupsIn(around);
  const selector = readSelector(item.field('cidrGroupSelector'));
  const name = item.field('cidrGroupRef').string();
  if (item.field('except').each().length > 0)
    return [{ kind: 'unknown', gap: 'exceptions beside a CIDR group are not checked by Cilium, and what they do is not known' }];
  // Nobody knows which labels a group was to have that the API server refuses.
  const chosen = groups.filter((g) => (name === undefined ? isRefused(g) || selects(selector, labelsOf(g)) : g.name === name));
  if (name !== undefined && chosen.length === 0) return [{ kind: 'unknown', gap: `the CIDR group ${shown(name)}, which is not among the manifests` }];
  if (groups.length === 0) return [{ kind: 'unknown', gap: 'the CIDR groups that a selector names: none is among the manifests' }];
  return chosen.flatMap(groupAddresses);
}

/** Every CIDR group among the manifests. */
export function cidrGroupsIn(around: Surroundings): readonly RawObject[] {
  return around.of('cilium.io', 'CiliumCIDRGroup');
}

/** The addresses of a group; unknown where the API server refuses it. */
export function groupAddresses(group: RawObject): Peer[] {
  if (isRefused(group)) {
    const called = group.name === '' ? 'a CIDR group without a name' : `the CIDR group ${shown(group.name)}`;
    return [{ kind: 'unknown', gap: `the addresses of ${called}, which could not be read`, mend: 'mend the faults that are told at its place' }];
  }
  return externalCidrs(new Reader(group.body, group.origin, [])).flatMap((text): Peer[] => {
    const cidr = parseCidr(text.string() ?? '');
    return cidr === undefined ? [] : [{ kind: 'cidr', cidr: cidr.text, except: [] }];
  });
}

/** Faults for which the API server refuses a group. Source: cilium 1.20 pkg/k8s/apis/cilium.io/client/crds/v2/ciliumcidrgroups.yaml. */
export function checkCidrGroup(group: RawObject): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const body = new Reader(group.body, group.origin, faults);
  if (!versions.includes(group.apiVersion))
    body.field('apiVersion').error('unknown-version', `${group.kind} has no version ${shown(group.apiVersion)}.`, 'Write apiVersion: cilium.io/v2.');
  if (group.name === '')
    body.field('metadata').field('name').error('missing-field', `This ${group.kind} has no metadata.name, which is required.`, 'Add metadata.name.');
  const list = body.field('spec').field('externalCIDRs');
  if (list.absent) list.error('missing-field', 'A CIDR group needs spec.externalCIDRs.', 'List its CIDRs; an empty list is a group of none.');
  for (const item of externalCidrs(body)) {
    const text = item.string();
    if (item.absent || (text !== undefined && parseCidr(text) === undefined))
      item.error('bad-cidr', `${item.absent ? 'Nothing' : shown(text ?? '')} is no CIDR.`, 'Write an address and a prefix length, as in "10.0.0.0/8".');
  }
  return faults;
}

function externalCidrs(body: Reader): readonly Reader[] {
  return body.field('spec').field('externalCIDRs').each();
}

const known = new WeakMap<RawObject, boolean>();

/** Of labels that are no text the manifest's reader has told already. */
function isRefused(group: RawObject): boolean {
  const before = known.get(group);
  if (before !== undefined) return before;
  const labels = new Reader(group.body, group.origin, []).field('metadata').field('labels');
  // Go decodes a null label as the empty text.
  const unlabelled = labels.present && (labels.kind !== 'an object' || labels.keys().some((key) => !['nothing', 'a string'].includes(labels.field(key).kind)));
  const refused = unlabelled || checkCidrGroup(group).length > 0;
  known.set(group, refused);
  return refused;
}
