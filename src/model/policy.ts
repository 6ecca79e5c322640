import type { Origin } from '../kernel/origin.ts';
import type { Protocol } from '../space/transport-set.ts';
import type { AccountMatch } from './account-match.ts';
import type { LabelSelector } from './labels.ts';

/**
 * The one form that every policy language lowers to. A dialect's `read` makes Policies, its `emit` turns them back; the engine sees nothing else.
 * Tiers are walked by their order; inside a tier, policies by theirs (those of equal order stand beside each other); see `Policy.evaluation`.
 */
export type Direction = 'ingress' | 'egress';

export type Action = 'allow' | 'deny' | 'pass';

/** The languages the model can hold. */
export type DialectId = 'kubernetes' | 'cilium' | 'network-policy-api' | 'calico' | 'gke' | 'eks' | 'ovn-kubernetes' | 'antrea' | 'multi-network-policy';

/**
 * Where a policy takes part. Lower `order` first, on one scale for all languages (Calico's: kube-admin 1000, default 1,000,000, kube-baseline
 * 10,000,000). `end` is what happens to packets that no rule settles, when some policy of the tier isolates their pod: `deny` ends the walk, `pass`
 * goes on in the next tier. `passesTo` is where packets go on that a rule passes: in the first tier of that order or a later one (Antrea skips its other
 * tiers); left out: in the next tier.
 */
export interface Tier {
  readonly id: string;
  readonly order: number;
  readonly end: 'deny' | 'pass';
  readonly passesTo?: number;
}

/** Tiers that exist in every cluster. NetworkPolicy and the Cilium kinds share `normal`: they are one union in which deny wins. */
export const tiers: Readonly<Record<'admin' | 'normal' | 'baseline', Tier>> = {
  admin: { id: 'admin', order: 1000, end: 'pass' },
  normal: { id: 'normal', order: 1_000_000, end: 'deny' },
  baseline: { id: 'baseline', order: 10_000_000, end: 'pass' },
};

/**
 * Namespaces by name, by their labels (the empty selector is all of them), or, in peers, by what they have in common with the namespace of the pod that
 * the policy is about. `sameLabels` null: that namespace itself; else those that have all these labels, with its values; it must have them too.
 */
export type NamespaceMatch =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'labelled'; readonly selector: LabelSelector }
  | { readonly kind: 'as-subject'; readonly sameLabels: readonly string[] | null };

/** Pods, by namespace, labels and the name of their service account. hostNetwork pods are never matched. */
export interface PodMatch {
  readonly namespaces: NamespaceMatch;
  readonly pods: LabelSelector;
  readonly serviceAccounts: AccountMatch;
  /** Only those of them that nothing owns. */
  readonly unowned?: true;
}

/**
 * Named groups of peers that are not chosen by labels. Source: cilium pkg/policy/api/entity.go.
 * `all` is everything; `world` is every address outside the cluster; `cluster` is pods and nodes; `host` is the pod's own node,
 * `remote-node` the others; `kube-apiserver` the control plane's endpoints; `none` nothing.
 * `ingress` is Cilium's own proxy, and `other` stands for its health, init and unmanaged identities; no workload of a snapshot has these.
 */
export type Entity = 'all' | 'world' | 'cluster' | 'host' | 'remote-node' | 'kube-apiserver' | 'ingress' | 'none' | 'other';

/**
 * A set of DNS names. `exact`: that name. `pattern`: `source` is an anchored, linear-time regular expression over the lower-case name without its
 * trailing dot, made by the dialect that owns the wildcard's meaning; `text` is what the user wrote.
 */
export type NameMatch = { readonly kind: 'exact'; readonly name: string } | { readonly kind: 'pattern'; readonly text: string; readonly source: string };

/** One peer of a rule. Items of a rule's peer list are alternatives. */
export type Peer =
  /** `wholeNamespaces`: the rule names namespaces and no pods, by which Calico finds network sets too. */
  | { readonly kind: 'pods'; readonly match: PodMatch; readonly wholeNamespaces?: true }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except: readonly string[] }
  | { readonly kind: 'entity'; readonly entity: Entity }
  /** `withoutDnsRule`: their addresses are learned whatever the subject may ask of DNS (GKE, EKS, network-policy-api); else a rule must let it ask (Cilium). */
  | { readonly kind: 'names'; readonly names: readonly NameMatch[]; readonly withoutDnsRule?: true }
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  /** Backends of Services, by name or by the Service's labels. Resolved against the snapshot. */
  | { readonly kind: 'services'; readonly namespace: string | null; readonly name: string | null; readonly selector: LabelSelector | null }
  /** Every one of these must match (Calico: selector and nets in one rule). The empty list is everybody. */
  | { readonly kind: 'all-of'; readonly peers: readonly Peer[] }
  /** Everybody that this does not match (Calico: notNets, notSelector). */
  | { readonly kind: 'not'; readonly peer: Peer }
  /** The dialect has a field here whose members cannot be known from files (Cilium toGroups): may match anything. */
  | { readonly kind: 'unknown'; readonly gap: string /** What to do about it; left out: write the peer otherwise. */; readonly mend?: string };

