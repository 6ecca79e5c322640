import type { Service } from '../../model/cluster.ts';
import { type LabelSelector, type Labels, labelOf, selects } from '../../model/labels.ts';
import { namespaceNameLabel } from '../../model/namespace-match.ts';
import type { NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { addressesOf, type Resolved } from './resolved.ts';

/** What a policy comes to, given the cluster: for certain, or perhaps as well where labels of a namespace are not known. */
export interface Intended {
  readonly pods: { readonly certain: readonly Workload[]; readonly possible: readonly Workload[] };
  readonly certain: readonly Resolved[];
  readonly possible: readonly Resolved[];
}

/** Resolves a policy as the controller does. Source: amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go, clusternetworkpolicy_resolver.go. */
export function intended(snapshot: Snapshot, policy: Policy): Intended {
  const match = policy.subject.kind === 'pods' ? policy.subject.match : null;
  const subjects = (possible: boolean): Workload[] => (match === null ? [] : podsOf(snapshot, match, possible).filter((w) => !w.hostNetwork));
  const rules = (possible: boolean): Resolved[] => policy.rules.flatMap((rule) => resolveRule(snapshot, rule, subjects(possible), possible));
  return { pods: { certain: subjects(false), possible: subjects(true) }, certain: rules(false), possible: rules(true) };
}

/** Pods that have an address and are not over. */
function podsOf(snapshot: Snapshot, match: PodMatch, possible: boolean): Workload[] {
  return snapshot.workloads.filter(
    (w) => w.ips.length > 0 && w.lifecycle !== 'finished' && selects(match.pods, w.labels) && inNamespace(snapshot, match.namespaces, w.namespace, possible),
  );
}

/** Labels of a namespace that is only implied are not known, all but its name. */
function inNamespace(snapshot: Snapshot, match: NamespaceMatch, name: string, possible: boolean): boolean {
  if (match.kind === 'named') return match.name === name;
  // No language of EKS says this.
  if (match.kind === 'as-subject') return possible;
  const namespace = snapshot.namespaces.get(name);
  const labels: Labels = namespace?.labels ?? { [namespaceNameLabel]: name };
  const known = (key: string): boolean => (namespace?.origin ?? null) !== null || labelOf(labels, key) !== undefined;
  const requirements = match.selector.requirements.filter((r) => known(r.key));
  return selects({ requirements }, labels) && (possible || requirements.length === match.selector.requirements.length);
}

function resolveRule(snapshot: Snapshot, rule: Rule, subjects: readonly Workload[], possible: boolean): Resolved[] {
  const { direction, action } = rule;
  // Names of ports are those of the destination: of the subjects for ingress, of each peer for egress.
  const fixed = portsOf(rule.ports, direction === 'ingress' ? subjects : []);
  const entry = (text: string, ports: TransportSet, except: readonly string[] = []): Resolved[] => {
    const addresses = addressesOf(text, except);
    return addresses === undefined || ports.isEmpty ? [] : [{ direction, action, addresses, name: null, ports }];
  };
  if (rule.peers === null) return ['0.0.0.0/0', '::/0'].flatMap((all) => entry(all, fixed));
  return rule.peers.flatMap((peer: Peer): Resolved[] => {
    if (peer.kind === 'cidr') return entry(peer.cidr, fixed, peer.except);
    if (peer.kind === 'names')
      return peer.names.map((n) => ({
        direction,
        action,
        addresses: { v4: [], v6: [] },
        name: (n.kind === 'exact' ? n.name : n.text).toLowerCase().replace(/[.]$/, ''),
        ports: fixed,
      }));
    if (peer.kind !== 'pods') return [];
    const pods = podsOf(snapshot, peer.match, possible).flatMap((w) =>
      w.ips.flatMap((ip) => entry(ip, direction === 'ingress' ? fixed : portsOf(rule.ports, [w]))),
    );
    return direction === 'ingress' ? pods : [...pods, ...servicesOf(snapshot, peer.match, possible).flatMap((s) => resolveService(snapshot, s, rule, entry))];
  });
}

/** Services whose selector, taken as labels, the rule's selector selects: their ClusterIPs are let in, as nodes see packets before translation. */
function servicesOf(snapshot: Snapshot, match: PodMatch, possible: boolean): Service[] {
  return snapshot.services.filter(
    (s) =>
      !s.headless &&
      s.clusterIps.length > 0 &&
      inNamespace(snapshot, match.namespaces, s.namespace, possible) &&
      selects(match.pods, selectorLabels(s.selector)),
  );
}

function selectorLabels(selector: LabelSelector | null): Labels {
  return Object.fromEntries((selector?.requirements ?? []).map((r) => [r.key, r.values[0] ?? '']));
}

/** The Service's ports that lead to nothing but ports of the rule. */
function resolveService(snapshot: Snapshot, service: Service, rule: Rule, entry: (ip: string, ports: TransportSet) => Resolved[]): Resolved[] {
  const behind = snapshot.workloads.filter((w) => w.namespace === service.namespace && service.selector !== null && selects(service.selector, w.labels));
  const open = service.ports.filter((p) => {
    const target: PortMatch = { protocol: p.protocol, port: p.targetPort, endPort: null };
    const targets = portsOf([target], behind);
    return !targets.isEmpty && targets.subsetOf(portsOf(rule.ports, behind));
  });
  const ports = rule.ports === null ? TransportSet.full : TransportSet.unionAll(open.map((p) => TransportSet.of(p.protocol, [[p.port, p.port]])));
  return service.clusterIps.flatMap((ip) => entry(ip, ports));
}

/** Ports of a rule as numbers; names resolve on any of the pods, and on none they match nothing. */
function portsOf(ports: readonly PortMatch[] | null, pods: readonly Workload[]): TransportSet {
  if (ports === null) return TransportSet.full;
  return TransportSet.unionAll(
    ports.flatMap((p) => {
      const kinds = p.protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [p.protocol];
      return kinds.flatMap((protocol) => {
        if (p.port === null) return [TransportSet.of(protocol)];
        if (typeof p.port === 'number') return [TransportSet.of(protocol, [[p.port, p.endPort ?? p.port]])];
        const named = pods.flatMap((w) => w.ports.filter((c) => c.name === p.port && c.protocol === protocol));
        return named.map((c) => TransportSet.of(protocol, [[c.port, c.port]]));
      });
    }),
  );
}
