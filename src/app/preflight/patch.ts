import { arrange } from '../../engine/arrange.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import { pinnedRange } from '../../frameworks/listeners.ts';
import type { TrafficChange } from '../../model/diff-report.ts';
import { type LabelSelector, type Labels, labelOf, matchLabels, selects } from '../../model/labels.ts';
import type { DialectId, Peer, Policy, PortMatch } from '../../model/policy.ts';
import type { PreflightPatch } from '../../model/preflight-report.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jobLabelsOf, type TrainingJob } from '../../model/training-job.ts';
import { knownLabels, type Workload } from '../../model/workload.ts';
import { type IpSet, toCidrs } from '../../space/ip-set.ts';
import type { TransportSet } from '../../space/transport-set.ts';
import { changeText } from '../advice/advise.ts';
import { addPolicy, type Edited } from '../advice/change.ts';
import { frameBefore, ruleOf, type UnionFrame, unionFrame, unionLanguages } from '../advice/new-policy.ts';
import { blockOf, dnsRule } from '../advice/opening.ts';
import { type Asked, objectName, peersFor, selectorOf } from '../advice/party.ts';
import { diff } from '../diff/diff.ts';
import { judgePath } from './judge-path.ts';
import type { NeededPath, PathEnd } from './needed-path.ts';

/** Everything a patch is made for. Policies are named after the job. */
export interface Wanted {
  readonly job: Pick<TrainingJob, 'namespace' | 'name' | 'label' | 'group' | 'members'>;
  /** The selector of all its members, where somebody has said it; left out: what their labels have in common. */
  readonly pods?: LabelSelector;
  /** The cluster as it is. */
  readonly reach: Reachability;
  /** Paths that are blocked. */
  readonly paths: readonly NeededPath[];
}

/**
 * Policies that open the blocked paths of a job, in the first language of the cluster that can say them. Each is carried out and its path asked again; one that
 * does not open it is dropped. Null where none opens anything.
 */
export function patchFor(wanted: Wanted): PreflightPatch | null {
  const { now, opens } = openPaths(wanted, { edited: { snapshot: wanted.reach.snapshot, edits: [] }, reach: wanted.reach });
  if (now.edited.edits.length === 0) return null;
  const also = [...changesBeside(wanted.reach, now.reach.snapshot, wanted, opens).map(changeText), ...alsoLater(wanted.job)];
  return { edits: now.edited.edits, opens, also };
}

/** What the input cannot show: pods made later that carry the labels by which the patch knows the job, where the operator's own label is made up as it starts. */
function alsoLater({ namespace, members }: Wanted['job']): readonly string[] {
  if (members.every((m) => Object.keys(settledLabels(m)).length === Object.keys(m.labels).length)) return [];
  const common = commonLabels(members).map(([key, value]) => `${key}=${value}`);
  const named = common.length === 0 ? `every pod of namespace ${namespace}` : `every other pod made in namespace ${namespace} with ${common.join(', ')}`;
  return [
    `opens the same to ${named}, such as another run, and isolates it: what names this job is made up as it starts, so give its pod templates a label that no other has`,
  ];
}

/** The cluster with policies added that open the paths, one after the other; `opens` are the ids of those that are then open. */
export function openPaths(wanted: Wanted, start: Step): { readonly now: Step; readonly opens: readonly string[] } {
  let now = start;
  const opens: string[] = [];
  for (const path of wanted.paths) {
    const next = isOpen(now.reach, path) ? now : opened(wanted, now, path);
    if (next === null) continue;
    now = next;
    opens.push(path.id);
  }
  return { now, opens };
}

/** The cluster after some policies were added, solved. */
export interface Step {
  readonly edited: Edited;
  readonly reach: Reachability;
}

function isOpen(reach: Reachability, path: NeededPath): boolean {
  return judgePath(reach, path, (m) => m.name).status === 'open';
}

function opened(wanted: Wanted, before: Step, path: NeededPath): Step | null {
  const { profile } = wanted.reach;
  const { snapshot } = before.edited;
  const isolating = snapshot.policies.filter((p) => p.isolates.egress || p.isolates.ingress).map((p) => p.dialect);
  const writings: Writing[] = [
    ...unionLanguages({ snapshot, profile }, isolating).map(
      (dialect): Writing => ({ dialect, write: (frame) => unionFrame({ snapshot }, { ...frame, dialect }) }),
    ),
    ...beforeDenials(before, path),
  ];
  for (const writing of writings) {
    const edited = draftsOf(wanted, before, path, writing).reduce<Edited | null>(
      (so, policy) => (so === null ? null : addPolicy(so, policy, `add ${policy.id}: ${path.title}`)),
      before.edited,
    );
    if (edited === null || edited === before.edited) continue;
    const reach = solve(edited.snapshot, profile);
    if (isOpen(reach, path)) return { edited, reach };
  }
  return null;
}

