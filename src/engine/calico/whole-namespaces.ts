import type { Peer, PodMatch, Policy, Rule } from '../../model/policy.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { hostCidr, parseCidr, parseIp } from '../../space/ip-set.ts';
import { matchNamespace } from '../namespaces.ts';

/** Addresses that Calico's selectors find: a set of a namespace, or one of none (GlobalNetworkSet, HostEndpoint). */
interface AddressSet {
  readonly namespace: string | null;
  readonly cidrs: readonly string[];
}

const members: Readonly<Record<string, string>> = { NetworkSet: 'nets', GlobalNetworkSet: 'nets', HostEndpoint: 'expectedIPs' };

/**
 * What Calico makes of peers by `namespaces` alone in policies of the network-policy-api: a namespaceSelector and no selector, which also finds the
 * NetworkSets of these namespaces and, where it only says what labels must not be, whatever is in no namespace. Null where there are no such sets.
 * Source: projectcalico/calico v3.30.7 libcalico-go/lib/backend/k8s/conversion/conversion.go, v3.32.1 clusternetworkpolicy.go combinePortsWithCNPEgressPeers;
 * lib/backend/syncersv1/updateprocessors/rules.go getEndpointSelector, networksetprocessor.go.
 */
export function wholeNamespaces(snapshot: Snapshot): ((policy: Policy) => Policy) | null {
  const sets = snapshot.objects.flatMap(setOf);
  if (sets.length === 0) return null;
  const found = (match: PodMatch): readonly Peer[] => sets.flatMap((set) => peersFor(snapshot, match, set));
  const widened = (rule: Rule): Rule =>
    rule.peers === null
      ? rule
      : {
          ...rule,
          peers: rule.peers.flatMap((p) => (p.kind === 'pods' && p.wholeNamespaces === true ? [{ kind: 'pods', match: p.match }, ...found(p.match)] : [p])),
        };
  return (policy) => (policy.dialect === 'network-policy-api' ? { ...policy, rules: policy.rules.map(widened) } : policy);
}

function peersFor(snapshot: Snapshot, { namespaces }: PodMatch, { namespace, cidrs }: AddressSet): readonly Peer[] {
  const blocks = cidrs.map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] }));
  if (namespace === null) {
    const requirements = namespaces.kind === 'labelled' ? namespaces.selector.requirements : [];
    const excluding = requirements.length > 0 && requirements.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist');
    return excluding ? blocks : [];
  }
  const match = matchNamespace(snapshot, namespaces, namespace);
  if (match.is !== 'maybe') return match.is === 'yes' ? blocks : [];
  const [gap] = match.gaps;
  return gap === undefined ? [] : blocks.map((block): Peer => ({ kind: 'all-of', peers: [block, { kind: 'unknown', gap: gap.text, mend: gap.mend }] }));
}

function setOf({ apiVersion, kind, namespace, body }: RawObject): readonly AddressSet[] {
  const field = Object.hasOwn(members, kind) && /^(?:crd\.)?projectcalico\.org\//.test(apiVersion) ? members[kind] : undefined;
  const spec = field !== undefined && Object.hasOwn(body, 'spec') ? body.spec : undefined;
  if (field === undefined || typeof spec !== 'object' || spec === null || !Object.hasOwn(spec, field)) return [];
  const listed = (spec as Readonly<Record<string, unknown>>)[field];
  const cidrs = (Array.isArray(listed) ? listed : []).flatMap((member) => cidrOf(member) ?? []);
  return cidrs.length === 0 ? [] : [{ namespace: kind === 'NetworkSet' ? (namespace ?? 'default') : null, cidrs }];
}

function cidrOf(member: unknown): string | undefined {
  if (typeof member !== 'string') return undefined;
  return parseCidr(parseIp(member) === undefined ? member : hostCidr(member))?.text;
}
