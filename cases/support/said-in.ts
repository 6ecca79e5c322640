import { everything } from '../../src/model/labels.ts';
import type { Direction, Peer, Policy, Rule } from '../../src/model/policy.ts';
import { tiers } from '../../src/model/policy.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Endpoint, Packet } from '../../src/model/verdict.ts';

/** How a NetworkPolicy is said in another language. */
interface Saying {
  say(policy: Policy): readonly Policy[];
  /** Packets that the language has words for; left out: all. */
  speaksOf?(packet: Packet, snapshot: Snapshot): boolean;
}

const directions: readonly Direction[] = ['ingress', 'egress'];

/** One policy of a language that adds up as NetworkPolicy does. */
function union(dialect: Policy['dialect'], kind: string): Saying {
  return { say: (policy) => [{ ...policy, dialect, kind, id: `${kind} ${policy.namespace}/${policy.name}` }] };
}

/** A rule for each peer and port: rules that allow add up, so that nothing changes, and languages that want one sort of each in a rule can say it. */
function apart(rule: Rule): readonly Rule[] {
  const peers = rule.peers === null ? [null] : rule.peers.map((peer) => [peer]);
  const ports = rule.ports === null ? [null] : rule.ports.map((port) => [port]);
  return peers.flatMap((some) => ports.map((one) => ({ ...rule, peers: some, ports: one })));
}

/** One policy of a language in which the first rule that matches settles it, and whose tier denies what its policies leave. */
const calico: Saying = {
  say: (policy) => [
    {
      ...policy,
      dialect: 'calico',
      kind: 'NetworkPolicy',
      id: `NetworkPolicy.projectcalico.org ${policy.namespace}/${policy.name}`,
      tier: { id: 'default', order: 1_000_000, end: 'deny' },
      order: Number.POSITIVE_INFINITY,
      evaluation: 'first-match',
      rules: policy.rules.flatMap(apart),
    },
  ],
};

/** A language whose policies do not isolate: one policy with what is allowed, and behind all of those one that denies the rest. `all` is everybody, as far as it can say. */
function allowThenDeny(
  frame: (name: string) => Partial<Policy>,
  orders: { readonly allow: number; readonly deny: number },
  all: (d: Direction) => readonly Peer[] | null,
): Saying['say'] {
  return (policy) => {
    const spelled = (rule: Rule): Rule => ({ ...rule, peers: rule.peers ?? all(rule.direction) });
    const rest = directions
      .filter((d) => policy.isolates[d])
      .map((direction): Rule => spelled({ direction, action: 'deny', peers: null, ports: null, application: null, origin: policy.origin }));
    const part = (name: 'allow' | 'deny', rules: readonly Rule[]): Policy => ({
      ...policy,
      isolates: { ingress: false, egress: false },
      evaluation: 'first-match',
      name: `${policy.namespace}-${policy.name}-${name}`,
      order: orders[name],
      rules,
      ...frame(`${policy.namespace}-${policy.name}-${name}`),
    });
    return [part('allow', policy.rules.map(spelled).flatMap(apart)), part('deny', rest)].filter((p) => p.rules.length > 0);
  };
}

const anyPod: Peer = { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null } };
const anyNetwork: readonly Peer[] = ['0.0.0.0/0', '::/0'].map((cidr) => ({ kind: 'cidr', cidr, except: [] }));

/** Ordinary pods, and for egress addresses outside: ClusterNetworkPolicy cannot speak of who comes from outside. */
function amongPods({ from, to }: Packet, snapshot: Snapshot): boolean {
  const ordinary = (end: Endpoint): boolean => end.kind === 'pod' && snapshot.workloads.some((w) => w.id === end.workload && !w.hostNetwork);
  return ordinary(from) && (ordinary(to) || to.kind === 'address');
}

/** In Antrea, in a tier before NetworkPolicy, each rule has its place for rank. */
const antrea: Saying['say'] = (policy) =>
  allowThenDeny(
    (name) => ({
      dialect: 'antrea',
      kind: 'NetworkPolicy',
      id: `NetworkPolicy.crd.antrea.io ${policy.namespace}/${name}`,
      tier: { id: 'antrea/application', order: 250, end: 'pass', passesTo: tiers.normal.order },
      evaluation: 'ranked',
    }),
    { allow: 10, deny: 20 },
    () => null,
  )(policy).map((part) => ({ ...part, rules: directions.flatMap((d) => part.rules.filter((r) => r.direction === d).map((r, rank) => ({ ...r, rank }))) }));

/** Languages that can say what NetworkPolicy says, with the way to say it. */
export const sayings: Readonly<Partial<Record<Policy['dialect'], Saying>>> = {
  antrea: { say: antrea },
  calico,
  cilium: union('cilium', 'CiliumNetworkPolicy'),
  eks: union('eks', 'ApplicationNetworkPolicy'),
  'network-policy-api': {
    say: allowThenDeny(
      (name) => ({ dialect: 'network-policy-api', kind: 'ClusterNetworkPolicy', namespace: null, id: `ClusterNetworkPolicy ${name}`, tier: tiers.admin }),
      { allow: 10, deny: 20 },
      (direction) => (direction === 'ingress' ? [anyPod] : [anyPod, ...anyNetwork]),
    ),
    speaksOf: amongPods,
  },
};

/** Languages that cannot, and why. */
export const cannotSay: Readonly<Partial<Record<Policy['dialect'], string>>> = {
  kubernetes: 'the original',
  gke: 'FQDNNetworkPolicy has names for peers, and nothing else',
  'multi-network-policy': 'MultiNetworkPolicy is about networks beside the pod network',
  'ovn-kubernetes': 'EgressFirewall speaks of traffic that leaves the cluster, and of nothing else',
};
