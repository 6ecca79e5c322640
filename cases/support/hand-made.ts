import type { Origin } from '../../src/kernel/origin.ts';
import type { ClusterNode, Namespace } from '../../src/model/cluster.ts';
import { everything, type Labels, matchLabels } from '../../src/model/labels.ts';
import { type Peer, type Policy, type Rule, tiers } from '../../src/model/policy.ts';
import { emptySnapshot, type Snapshot } from '../../src/model/snapshot.ts';
import type { Workload } from '../../src/model/workload.ts';
import { barePod } from '../../src/model/workload.ts';

/** Objects of the model with as little in them as will do, for tables that are computed by hand. Each takes what differs. */

export const nowhere: Origin = { document: { file: 'by-hand.yaml', index: 0 }, path: [] };

/** A workload of namespace `ns` with one pod. */
export function workload(name: string, more: Partial<Workload> = {}): Workload {
  return { ...barePod('ns', name, nowhere), labels: { app: name }, ...more };
}

/** A node that the input shows. */
export function clusterNode(name: string, more: Partial<ClusterNode> = {}): ClusterNode {
  return { name, labels: {}, taints: [], addresses: [], podCidrs: [], origin: nowhere, ...more };
}

/** A namespace that the input shows, or (`origin` null) one that is only implied. */
export function namespaced(name: string, labels: Labels = {}, origin: Origin | null = nowhere): Namespace {
  return { name, labels: { 'kubernetes.io/metadata.name': name, ...labels }, annotations: {}, origin };
}

/** Allows every peer and port, in egress. */
export function rule(more: Partial<Rule> = {}): Rule {
  return { direction: 'egress', action: 'allow', peers: null, ports: null, application: null, origin: nowhere, ...more };
}

/** A NetworkPolicy on every pod of `ns` that isolates nothing. */
export function policy(name: string, rules: readonly Rule[] = [], more: Partial<Policy> = {}): Policy {
  return {
    id: `NetworkPolicy ns/${name}`,
    dialect: 'kubernetes',
    kind: 'NetworkPolicy',
    namespace: 'ns',
    name,
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ns' }, pods: everything, serviceAccounts: null } },
    isolates: { ingress: false, egress: false },
    rules,
    origin: nowhere,
    ...more,
  };
}

/** Pods of `ns` with these labels. */
export function podsWith(labels: Labels): Peer {
  return { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ns' }, pods: matchLabels(labels), serviceAccounts: null } };
}

export function block(cidr: string, ...except: readonly string[]): Peer {
  return { kind: 'cidr', cidr, except };
}

/** A snapshot with namespace `ns`. */
export function snapshotOf(more: Partial<Snapshot> = {}): Snapshot {
  return { ...emptySnapshot, namespaces: new Map([['ns', namespaced('ns')]]), ...more };
}