/** A way to write a policy: its language, and where it stands. Null where it has no place. */
interface Writing {
  readonly dialect: DialectId;
  readonly write: (frame: Omit<UnionFrame, 'dialect'>) => Policy | null;
}

/**
 * In Calico a rule that denies ends the walk, and nothing in a later policy takes it back: what opens stands before the first of those that deny, in its tier.
 * Only before policies of the very namespace: those of the whole cluster are others' to change.
 */
function beforeDenials({ edited: { snapshot }, reach }: Step, path: NeededPath): readonly Writing[] {
  const { profile } = reach;
  const denying = judgePath(reach, path, (m) => m.name).witnesses.flatMap(({ packet, verdict }) =>
    [verdict.egress, verdict.ingress].filter((s) => s.decision === 'denied').flatMap((s) => blockOf({ snapshot, profile, packet }, s).policies),
  );
  const walked = arrange(
    [...new Set(denying)].filter((p) => p.dialect === 'calico' && p.namespace !== null).map((policy) => ({ policy })),
    profile,
  ).flatMap((tier) => tier.groups.flat().map((h) => h.policy));
  if (walked.length === 0) return [];
  const write: Writing['write'] = (frame) => {
    const first = walked.find((p) => p.namespace === frame.namespace);
    return first === undefined ? null : frameBefore({ snapshot, profile }, first, frame);
  };
  return [{ dialect: 'calico', write }];
}

/** One policy where the job's pods dial each other; else one for what leaves the job, and one for each sort of pod that has to take it. */
function draftsOf({ job, pods }: Pick<Wanted, 'job' | 'pods'>, { edited, reach }: Step, path: NeededPath, { dialect, write }: Writing): readonly Policy[] {
  const members = new Set(job.members);
  const named = job.group === null ? job.name.slice(0, 25) : `${job.name.slice(0, 20)}-${job.group.value}`;
  const name = objectName(`${named}-${path.id.replace(/^(?:named|zone)\//, '').slice(0, 30)}`);
  const asked = { snapshot: edited.snapshot, profile: reach.profile };
  const frame = (namespace: string, pods: LabelSelector, rules: Policy['rules'], suffix = ''): Policy | null =>
    write({
      namespace,
      pods,
      rules,
      isolates: { ingress: rules.some((r) => r.direction === 'ingress'), egress: rules.some((r) => r.direction === 'egress') },
      name: `${name.slice(0, 55)}${suffix}`,
    });
  if (path.from.every((m) => members.has(m)) && path.ends.every((e) => e.destination !== null && members.has(e.destination))) {
    const whole = pods ?? jobSelector(asked, job, job.members);
    const peers = [podsPeer(job.namespace, whole)];
    const ports = portsOf(path.ends, job.members);
    return present([
      frame(
        job.namespace,
        whole,
        (['ingress', 'egress'] as const).map((direction) => ruleOf({ direction, action: 'allow', peers, ports })),
      ),
    ]);
  }
  const [from] = path.from;
  if (from === undefined) return [];
  const subject = pods ?? jobSelector(asked, job, path.from);
  const leaving = path.ends.flatMap((end) => {
    const packet = { from: { kind: 'pod', workload: from.id, replica: 0 }, to: end.endpoint, protocol: 'TCP', port: 1 } as const;
    const [peers] = end.party.kind === 'external' ? [blockPeers(end.party.addresses)] : peersFor({ ...asked, packet }, end.endpoint, dialect);
    if (peers === undefined) return [];
    const rule = ruleOf({ direction: 'egress', action: 'allow', peers, ports: portsOf([end], [from]) });
    return [dialect === 'cilium' && end.endpoint.kind === 'name' ? [dnsRule(rule), rule] : [rule]];
  });
  const taking = path.ends.flatMap((end) => {
    const to = end.destination;
    if (to === null || to.hostNetwork || !reach.isolated(to.id, 'ingress')) return [];
    const rule = ruleOf({ direction: 'ingress', action: 'allow', peers: [podsPeer(from.namespace, subject)], ports: portsOf([end], [from]) });
    return [frame(to.namespace, selectorOf(asked, to), [rule], '-in')];
  });
  // A policy about pods beyond the job would isolate them: it is written only where something does already.
  const lets = members.has(from) || reach.isolated(from.id, 'egress');
  return present([...(lets ? [leaving.length < path.ends.length ? null : frame(from.namespace, subject, leaving.flat())] : []), ...taking]);
}

function present(policies: readonly (Policy | null)[]): readonly Policy[] {
  return policies.some((p) => p === null) ? [] : policies.filter((p) => p !== null);
}

function podsPeer(namespace: string, pods: LabelSelector): Peer {
  return { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods, serviceAccounts: null } };
}

function blockPeers(addresses: IpSet): readonly Peer[] {
  return toCidrs(addresses).map((cidr) => ({ kind: 'cidr', cidr, except: [] }));
}

