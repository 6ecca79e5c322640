import { kept } from '../kernel/memo.ts';
import type { Namespace } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import { type PrimaryNetwork, primaryNetworkLabel } from '../model/primary-network.ts';
import type { Profile, Tri } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Gap } from '../model/verdict.ts';
import { and } from './matching.ts';
import { matchNamespace } from './namespaces.ts';

/** The networks that the pods of a namespace may have for their primary one; null is the cluster's default network. One of them is the one, or, where `unread`, one that no input holds: none of those that are read. */
interface Candidates {
  readonly networks: readonly (PrimaryNetwork | null)[];
  readonly unread: boolean;
  readonly gaps: readonly Gap[];
}

/** Whether primary networks keep pods apart under this profile. */
export function separates(snapshot: Snapshot, profile: Profile): Tri {
  if (!actsOn(snapshot)) return 'no';
  return profile.primaryNetworks ?? (profile.foreignPolicies === 'unknown' ? 'unknown' : 'no');
}

const labelledAmong = new WeakMap<Snapshot['namespaces'], boolean>();

/** Whether the input speaks of primary networks: by one, or by a namespace that says it has one. */
export function actsOn({ primaryNetworks, namespaces }: Snapshot): boolean {
  if (primaryNetworks.length > 0) return true;
  const found = labelledAmong.get(namespaces) ?? [...namespaces.values()].some(saysItHasOne);
  labelledAmong.set(namespaces, found);
  return found;
}

/** Whether the labels of a namespace say that its pods have a primary network of their own. */
export function saysItHasOne({ labels }: Pick<Namespace, 'labels'>): boolean {
  return labelOf(labels, primaryNetworkLabel) !== undefined;
}

const known = new WeakMap<Snapshot['primaryNetworks'], WeakMap<Snapshot['namespaces'], Map<string, Candidates>>>();

/** What the pods of a namespace may have for their primary network. */
export function primaryNetworksOf(snapshot: Snapshot, namespace: string): Candidates {
  const ofNetworks = known.get(snapshot.primaryNetworks) ?? new WeakMap<Snapshot['namespaces'], Map<string, Candidates>>();
  known.set(snapshot.primaryNetworks, ofNetworks);
  const ofNamespaces = ofNetworks.get(snapshot.namespaces) ?? new Map<string, Candidates>();
  ofNetworks.set(snapshot.namespaces, ofNamespaces);
  return kept(ofNamespaces, namespace, () => candidates(snapshot, namespace));
}

function candidates(snapshot: Snapshot, namespace: string): Candidates {
  const labelled = matchNamespace(
    snapshot,
    { kind: 'labelled', selector: { requirements: [{ key: primaryNetworkLabel, operator: 'Exists', values: [] }] } },
    namespace,
  );
  const found = snapshot.primaryNetworks
    .map((network) => ({ network, match: and(labelled, matchNamespace(snapshot, network.namespaces, namespace)) }))
    .filter(({ match }) => match.is !== 'no');
  const [only, second] = found;
  if (only === undefined && labelled.is !== 'yes') return { networks: [null], unread: false, gaps: [] };
  if (only === undefined) return { networks: [null], unread: true, gaps: [unreadGap(namespace)] };
  if (second === undefined && only.match.is === 'yes') return { networks: [only.network], unread: false, gaps: [] };
  // A namespace has one primary network: which of several that fit is a race.
  const sure = found.some(({ match }) => match.is === 'yes');
  const gap: Gap = {
    code: 'primary-network',
    text: `the primary network of namespace ${namespace} (${found.map(({ network }) => network.id).join(' or ')}${sure ? '' : ', or the default one'})`,
    mend: `give the Namespace object of ${namespace}, and one primary network for it`,
  };
  const unread = !sure && labelled.is === 'yes';
  return { networks: [...found.map(({ network }) => network), ...(sure ? [] : [null])], unread, gaps: unread ? [gap, unreadGap(namespace)] : [gap] };
}

/** The label says that there is a network, and the input holds none that fits, or one with a fault. */
function unreadGap(namespace: string): Gap {
  return {
    code: 'primary-network-unread',
    text: `the primary network that namespace ${namespace} has by its label ${primaryNetworkLabel}`,
    mend: `give the UserDefinedNetwork or ClusterUserDefinedNetwork of ${namespace}, without faults`,
  };
}

/** How a sentence calls the network of a namespace. */
export function named(snapshot: Snapshot, namespace: string): string {
  const { networks, unread } = primaryNetworksOf(snapshot, namespace);
  return [...networks.map((n) => n?.id ?? 'the default network'), ...(unread ? ['a network that is not given'] : [])].join(' or ');
}

export function isDefault({ networks, unread }: Candidates): boolean {
  return !unread && networks.length === 1 && networks[0] === null;
}
