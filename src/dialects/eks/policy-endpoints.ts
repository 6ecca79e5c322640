import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { groupOf } from '../../model/metadata.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { workloadTitle } from '../../model/workload.ts';
import { type Intended, intended } from './intended.ts';
import { readSlice, type Slice, type UnreadSlice } from './policy-endpoint-syntax.ts';
import { beyond, type Resolved, resolvedText } from './resolved.ts';

/**
 * One way in which what nodes enforce is not what a policy says.
 * `not-enforced`: the policy selects pods and no PolicyEndpoint is there. `no-policy`: a PolicyEndpoint is there and no policy. `pod-missing`: the policy
 * selects the pod and is not enforced on it. `pod-extra`: the reverse. `isolation`: the directions differ. `rank`: tier or priority differ.
 * `rule-missing`: the policy has it and nodes have not. `rule-extra`: the reverse; `stale` where other policies let the same pods have as much.
 */
export interface PolicyEndpointDifference {
  /** `missing`: not enforced where it should be. `stale`: of another time. `wide`: nodes let through more than the policy, `narrow`: less. */
  readonly drift: 'missing' | 'stale' | 'wide' | 'narrow';
  readonly kind: 'not-enforced' | 'no-policy' | 'pod-missing' | 'pod-extra' | 'isolation' | 'rank' | 'rule-missing' | 'rule-extra';
  /** The id of the policy, or, without one, `namespace/name` or the name that the PolicyEndpoint gives. */
  readonly policy: string;
  readonly direction: Direction | null;
  readonly message: string;
  /** The PolicyEndpoint, or the policy where there is none. */
  readonly origin: Origin;
  /** The policy, or the pod that it misses; null without. */
  readonly meant: Origin | null;
  /** What to do about it. */
  readonly fix: string;
}

/** Something about what nodes enforce of a policy that the input does not tell. */
export interface PolicyEndpointUnknown {
  /** The id of the policy. */
  readonly policy: string;
  readonly message: string;
  /** The PolicyEndpoint. */
  readonly origin: Origin;
  /** What input would tell. */
  readonly fix: string;
}