/** The operator's label where all are of the job, else the labels that they have in common. */
function jobSelector(asked: Pick<Asked, 'snapshot' | 'profile'>, job: Wanted['job'], members: readonly Workload[]): LabelSelector {
  const [first, ...others] = members;
  if (first === undefined) return matchLabels({});
  if (others.length === 0) return roleSelector(job, first) ?? selectorOf(asked, first);
  const labels = jobLabelsOf(job);
  if (labels !== null && members.length === job.members.length && has(settledLabels(first), labels)) return matchLabels(labels);
  return matchLabels(Object.fromEntries(commonLabels(members)));
}

function has(own: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labelOf(own, key) === value);
}

/** Labels of a known value that all of them have. */
function commonLabels([first, ...others]: readonly Workload[]): readonly [string, string][] {
  return first === undefined
    ? []
    : Object.entries(settledLabels(first)).filter(([key, value]) => others.every((m) => labelOf(settledLabels(m), key) === value));
}

/** Labels that a policy can name now: an asterisk stands for the end that the API server makes up of a name, and no label has one. */
function settledLabels(workload: Workload): Labels {
  return Object.fromEntries(Object.entries(knownLabels(workload)).filter(([, value]) => !value.includes('*')));
}

/**
 * Labels by which operators tell the sorts of pods of a job apart. Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go;
 * kubernetes-sigs/jobset api/jobset/v1alpha2; ray-project/kuberay ray-operator/controllers/ray/utils/constant.go; volcano-sh/apis pkg/apis/batch/v1alpha1.
 */
const roleLabels: readonly string[] = ['training.kubeflow.org/replica-type', 'jobset.sigs.k8s.io/replicatedjob-name', 'ray.io/group', 'volcano.sh/task-spec'];

/** The labels that the operator writes for the job and the role, where they choose this sort of pod alone among the job's; null where they do not. */
function roleSelector(job: Wanted['job'], member: Workload): LabelSelector | null {
  const { members } = job;
  const own = settledLabels(member);
  const role = roleLabels.find((key) => labelOf(own, key) !== undefined);
  const labels = jobLabelsOf(job);
  if (labels === null || role === undefined || !has(own, labels)) return null;
  const chosen = matchLabels({ ...labels, [role]: labelOf(own, role) ?? '' });
  return members.every((m) => m === member || !selects(chosen, knownLabels(m))) ? chosen : null;
}

/**
 * Every TCP port where one of them is picked by the kernel from its whole range, since nodes may set another range; the pinned range where the pods pin it;
 * else the ports themselves.
 */
function portsOf(ends: readonly PathEnd[], listeners: readonly Workload[]): readonly PortMatch[] {
  const spans = ends.flatMap((e) => spansOf(e.ports));
  const unpinned = listeners.some((w) => pinnedRange(w) === null);
  if (unpinned && spans.some((s) => s.port === 32_768 && s.endPort === 60_999)) return [{ protocol: 'TCP', port: null, endPort: null }];
  return [...new Map(spans.map((s) => [JSON.stringify(s), s])).values()];
}

/** A span from the lowest port to the highest is every port, also those that have no number in a rule. */
function spansOf(ports: TransportSet): readonly PortMatch[] {
  return (['UDP', 'TCP'] as const).flatMap((protocol) =>
    ports
      .on(protocol)
      .map(([low, high]) =>
        low <= 1 && high === 65_535 ? { protocol, port: null, endPort: null } : { protocol, port: low, endPort: low === high ? null : high },
      ),
  );
}

/** All traffic that the patch changes, beside what the paths ask for. */
export function changesBeside(
  { snapshot, profile }: Pick<Reachability, 'snapshot' | 'profile'>,
  after: Snapshot,
  { job, paths }: Pick<Wanted, 'job' | 'paths'>,
  opens: readonly string[] = paths.map((p) => p.id),
): TrafficChange[] {
  const side = { title: '', profile };
  const wanted = paths.filter((p) => opens.includes(p.id));
  const asked = (from: string, to: string): boolean =>
    wanted.some((p) => p.from.some((w) => w.id === from) && p.ends.some((e) => idOf(e) === to)) || (isMember(job, from) && isMember(job, to));
  const { changes } = diff({ ...side, snapshot }, { ...side, snapshot: after });
  return changes.filter(({ from, to }) => !from.parties.every((a) => to.parties.every((b) => asked(a.id, b.id))));
}

function isMember(job: Wanted['job'], id: string): boolean {
  return job.members.some((m) => m.id === id);
}

function idOf({ endpoint }: PathEnd): string {
  switch (endpoint.kind) {
    case 'pod':
      return endpoint.workload;
    case 'node':
      return endpoint.node ?? '';
    case 'address':
      return endpoint.ip;
    case 'name':
      return endpoint.name;
  }
}