/**
 * Ports of a rule; items are alternatives. `port` null is every port of the protocol; text is a container-port name of the destination pod.
 * `endPort` (inclusive) only with a number. Protocol ANY is TCP, UDP and SCTP (Cilium). ICMP uses `port` for the type.
 */
export interface PortMatch {
  readonly protocol: Protocol | 'ANY';
  readonly port: number | string | null;
  readonly endPort: number | null;
}

/** Layer-7 text that rules carry through unchanged between read and emit, and that claims look at. Names are as in `NameMatch`. */
export interface RuleApplication {
  /** Names that may be asked of a DNS server through this rule; null when the rule says nothing about DNS names. */
  readonly dns: readonly NameMatch[] | null;
  /** TLS server names; null when not restricted. */
  readonly serverNames: readonly string[] | null;
  /** HTTP or another L7 filter is present. */
  readonly otherL7: boolean;
  /** That filter is one on HTTP: all that comes is read as HTTP. */
  readonly http?: true;
  /** That filter in the words of the policy, the same for the same filter: for telling whether it changed, not for judging what passes. */
  readonly otherText?: string;
}

export interface Rule {
  readonly direction: Direction;
  readonly action: Action;
  /** Null: any peer at all, external ones included. An empty list matches nothing. */
  readonly peers: readonly Peer[] | null;
  /** Null: every port of every protocol. An empty list matches nothing. */
  readonly ports: readonly PortMatch[] | null;
  readonly application: RuleApplication | null;
  /** Something else that must hold for the rule to match and that addresses and ports do not tell (a source port); the rule then matches at most perhaps. */
  readonly condition?: string;
  /** How to come to know whether the condition holds, where there is more to say than to remove it. */
  readonly mend?: string;
  /** In a `ranked` policy: the place of the rule among those of its direction in all such policies of the tier and order, lower first. */
  readonly rank?: number;
  readonly origin: Origin;
}

/** Whom a policy is about: pods, or (Cilium host policies) nodes; `node` is the only one of them that it is about (Calico host endpoints). */
export type Subject =
  | { readonly kind: 'pods'; readonly match: PodMatch }
  | { readonly kind: 'nodes'; readonly selector: LabelSelector; readonly node?: string };

export interface Policy {
  /** `Kind namespace/name` or `Kind name`; unique in a snapshot but for duplicates, which are diagnosed. */
  readonly id: string;
  readonly dialect: DialectId;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** The secondary networks it is about, as `namespace/name`; left out: the pod network. */
  readonly networks?: readonly string[];
  /** The network of GKE that a NetworkPolicy is for by its annotation, which only GKE reads, where it has networks beside the default one. */
  readonly gkeNetwork?: string;
  readonly tier: Tier;
  /** Place in the tier, lower first. Policies of equal order have none among them. */
  readonly order: number;
  /**
   * `deny-wins`: the rules, together with those of all other such policies of the tier and order, are one union in which deny beats allow.
   * `first-match`: the first rule of the policy that matches settles it.
   * `ranked`: the rules of all such policies of the tier and order are taken together, by rank; the first that matches settles it, and those of equal
   * rank stand beside each other (Antrea).
   */
  readonly evaluation: 'deny-wins' | 'first-match' | 'ranked';
  readonly subject: Subject;
  /** Whether selection alone turns on default deny in that direction. */
  readonly isolates: { readonly ingress: boolean; readonly egress: boolean };
  readonly rules: readonly Rule[];
  readonly origin: Origin;
  /** It stands for an object or documents that could not be read: what they may open or close is not known. Checks of single policies leave it out. */
  readonly unread?: true;
  /** How versions of the CNI that take the object otherwise take it; every other version takes it as it stands here. Settled by `seenBy`. */
  readonly readings?: readonly PolicyReading[];
}

/** What one version of a CNI makes of a policy object. */
export interface PolicyReading {
  /** `cilium@1.18`; see `Profile.readsAs`. */
  readonly reading: string;
  /** Null: that version refuses the object, and enforces nothing of it. */
  readonly policy: Policy | null;
}
