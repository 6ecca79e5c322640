import { kept } from '../kernel/memo.ts';
import { labelOf } from '../model/labels.ts';
import type { Peer, Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Governance } from '../model/secondary-network.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Packet, Verdict } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import { decide } from './decide.ts';
import type { Seen } from './seen-by.ts';

/** Where Multus writes which interfaces a pod got. Source: Network Plumbing Working Group, Multi-Network specification 1.3 §4.3. */
const statusAnnotation = 'k8s.v1.cni.cncf.io/network-status';

/**
 * Plugins whose interfaces no policy on packets can govern: InfiniBand needs no IP, and a device that is handed over may be driven from user space.
 * Source: k8snetworkplumbingwg ib-sriov-cni, containernetworking/plugins host-device; intel/userspace-cni-network-plugin.
 */
const neverGoverned: ReadonlyMap<string, string> = new Map([
  ['ib-sriov', 'InfiniBand verbs never pass through a packet filter; partitions keep it apart'],
  ['host-device', 'a device of the node is handed to the pod, past every packet filter'],
  ['userspace', 'its packets are moved in user space, past the kernel'],
  ['rdma', 'RDMA verbs never pass through a packet filter'],
]);

/** Plugins whose device may be bound to a user-space driver, which the attachment does not show. Source: k8snetworkplumbingwg/sriov-cni README. */
const maybeUserSpace: ReadonlySet<string> = new Set(['sriov', 'ovs', 'accelerated-bridge']);

/** Names of the networks that pods of the snapshot attach to, or that are defined. */
export function secondaryNetworksOf(snapshot: Snapshot): readonly string[] {
  return [...new Set([...snapshot.secondary.networks.map((n) => n.name), ...snapshot.workloads.flatMap((w) => w.interfaces.map((i) => i.network))])].sort();
}

/** Policies that name this network. */
export function policiesFor(snapshot: Snapshot, network: string): readonly Policy[] {
  return snapshot.secondary.policies.filter((p) => p.networks?.includes(network) === true);
}

/**
 * The cluster as one secondary network shows it: pods that are attached, with their addresses there where the status tells them, and the policies for it.
 * Nodes, Services and every other policy have no part in it. Pure.
 */
export function planeOf({ snapshot, profile }: Seen, network: string): Seen {
  const workloads = snapshot.workloads
    .filter((w) => !w.hostNetwork && w.interfaces.some((i) => i.network === network))
    .map((w) => ({ ...w, node: null, ips: addressesOn(w, network) }));
  const policies = policiesFor(snapshot, network);
  // Addresses that no status tells may be any: such networks keep to no range of the cluster.
  const ranges = { pods: ['0.0.0.0/0', '::/0'], nodes: [], services: [] };
  const projected = { ...snapshot, workloads, policies, nodes: [], services: [], primaryNetworks: [], ranges };
  return { snapshot: projected, profile: planeProfile(profile, governanceOf(snapshot, network)) };
}

/** What MultiNetworkPolicy leaves open is unknown; whether it counts at all is for the network's governance to say. */
function planeProfile(base: Profile, governance: Governance): Profile {
  return {
    id: base.id,
    cidrMatchesPods: 'yes',
    cidrMatchesNodes: 'unknown',
    hostNetworkAsNode: 'yes',
    ownNodeReachesPod: 'unknown',
    otherProtocolsByRule: 'unknown',
    primaryNetworks: 'no',
    egressAfterTranslation: 'yes',
    equalOrder: 'ambiguous',
    unseenLabel: () => false,
    enforces: governance.kind === 'enforced' ? ['multi-network-policy'] : [],
    foreignPolicies: governance.kind === 'unknown' ? 'unknown' : 'ignored',
    ...(governance.kind === 'unknown' ? { foreignGap: { code: 'network-governance', text: governance.why, mend: governance.mend } } : {}),
    assumptions: [],
  };
}

/** Who holds traffic on a secondary network to its policies, as far as the manifests tell. */
export function governanceOf(snapshot: Snapshot, network: string): Governance {
  const known = snapshot.secondary.networks.find((n) => n.name === network);
  const plugin = known?.plugin ?? null;
  if (plugin === null)
    return { kind: 'unknown', why: `what makes network ${network}`, mend: `give the NetworkAttachmentDefinition ${network} with its configuration` };
  const never = neverGoverned.get(plugin);
  if (never !== undefined) return { kind: 'never', why: `${network} is made by ${plugin}: ${never}` };
  if (maybeUserSpace.has(plugin))
    return {
      kind: 'unknown',
      why: `whether ${network}, made by ${plugin}, uses a kernel driver: none but these can be filtered`,
      mend: 'keep that network apart by VLAN, and look at the driver of its devices',
    };
  if (plugin === 'ovn-k8s-cni-overlay')
    return {
      kind: 'unknown',
      why: `whether OVN-Kubernetes enforces MultiNetworkPolicy on ${network} (enable-multi-networkpolicy)`,
      mend: 'look at the settings of OVN-Kubernetes',
    };
  const agents = snapshot.workloads.flatMap((w) => (w.kind === 'DaemonSet' ? (agentIn(w) ?? []) : []));
  const agent = agents.find((a) => a.plugins.includes(plugin));
  if (agent === undefined)
    return agents.length > 0
      ? { kind: 'never', why: `${agents[0]?.title} leaves out networks made by ${plugin}` }
      : {
          kind: 'unknown',
          why: `whether anything enforces MultiNetworkPolicy on ${network}`,
          mend: 'give the DaemonSet of the implementation, such as multi-networkpolicy-iptables',
        };
  const quirk = policiesFor(snapshot, network).flatMap((p) => readOtherwise(snapshot, p, network) ?? [])[0];
  return quirk === undefined ? { kind: 'enforced', by: agent.title } : { kind: 'unknown', why: quirk, mend: 'write the rule without it' };
}