/** What there is to say of the PolicyEndpoints of a snapshot. `diagnostics` are errors: what in them cannot be read. */
export interface PolicyEndpointComparison {
  readonly differences: readonly PolicyEndpointDifference[];
  readonly unknown: readonly PolicyEndpointUnknown[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How many PolicyEndpoints and ClusterPolicyEndpoints a snapshot holds. */
export function policyEndpointCount(snapshot: Snapshot): number {
  return snapshot.objects.filter(isPolicyEndpoint).length;
}

function isPolicyEndpoint({ apiVersion, kind }: RawObject): boolean {
  return groupOf(apiVersion) === 'networking.k8s.aws' && (kind === 'PolicyEndpoint' || kind === 'ClusterPolicyEndpoint');
}

const touch =
  'Change the policy so that the controller writes its PolicyEndpoint again (an annotation will do), and look into the log of the network policy controller.';
/** Source: docs.aws.amazon.com/eks cni-network-policy, Considerations. */
const owned =
  'Look whether the pod has an owner: the controller covers no pod without one, so run it under a Deployment or a Job. Else restart the network policy controller.';

/**
 * Holds policies against the PolicyEndpoints that the VPC CNI's controller made of them, in a snapshot of a live cluster. Rules are compared as sets of
 * addresses and ports, for each action; the order of a cluster policy's rules is not compared. Where labels of a namespace are not known, nothing that
 * rests on them is called a difference. Of a policy with a slice that cannot be read, only what the other slices hold too much is called one.
 */
export function policyEndpointDifferences(snapshot: Snapshot): PolicyEndpointComparison {
  const diagnostics: Diagnostic[] = [];
  const slices = new Map<string, Slice[]>();
  const unread: UnreadSlice[] = [];
  for (const object of snapshot.objects) {
    if (!isPolicyEndpoint(object)) continue;
    const slice = readSlice(object, diagnostics);
    if ('rules' in slice) kept(slices, keyOf(slice.cluster, slice.policy), () => []).push(slice);
    else unread.push(slice);
  }
  const differences: PolicyEndpointDifference[] = [];
  const unknown: PolicyEndpointUnknown[] = [];
  const shown = shownIn(snapshot);
  const neighbours = new Neighbours(snapshot);
  const claimed = new Set<Slice>();
  for (const policy of snapshot.policies) {
    const { dialect, namespace, name, kind } = policy;
    if (dialect !== 'kubernetes' && dialect !== 'eks') continue;
    const named = slices.get(namespace === null ? keyOf(true, name) : keyOf(false, `${namespace}/${name}`)) ?? [];
    const own = named.filter((s) => s.owner === null || s.owner === kind);
    for (const slice of own) claimed.add(slice);
    const broken = unread.find((s) => mayBeOf(s, policy));
    const found = compare(snapshot, shown, neighbours, policy, own);
    differences.push(...(broken === undefined ? found : found.filter((d) => !restsOnAbsence(d))));
    if (broken !== undefined) unknown.push(unreadOf(policy, broken));
    unknown.push(...unseenPods(shown, policy, own));
  }
  for (const slice of [...slices.values()].flat()) {
    if (claimed.has(slice)) continue;
    const message = `${nameOf(slice)} enforces rules of ${slice.policy}, and there is no such policy.`;
    const fix = `Delete ${nameOf(slice)}, and look why the controller did not: its owner is gone.`;
    differences.push({ drift: 'stale', kind: 'no-policy', policy: slice.policy, direction: null, message, origin: slice.object.origin, meant: null, fix });
  }
  return { differences, unknown, diagnostics };
}

function mayBeOf({ object, cluster, policy: named, owner }: UnreadSlice, { namespace, name, kind }: Policy): boolean {
  if (cluster !== (namespace === null) || (owner !== null && owner !== kind)) return false;
  if (named === null) return cluster || (object.namespace ?? 'default') === namespace;
  return named === (namespace === null ? name : `${namespace}/${name}`);
}

/** Whether another slice could make the difference go away. */
function restsOnAbsence({ kind, drift }: PolicyEndpointDifference): boolean {
  return kind === 'not-enforced' || kind === 'pod-missing' || kind === 'rule-missing' || (kind === 'isolation' && drift === 'wide');
}

function unreadOf(policy: Policy, slice: UnreadSlice): PolicyEndpointUnknown {
  return {
    policy: policy.id,
    message: `What nodes enforce of ${policy.id} is not known: ${slice.policy === null ? 'a slice that may be of it' : 'a slice of it'}, ${nameOf(slice)}, cannot be read.`,
    origin: slice.object.origin,
    fix: `Mend ${nameOf(slice)}, or read it from the cluster again.`,
  };
}

type Shown = (pod: Slice['pods'][number]) => boolean;

/** Whether the input tells who has an address: a pod of it, or nobody where it shows pods of the namespace with theirs. */
function shownIn({ workloads }: Snapshot): Shown {
  const withAddress = workloads.filter((w) => w.ips.length > 0);
  const addresses = new Set(withAddress.flatMap((w) => w.ips));
  const namespaces = new Set(withAddress.map((w) => w.namespace));
  return ({ ip, namespace }) => addresses.has(ip) || namespaces.has(namespace);
}

function unseenPods(shown: Shown, policy: Policy, slices: readonly Slice[]): PolicyEndpointUnknown[] {
  return slices.flatMap((slice) => {
    const unseen = slice.pods.filter((pod) => !shown(pod));
    const [first] = unseen;
    if (first === undefined) return [];
    const namespaces = [...new Set(unseen.map((pod) => pod.namespace))].filter((n) => n !== '');
    const where = namespaces.length === 1 ? `-n ${namespaces[0]}` : '-A';
    const addresses = unseen.length === 1 ? first.ip : `${first.ip} and ${unseen.length - 1} more`;
    const message = `${policy.id} is enforced on ${addresses}, and the input does not show the pod behind it: whether the policy selects it is not known.`;
    return [{ policy: policy.id, message, origin: slice.object.origin, fix: `Add the pods: kubectl get pods ${where} -o yaml` }];
  });
}

function keyOf(cluster: boolean, policy: string): string {
  return `${cluster ? 'cluster' : 'namespaced'} ${policy}`;
}

function nameOf({ object }: Slice | UnreadSlice): string {
  return `${object.kind} ${object.namespace === null ? '' : `${object.namespace}/`}${object.name}`;
}

/** What the union of policies lets through, whichever of them says it. */
class Neighbours {
  readonly #snapshot: Snapshot;
  readonly #known = new Map<Policy, Intended>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Other policies of the namespace that are certain to allow something, and to select every pod with one of these addresses. */
  of(policy: Policy, addresses: readonly string[]): readonly { readonly policy: Policy; readonly allows: readonly Resolved[] }[] {
    if (policy.namespace === null || addresses.length === 0) return [];
    return this.#snapshot.policies.flatMap((other) => {
      if (other === policy || other.namespace !== policy.namespace || (other.dialect !== 'kubernetes' && other.dialect !== 'eks') || other.unread === true)
        return [];
      const { pods, certain } = kept(this.#known, other, () => intended(this.#snapshot, other));
      const selected = new Set(pods.certain.flatMap((w) => w.ips));
      const allows = certain.filter((r) => r.action === 'allow' && other.isolates[r.direction]);
      return allows.length > 0 && addresses.every((ip) => selected.has(ip)) ? [{ policy: other, allows }] : [];
    });
  }
}

function compare(snapshot: Snapshot, shown: Shown, neighbours: Neighbours, policy: Policy, slices: readonly Slice[]): PolicyEndpointDifference[] {
  const wanted = intended(snapshot, policy);
  const [first] = slices;
  const difference: Difference = (drift, kind, message, { direction = null, meant = policy.origin, fix = touch } = {}) => ({
    drift,
    kind,
    policy: policy.id,
    direction,
    message,
    origin: first?.object.origin ?? policy.origin,
    meant: first === undefined && meant === policy.origin ? null : meant,
    fix,
  });
  if (first === undefined) {
    const count = wanted.pods.certain.length;
    if (count === 0) return [];
    const fix = `See that network policies are enabled in the VPC CNI and that its controller runs. ${owned}`;
    return [
      difference(
        'missing',
        'not-enforced',
        `${policy.id} selects ${count} running ${count === 1 ? 'pod' : 'pods'}, and no PolicyEndpoint of it is there: no node enforces it.`,
        { fix },
      ),
    ];
  }
  return [
    ...comparePods(shown, policy, wanted, slices, difference),
    ...(policy.namespace === null ? compareRank(policy, slices, difference) : compareIsolation(policy, slices, difference)),
    ...compareRules(policy, wanted, slices, neighbours, difference),
  ];
}

type Difference = (
  drift: PolicyEndpointDifference['drift'],
  kind: PolicyEndpointDifference['kind'],
  message: string,
  more?: { readonly direction?: Direction | null; readonly meant?: Origin; readonly fix?: string },
) => PolicyEndpointDifference;

function comparePods(shown: Shown, policy: Policy, wanted: Intended, slices: readonly Slice[], difference: Difference): PolicyEndpointDifference[] {
  const pods = slices.flatMap((s) => s.pods);
  const covered = new Set(pods.map((pod) => pod.ip));
  const told = new Set(pods.filter(shown).map((pod) => pod.ip));
  const possible = new Set(wanted.pods.possible.flatMap((p) => p.ips));
  const missing = wanted.pods.certain.filter((w) => w.ips.some((ip) => !covered.has(ip)));
  return [
    ...missing.map((w) =>
      difference(
        'missing',
        'pod-missing',
        `${policy.id} selects ${workloadTitle(w)} (${w.ips.join(', ')}), and no PolicyEndpoint covers it: it is not enforced there.`,
        {
          meant: w.origin,
          fix: owned,
        },
      ),
    ),
    ...[...told]
      .filter((ip) => !possible.has(ip))
      .map((ip) => difference('stale', 'pod-extra', `${policy.id} is enforced on ${ip}, which it does not select.`)),
  ];
}

function compareIsolation(policy: Policy, slices: readonly Slice[], difference: Difference): PolicyEndpointDifference[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const [says, does] = [policy.isolates[direction], slices.some((s) => s.isolates[direction])];
    if (says === does) return [];
    return [
      difference(
        says ? 'wide' : 'narrow',
        'isolation',
        `${policy.id} ${says ? 'isolates' : 'does not isolate'} for ${direction}, and its PolicyEndpoint does${does ? '' : ' not'}.`,
        { direction },
      ),
    ];
  });
}

