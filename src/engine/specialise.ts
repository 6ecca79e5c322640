import { everything, type LabelSelector, type Requirement } from '../model/labels.ts';
import { namespaceNameLabel } from '../model/namespace-match.ts';
import type { NamespaceMatch, Peer, PodMatch, Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchNamespace, namespaceLabel } from './namespaces.ts';

/**
 * Policies without peers that hang on the subject's namespace: of each policy that has some, one for each namespace with pods that it may be about, in
 * which these peers are said outright. Policies without them come as they are. No pod is the subject of two copies.
 */
export function specialise(snapshot: Snapshot, policies: readonly Policy[]): readonly Policy[] {
  const namespaces = new Set(snapshot.workloads.map((w) => w.namespace));
  return policies.flatMap((policy) => {
    if (!policy.rules.some((r) => (r.peers ?? []).some(hangsOnSubject))) return [policy];
    const { subject } = policy;
    // A node has no namespace, and so nothing in common with one.
    if (subject.kind === 'nodes') return [withPeers(policy, () => nobody)];
    return [...namespaces].flatMap((own) => {
      const match = within(snapshot, subject.match, own);
      return match === null ? [] : [{ ...peersIn(snapshot, policy, own), subject: { kind: 'pods' as const, match } }];
    });
  });
}

/** The policy as it is for pods of one namespace: peers that hang on the subject's are said outright. Its subject stays. */
export function peersIn(snapshot: Snapshot, policy: Policy, own: string): Policy {
  return withPeers(policy, (pods) => peerFor(snapshot, pods, own));
}

const nobody: Peer = { kind: 'entity', entity: 'none' };

/** A peer that is a choice of pods by what their namespace has in common with the subject's. */
type Relative = Extract<Peer, { kind: 'pods' }>;

/** Whether a peer hangs on the namespace of the pod that the policy is about. */
export function hangsOnSubject(peer: Peer): boolean {
  if (peer.kind === 'all-of') return peer.peers.some(hangsOnSubject);
  return peer.kind === 'not' ? hangsOnSubject(peer.peer) : peer.kind === 'pods' && peer.match.namespaces.kind === 'as-subject';
}

function withPeers(policy: Policy, replace: (peer: Relative) => Peer): Policy {
  const replaced = (peer: Peer): Peer => {
    if (peer.kind === 'all-of') return { kind: 'all-of', peers: peer.peers.map(replaced) };
    if (peer.kind === 'not') return { kind: 'not', peer: replaced(peer.peer) };
    return peer.kind === 'pods' && peer.match.namespaces.kind === 'as-subject' ? replace(peer) : peer;
  };
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, peers: rule.peers?.map(replaced) ?? null })) };
}

/** The part of a subject that is in one namespace; null when there is none. Whether it may be there at all stays as doubtful as it was. */
function within(snapshot: Snapshot, match: PodMatch, own: string): PodMatch | null {
  const is = matchNamespace(snapshot, match.namespaces, own).is;
  if (is === 'no') return null;
  const selector: LabelSelector = match.namespaces.kind === 'labelled' ? match.namespaces.selector : everything;
  const namespaces: NamespaceMatch =
    is === 'yes' ? { kind: 'named', name: own } : { kind: 'labelled', selector: { ...selector, requirements: [...selector.requirements, named(own)] } };
  return { ...match, namespaces };
}

function named(name: string): Requirement {
  return { key: namespaceNameLabel, operator: 'In', values: [name] };
}

/** The pods of a relative peer for subjects of one namespace. Where a label of that namespace is not known, those that have the label at all, perhaps. */
function peerFor(snapshot: Snapshot, peer: Relative, own: string): Peer {
  const { namespaces } = peer.match;
  if (namespaces.kind !== 'as-subject') return peer;
  const in_ = (match: NamespaceMatch): Peer => ({ kind: 'pods', match: { ...peer.match, namespaces: match } });
  if (namespaces.sameLabels === null) return in_({ kind: 'named', name: own });
  const values = namespaces.sameLabels.map((key) => [key, namespaceLabel(snapshot, own, key)] as const);
  if (values.some(([, value]) => value === undefined)) return nobody;
  const requirements = values.map(
    ([key, value]): Requirement => (typeof value === 'string' ? { key, operator: 'In', values: [value] } : { key, operator: 'Exists', values: [] }),
  );
  const pods = in_({ kind: 'labelled', selector: { requirements } });
  const unknown = values.flatMap(([key, value]) => (value === null ? [key] : []));
  return unknown.length === 0 ? pods : { kind: 'all-of', peers: [pods, { kind: 'unknown', gap: `${unknown.join(', ')} of namespace ${own}` }] };
}