interface Agent {
  readonly title: string;
  /** Plugins whose networks it looks after. */
  readonly plugins: readonly string[];
}

/**
 * A DaemonSet that runs multi-networkpolicy-iptables. Without --network-plugins it looks after macvlan alone.
 * Source: multi-networkpolicy-iptables pkg/server/options.go, deploy.yml.
 */
function agentIn(workload: Workload): Agent | undefined {
  for (const { image, command, args } of workload.pod.containers) {
    const words = [...command, ...args];
    if (!/(?:^|\/)multi-networkpolicy-iptables(?:[:@]|$)/.test(image) && !words.some((w) => w.endsWith('/multi-networkpolicy-iptables'))) continue;
    const at = words.findIndex((w) => w === '--network-plugins' || w.startsWith('--network-plugins='));
    const text = at < 0 ? 'macvlan' : words[at] === '--network-plugins' ? (words[at + 1] ?? '') : (words[at] ?? '').slice('--network-plugins='.length);
    return { title: `DaemonSet ${workload.namespace}/${workload.name} (multi-networkpolicy-iptables)`, plugins: text.split(',').map((w) => w.trim()) };
  }
  return undefined;
}

/** What multi-networkpolicy-iptables makes otherwise of a policy than its text says; undefined when nothing. Source: multi-networkpolicy-iptables pkg/server/policyrules.go. */
function readOtherwise(snapshot: Snapshot, policy: Policy, network: string): string | undefined {
  const peers = policy.rules.flatMap((r) => r.peers ?? []);
  const elsewhere = snapshot.workloads.some((w) => w.namespace !== policy.namespace && w.interfaces.some((i) => i.network === network));
  const wide = (p: Peer): boolean => p.kind === 'pods' && p.match.namespaces.kind === 'named' && p.match.namespaces.name === policy.namespace && elsewhere;
  const expression = (p: Peer): boolean =>
    p.kind === 'pods' &&
    [p.match.pods, ...(p.match.namespaces.kind === 'labelled' ? [p.match.namespaces.selector] : [])].some((s) =>
      s.requirements.some((r) => r.operator !== 'In' || r.values.length !== 1),
    );
  const says = (what: string): string => `what multi-networkpolicy-iptables makes of ${what} in ${policy.id}`;
  if (peers.some(wide)) return says('a podSelector alone, which it takes for pods of every namespace,');
  if (peers.some(expression)) return says('label expressions, of which it leaves out most,');
  if (peers.some((p) => p.kind === 'cidr' && p.except.length > 0)) return says('except, which it drops whatever other rules allow,');
  if (policy.rules.some((r) => (r.ports ?? []).some((p) => typeof p.port === 'string'))) return says('port names, which it does not resolve,');
  return undefined;
}

const statuses = new WeakMap<Workload, Map<string, readonly string[]>>();

/** Addresses of a pod on a network, from the status annotation; empty when it does not tell. */
function addressesOn(workload: Workload, network: string): readonly string[] {
  const found = statuses.get(workload) ?? new Map<string, readonly string[]>();
  statuses.set(workload, found);
  return kept(found, network, () => {
    let list: unknown;
    try {
      list = JSON.parse(labelOf(workload.annotations, statusAnnotation) ?? '[]');
    } catch {
      return [];
    }
    return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((item) => {
      if (typeof item !== 'object' || item === null) return [];
      const { name, ips } = item as { readonly name?: unknown; readonly ips?: unknown };
      return name === network && Array.isArray(ips) ? ips.filter((ip): ip is string => typeof ip === 'string' && parseIp(ip) !== undefined) : [];
    });
  });
}

/** The definition, on a secondary network. Where nothing enforces policies, what passes passes ungoverned. */
export function decideOnPlane({ snapshot, profile }: Seen, packet: Packet): Verdict {
  const verdict = decide(snapshot, profile, packet);
  const governed = verdict.decision !== 'allowed' || profile.enforces.length > 0;
  return governed ? verdict : { ...verdict, qualifiers: [...new Set([...verdict.qualifiers, 'ungoverned' as const])].sort() };
}
