import type { Reachability } from '../engine/reach.ts';
import { labelOf } from '../model/labels.ts';
import type { metadataV4 } from '../model/metadata-service.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { towards } from './external.ts';
import { dnsTcp, dnsUdp, nodeLocalDns } from './well-known.ts';

const dns = dnsUdp.union(dnsTcp);

/** Pods that resolve names for the cluster. Source: kubernetes/kubernetes cluster/addons/dns (label k8s-app). */
export function resolvers(snapshot: Snapshot): readonly Workload[] {
  return snapshot.workloads.filter(
    (w) =>
      ['kube-dns', 'coredns', 'core-dns'].includes(labelOf(w.labels, 'k8s-app') ?? '') ||
      labelOf(w.labels, 'dns.operator.openshift.io/daemonset-dns') !== undefined,
  );
}

/** Pods of NodeLocal DNSCache. Source: kubernetes/kubernetes cluster/addons/dns/nodelocaldns. */
export function nodeLocalResolvers(snapshot: Snapshot): readonly Workload[] {
  return snapshot.workloads.filter((w) => labelOf(w.labels, 'k8s-app') === 'node-local-dns' || w.name === 'node-local-dns');
}

/** What a workload may send to any place where a resolver may be, out of UDP and TCP 53; unknown counts as open. */
export function dnsOpen(reach: Reachability, workload: Workload): TransportSet {
  let open = TransportSet.empty;
  for (const party of reach.parties) {
    const flow = reach.between({ kind: 'workload', id: workload.id }, party);
    open = open.union(flow.allowed.union(flow.unknown).intersect(dns));
    if (open === dns) break;
  }
  return open;
}

/** … towards the link-local address of a resolver. The cache listens on the node; CNIs that match nodes by identity and not by address see a node there, so either counts. */
export function dnsOpenTo(reach: Reachability, workload: Workload, address: typeof nodeLocalDns | typeof metadataV4): TransportSet {
  const from = { kind: 'workload', id: workload.id } as const;
  const nodes =
    address === nodeLocalDns && reach.profile.cidrMatchesNodes === 'no'
      ? reach.parties.filter((p) => p.kind === 'node').map((p) => reach.between(from, p))
      : [];
  return TransportSet.unionAll([towards(reach, workload.id, address), ...nodes].flatMap((f) => [f.allowed, f.unknown])).intersect(dns);
}
