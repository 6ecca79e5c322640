import type { DialectId, Policy, Tier } from './policy.ts';
import type { Snapshot } from './snapshot.ts';
import type { Gap } from './verdict.ts';

/** An answer that may not be known. */
export type Tri = 'yes' | 'no' | 'unknown';

/**
 * What one CNI, in one version, does where the APIs leave room. Verdicts carry the profile's id.
 * `kubernetes` is the strict reading of the API alone: whatever implementations differ in is `unknown`.
 */
export interface Profile {
  /** `kubernetes` or `cilium@1.19`. */
  readonly id: string;
  /** Does an ipBlock or CIDR match the addresses of pods? Calico yes (#6634), Cilium no (cilium#9209). */
  readonly cidrMatchesPods: Tri;
  /** … and of nodes, and so of hostNetwork pods? */
  readonly cidrMatchesNodes: Tri;
  /** Are hostNetwork pods seen as their node, never as pods? NetworkPolicy leaves two behaviours open; ClusterNetworkPolicy and Cilium say yes. */
  readonly hostNetworkAsNode: 'yes' | 'unknown';
  /**
   * Is a pod open to its own node (kubelet probes)? `yes`: whatever policies say. `unless-denied`: no default deny shuts that node out, and a deny rule
   * does (Cilium). Source: kubernetes/api networking/v1 NetworkPolicyIngressRule.
   */
  readonly ownNodeReachesPod: Tri | 'unless-denied';
  /**
   * What becomes of what a pod sends to its own node, once its egress rules let it, where policies about nodes are never asked about what pods exchange with
   * their own node (Calico). Left out: it is traffic as any other. Source: projectcalico/calico felix/rules/static.go filterWorkloadToHostChain.
   */
  readonly podToOwnNode?: 'accepted' | 'dropped' | 'unknown';
  /** Are ICMP and other protocols judged by the rules? NetworkPolicy leaves it to the implementation. */
  readonly otherProtocolsByRule: Tri;
  /** Does an egress rule see a packet after Service translation (backend address and target port)? */
  readonly egressAfterTranslation: Tri;
  /** What settles policies of equal order in one tier that contradict each other: their names (Calico), or nothing, so that the outcome is ambiguous. */
  readonly equalOrder: 'by-name' | 'ambiguous';
  /** What policies are compared by where their names settle it; left out: name, namespace and kind, with `/` between them. */
  readonly tieName?: (policy: Policy) => string;
  /**
   * Where a policy comes among the policies of this CNI (Calico: NetworkPolicy in its tier `default`, order 1000; Antrea: ClusterNetworkPolicy between two
   * of its tiers); left out: where reading put it.
   */
  readonly place?: (policy: Policy) => { readonly tier: Tier; readonly order: number };
  /** Labels that selectors of this CNI never see: Cilium leaves some out of identities. A pod then counts as having no such label. */
  readonly unseenLabel: (key: string) => boolean;
  /** Policy languages that this CNI enforces; policies in another language have an unknown effect in `kubernetes` and none elsewhere. */
  readonly enforces: readonly DialectId[];
  /** Kinds of those languages that this version does not know (Calico 3.32 dropped AdminNetworkPolicy), `language/kind` where two share one; left out: none. */
  readonly ignoredKinds?: readonly string[];
  /** Whose reading of policy objects this is, where versions of a CNI differ in it (`cilium@1.18`); left out: not known, so that where they differ nothing is certain. */
  readonly readsAs?: string;
  /** `in-force`: host policies do what they say. Left out: not known, as the host firewall may be off. */
  readonly hostPolicies?: 'in-force';
  /** `unknown`: pods that nothing owns may be held to no policy (EKS). Left out: they are held to them like all others. */
  readonly unownedPods?: 'unknown';
  /**
   * What settings of the CNI make of the policies of a cluster; left out: nothing. Pure, and asked by `seenBy` alone. Where all policies are left alone, one
   * that goes changes nothing about that, and one that comes no more than it would by itself: whoever follows changes asks about that one.
   */
  readonly settled?: (policies: readonly Policy[]) => readonly Policy[];
  /** `yes`: pods of different primary networks have no way to each other (OVN-Kubernetes). Left out: such objects do what policies in other languages do. */
  readonly primaryNetworks?: 'yes' | 'no';
  /** What happens to policies in languages not in `enforces`. */
  readonly foreignPolicies: 'unknown' | 'ignored';
  /** What has to be known to tell whether policies in other languages count; left out: which CNI it is. */
  readonly foreignGap?: Gap;
  /** One line a fact, with its source; printed with every proof. */
  readonly assumptions: readonly string[];
}

/** The profile where a pod's own node counts as any other, for seeing what rules match. */
export function ownNodeAsAnyOther(profile: Profile): Profile {
  const { podToOwnNode } = profile;
  return { ...profile, ownNodeReachesPod: 'no', ...(podToOwnNode === undefined ? {} : { podToOwnNode: 'accepted' }) };
}

/** Whether this CNI enforces policies of this language and kind. */
export function enforces(profile: Pick<Profile, 'enforces' | 'ignoredKinds'>, policy: Pick<Policy, 'dialect' | 'kind'>): boolean {
  const { enforces: languages, ignoredKinds = [] } = profile;
  return languages.includes(policy.dialect) && !ignoredKinds.includes(policy.kind) && !ignoredKinds.includes(`${policy.dialect}/${policy.kind}`);
}

/** Whether it does, or may: of some CNIs it is not known what becomes of other languages. */
export function mayEnforce(profile: Pick<Profile, 'enforces' | 'ignoredKinds' | 'foreignPolicies'>, policy: Pick<Policy, 'dialect' | 'kind'>): boolean {
  return enforces(profile, policy) || profile.foreignPolicies === 'unknown';
}

/** One CNI with the versions of it that are known, old to new. The name alone means the newest. One file in `src/engine/profiles`. */
export interface ProfileFamily {
  readonly name: string;
  readonly profiles: readonly Profile[];
  /** The profile as the settings of the CNI that are among the manifests have it; pure. Left out: no setting is read. */
  readonly configured?: (profile: Profile, snapshot: Snapshot) => Profile;
}
