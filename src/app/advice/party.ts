import { directoryOf, podLabels, seenLabels } from '../../engine/directory.ts';
import { type LabelSelector, type Labels, matchLabels, selects } from '../../model/labels.ts';
import type { DialectId, Direction, Peer, PortMatch } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint, Packet } from '../../model/verdict.ts';
import { knownLabels, type Workload } from '../../model/workload.ts';
import { hostCidr } from '../../space/ip-set.ts';

/** A packet in the cluster that advice is about. */
export interface Asked {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly packet: Packet;
}

/** The pod that one side of the packet is decided for; null where it is none that policies govern. */
export function subjectOf({ snapshot, packet }: Asked, direction: Direction): Workload | null {
  const end = direction === 'egress' ? packet.from : packet.to;
  const workload = end.kind === 'pod' ? directoryOf(snapshot).workloads.get(end.workload) : undefined;
  return workload === undefined || workload.hostNetwork ? null : workload;
}

/** Labels that a controller makes up for each generation of pods: a policy that names them is stale after the next roll-out. Source: kubernetes/api apps/v1, batch/v1 label constants. */
const passing: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
]);

/**
 * The selector that chooses the pods of a workload in its namespace: as few of its labels as tell it from the other pods of the input that are there.
 * Without labels that last it chooses all pods of the namespace. Labels to keep stay: what they tell the pods from need not be in the input.
 */
export function selectorOf({ snapshot, profile }: Pick<Asked, 'snapshot' | 'profile'>, workload: Workload, keep: Labels = {}): LabelSelector {
  const seen = seenLabels(profile, knownLabels(workload));
  const usable = Object.entries(seen).filter(([key]) => !passing.has(key));
  const others = snapshot.workloads.filter((w) => w !== workload && w.namespace === workload.namespace && w.lifecycle !== 'finished');
  const chosen = (labels: Labels): number => others.filter((w) => selects(matchLabels(labels), seenLabels(profile, podLabels(w, 0)))).length;
  let labels = usable;
  const fewest = chosen(Object.fromEntries(usable));
  for (const [key] of [...usable].reverse()) {
    if (Object.hasOwn(keep, key)) continue;
    const without = labels.filter(([k]) => k !== key);
    if (without.length > 0 && chosen(Object.fromEntries(without)) === fewest) labels = without;
  }
  return matchLabels(Object.fromEntries(labels));
}

/** Ways to name one end of the packet as a peer, the narrowest first. What a language cannot say it refuses. */
export function peersFor(asked: Asked, end: Endpoint, dialect: DialectId): Peer[][] {
  const { snapshot } = asked;
  switch (end.kind) {
    case 'pod': {
      const workload = directoryOf(snapshot).workloads.get(end.workload);
      if (workload === undefined) return [];
      if (workload.hostNetwork) return nodePeers(snapshot, workload.node, dialect);
      const pods = selectorOf(asked, workload);
      const { namespace } = workload;
      const labelled = matchLabels({ 'kubernetes.io/metadata.name': namespace });
      return [
        [{ kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods, serviceAccounts: null } }],
        [{ kind: 'pods', match: { namespaces: { kind: 'labelled', selector: labelled }, pods, serviceAccounts: null } }],
      ];
    }
    case 'node':
      return nodePeers(snapshot, end.node, dialect);
    case 'address':
      return [[{ kind: 'cidr', cidr: hostCidr(end.ip), except: [] }]];
    case 'name':
      return [[{ kind: 'names', names: [{ kind: 'exact', name: end.name }], ...(dialect === 'cilium' ? {} : { withoutDnsRule: true as const }) }]];
  }
}

function nodePeers(snapshot: Snapshot, node: string | null, dialect: DialectId): Peer[][] {
  const known = node === null ? undefined : directoryOf(snapshot).nodes.get(node);
  const addresses = (known?.addresses ?? []).map((ip): Peer => ({ kind: 'cidr', cidr: hostCidr(ip), except: [] }));
  const entities: Peer[] = [
    { kind: 'entity', entity: 'host' },
    { kind: 'entity', entity: 'remote-node' },
  ];
  return [...(addresses.length === 0 ? [] : [addresses]), ...(dialect === 'cilium' ? [entities] : [])];
}

/** Ways to name the packet's port, the narrowest first; null is every port of every protocol. */
export function portsFor({ protocol, port }: Packet): (readonly PortMatch[] | null)[] {
  switch (protocol) {
    case 'TCP':
    case 'UDP':
    case 'SCTP':
      return [[{ protocol, port, endPort: null }]];
    case 'ICMP':
      return [[{ protocol, port, endPort: null }], null];
    case 'OTHER':
      return [null];
  }
}

/** A few words for one end, fit for the name of an object: `trainer`, `10-0-0-7`. */
export function wordFor({ snapshot }: Asked, end: Endpoint): string {
  const text =
    end.kind === 'pod'
      ? (directoryOf(snapshot).workloads.get(end.workload)?.name ?? 'pods')
      : end.kind === 'node'
        ? 'nodes'
        : end.kind === 'address'
          ? end.ip
          : end.name;
  return objectName(text);
}

/** The longest name that every kind of object may have and that still leaves room for a suffix. Source: RFC 1123 labels, 63 characters. */
const longestName = 60;

/** Text as the name of an object: lower-case letters, digits and hyphens. */
export function objectName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestName);
  return plain.replace(/^-|-$/g, '') || 'pods';
}