function compareRank(policy: Policy, slices: readonly Slice[], difference: Difference): PolicyEndpointDifference[] {
  const rank = `${policy.tier.id === 'baseline' ? 'Baseline' : 'Admin'} ${policy.order}`;
  const other = slices.find((s) => s.rank !== rank);
  return other === undefined ? [] : [difference('stale', 'rank', `${policy.id} stands at ${rank}, and ${nameOf(other)} at ${other.rank}.`)];
}

function compareRules(policy: Policy, wanted: Intended, slices: readonly Slice[], neighbours: Neighbours, difference: Difference): PolicyEndpointDifference[] {
  const enforced = slices.flatMap((s) => s.rules);
  const beside = beyond(enforced, wanted.possible);
  // Policies of a namespace add up: what another one lets through for the same pods is open all the same.
  const allowed = beside.filter((r) => r.action === 'allow');
  const others = allowed.length === 0 ? [] : neighbours.of(policy, [...new Set(slices.flatMap((s) => s.pods.map((p) => p.ip)))]);
  const union = others.flatMap((o) => o.allows);
  const extra = [...beside.filter((r) => r.action !== 'allow'), ...beyond(allowed, union)];
  const harmless = beyond(allowed, extra);
  const verb = { allow: 'lets', deny: 'denies', pass: 'passes' } as const;
  const side = { ingress: 'from', egress: 'to' } as const;
  const text = (r: Resolved): string => `${verb[r.action]} traffic ${side[r.direction]} ${resolvedText(r)}${r.action === 'allow' ? ' through' : ''}`;
  return [
    ...beyond(wanted.certain, enforced).map((r) =>
      difference(r.action === 'allow' ? 'narrow' : 'wide', 'rule-missing', `${policy.id} ${text(r)}, and no node knows of it.`, { direction: r.direction }),
    ),
    ...extra.map((r) =>
      difference(r.action === 'deny' ? 'narrow' : 'wide', 'rule-extra', `Nodes enforce a rule of ${policy.id} that ${text(r)}, and the policy has none.`, {
        direction: r.direction,
      }),
    ),
    ...harmless.map((r) => {
      const saying = others.filter(({ allows }) => beyond([r], allows).map(resolvedText).join() !== resolvedText(r)).map((o) => o.policy.id);
      const message = `Nodes enforce a rule of ${policy.id} that ${text(r)}, and the policy has none; ${saying.join(' and ')} let${saying.length === 1 ? 's' : ''} the same pods have it, so nothing more passes for now.`;
      return difference('stale', 'rule-extra', message, { direction: r.direction });
    }),
  ];
}
