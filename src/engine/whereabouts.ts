import { podNetworksAnnotation } from '../model/primary-network.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipUnion } from '../space/ip-set.ts';
import { cidrSet, podAddresses } from './addresses.ts';
import { actsOn, isDefault, primaryNetworksOf, separates } from './network-of.ts';

/** Where the addresses of pods are: these, where `exact`, else some among them. */
interface Whereabouts {
  readonly addresses: IpSet;
  readonly exact: boolean;
  /** What would tell them exactly. */
  readonly mend: string;
}

const byRange = 'give the pod range (platform.ranges.pods, or Node objects)';
const byPods = `give the pods as their cluster shows them, with the annotation ${podNetworksAnnotation}`;

const anywhere: IpSet = cidrSet(['0.0.0.0/0', '::/0']);

/**
 * Where a rule sees the addresses of a workload's pods, as this CNI has it. On a primary network of their own they are those in its subnets; the ones of the
 * default network, which the status shows too, are for kubelet alone. A network without subnets gives no addresses out, so that pods may take any.
 * Source: ovn-kubernetes docs/features/user-defined-networks/user-defined-networks.md; go-controller/pkg/crd/userdefinednetwork/v1 shared.go (ipam, subnets).
 */
export function whereabouts(snapshot: Snapshot, profile: Profile, workload: Workload): Whereabouts {
  const plain = { addresses: podAddresses(snapshot, workload), exact: workload.ips.length > 0, mend: byRange };
  const effect = separates(snapshot, profile);
  const there = effect === 'no' || workload.hostNetwork ? null : primaryNetworksOf(snapshot, workload.namespace);
  if (there === null || isDefault(there)) return plain;
  const [only, second] = there.networks;
  if (effect === 'yes' && !there.unread && only !== undefined && only !== null && second === undefined) {
    const range = rangeOf(only.subnets);
    const own = workload.ips.length === 0 || only.subnets.length === 0 ? null : ipIntersect(plain.addresses, range);
    return own === null || ipIsEmpty(own) ? { addresses: range, exact: false, mend: byPods } : { addresses: own, exact: true, mend: byPods };
  }
  if (there.unread) return { addresses: anywhere, exact: false, mend: byPods };
  const own = effect === 'unknown' || there.networks.includes(null) ? podAddresses(snapshot, { ...workload, ips: [] }) : plain.addresses;
  const addresses = there.networks.reduce((all, n) => (n === null ? all : ipUnion(all, rangeOf(n.subnets))), ipUnion(own, plain.addresses));
  return { addresses, exact: false, mend: byPods };
}

function rangeOf(subnets: readonly string[]): IpSet {
  return subnets.length === 0 ? anywhere : cidrSet(subnets);
}

/** All that `whereabouts` looks at, as text: workloads with the same are alike to it, unless they are on the host network. */
export function whereaboutsKey(snapshot: Snapshot, { ips, namespace }: Workload): string {
  return actsOn(snapshot) ? `${ips.join()} ${namespace}` : ips.join();
}
