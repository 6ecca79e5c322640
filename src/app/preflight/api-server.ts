import type { Reachability } from '../../engine/reach.ts';
import { believableAddress } from '../../engine/witness.ts';
import { labelOf } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { PathEnd } from './needed-path.ts';

/** Port of an API server on a node of the cluster. Source: kubernetes.io, Ports and Protocols. */
const onNode = TransportSet.of('TCP', [[6443, 6443]]);

/** Managed control planes answer on this port. Source: EKS, GKE and AKS documentation, cluster endpoint access. */
const managed = TransportSet.of('TCP', [[443, 443]]);

/** Labels of nodes that run the API server. Source: kubernetes.io, Well-Known Labels, Annotations and Taints. */
const controlPlane = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/**
 * Where the API server is: on the nodes of the control plane, where the input has some; else outside, at an address that nobody gave. Then the path is open
 * where every outside address is, and not known elsewhere: which address would have to be opened, nobody can say.
 */
export function apiServerEnds(reach: Reachability, from: readonly Workload[]): { readonly ends: readonly PathEnd[]; readonly missing: readonly string[] } {
  const nodes = reach.snapshot.nodes.filter((n) => controlPlane.some((key) => labelOf(n.labels, key) !== undefined));
  if (nodes.length > 0) {
    const ends = nodes.map(
      ({ name }): PathEnd => ({
        party: { kind: 'node', node: name },
        endpoint: { kind: 'node', node: name },
        destination: null,
        title: `node ${name}`,
        ports: onNode,
      }),
    );
    return { ends, missing: [] };
  }
  const outside = reach.others.flatMap((party): PathEnd[] => {
    if (party.kind !== 'external') return [];
    const ip = believableAddress(party.addresses);
    return [{ party, endpoint: { kind: 'address', ip }, destination: null, title: ip, ports: managed }];
  });
  const flows = from.flatMap((w) => outside.map(({ party }) => reach.between({ kind: 'workload', id: w.id }, party, 'every')));
  if (flows.every((f) => managed.subsetOf(f.allowed))) return { ends: outside, missing: [] };
  const shut = flows.every((f) => f.allowed.union(f.unknown).intersect(managed).isEmpty);
  const what = 'the addresses of the API server are not in the input: give the Node objects, those of the control plane included';
  return { ends: [], missing: [shut ? `${what} (no address outside is open on 443 now)` : what] };
}
