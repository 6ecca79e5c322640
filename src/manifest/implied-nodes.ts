import { memberOf } from '../kernel/map.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';

/** Nodes that no Node object describes but pods run on, with the addresses that the pods' status gives (hostIP); nothing else is known of them. */
export function impliedNodes(objects: readonly RawObject[], workloads: readonly Workload[], known: ReadonlySet<string>): readonly ClusterNode[] {
  const addresses = new Map<string, Set<string>>();
  for (const { node } of workloads) if (node !== null && !known.has(node)) addresses.set(node, new Set());
  for (const { kind, body } of objects) {
    if (kind !== 'Pod') continue;
    const named = text(memberOf(body.spec, 'nodeName'));
    if (named && known.has(named)) continue;
    const hosts = hostIps(body);
    const node = named || hosts[0];
    if (node === undefined || known.has(node)) continue;
    const found = addresses.get(node) ?? new Set();
    for (const ip of hosts) found.add(ip);
    addresses.set(node, found);
  }
  const nodes = [...addresses].map(([name, ips]): ClusterNode => ({ name, labels: {}, taints: [], addresses: [...ips], podCidrs: [], origin: null }));
  return sortedBy(nodes, (n) => n.name);
}

function hostIps(pod: Readonly<Record<string, unknown>>): readonly string[] {
  if (pod.status === undefined) return [];
  const listed = memberOf(pod.status, 'hostIPs');
  const all = [memberOf(pod.status, 'hostIP'), ...(Array.isArray(listed) ? listed.map((item: unknown) => memberOf(item, 'ip')) : [])];
  return [...new Set(all.map(text).filter((ip): ip is string => ip !== undefined && parseIp(ip) !== undefined))];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
