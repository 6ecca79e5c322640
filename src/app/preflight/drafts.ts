import type { Reachability } from '../../engine/reach.ts';
import { pinnedRange } from '../../frameworks/listeners.ts';
import { type LabelSelector, type Labels, labelOf, matchLabels, selectorText, selects } from '../../model/labels.ts';
import type { DialectId, Direction, Peer, Policy, PortMatch } from '../../model/policy.ts';
import { jobLabelsOf } from '../../model/training-job.ts';
import { knownLabels, type Workload } from '../../model/workload.ts';
import { type IpSet, toCidrs } from '../../space/ip-set.ts';
import type { TransportSet } from '../../space/transport-set.ts';
import { ruleOf, type UnionFrame } from '../advice/new-policy.ts';
import { dnsRule } from '../advice/opening.ts';
import { type Asked, peersFor, selectorOf } from '../advice/party.ts';
import { narrowedAbove } from './narrowed.ts';
import type { NeededPath, PathEnd } from './needed-path.ts';
import { policyName } from './policy-name.ts';
import type { Step, Wanted } from './wanted.ts';

/** A way to write a policy: its language, and where it stands. Null where it has no place. */
export interface Writing {
  readonly dialect: DialectId;
  readonly write: (frame: Omit<UnionFrame, 'dialect'>) => Policy | null;
}

/**
 * One policy where the job's pods dial each other, or one for each direction; else one for what leaves the job, and one for each sort of pod that has to take
 * it. Only directions that something stops already are written: a policy isolates in each direction that it has.
 */
export function draftsOf(
  { job, pods }: Pick<Wanted, 'job' | 'pods'>,
  { edited, reach }: Step,
  path: NeededPath,
  { dialect, write }: Writing,
): readonly Policy[] {
  const members = new Set(job.members);
  const asked = { snapshot: edited.snapshot, profile: reach.profile };
  const frame = (namespace: string, subject: LabelSelector, rules: Policy['rules'], suffix = ''): Policy | null =>
    write({
      namespace,
      pods: subject,
      rules,
      isolates: { ingress: rules.some((r) => r.direction === 'ingress'), egress: rules.some((r) => r.direction === 'egress') },
      name: `${policyName(edited.snapshot, job, path, namespace)}${suffix}`,
    });
  // Who may ask for which name only Cilium's rules say: any other would let everything be asked.
  if (path.refused !== undefined && dialect !== 'cilium' && path.refused.by(reach).length > 0) return [];
  const stopped = stoppedIn(reach, path);
  const group = !withinJob(path, members) ? null : pods === undefined ? groupOf(asked, job, path) : { whole: pods, of: job.members };
  if (group !== null) {
    const dialled = path.ends.flatMap((e) => e.destination ?? []);
    const chosen = (some: readonly Workload[]): LabelSelector => pods ?? selectorWithin(asked, job, group, some);
    const ports = portsOf(path.ends, dialled);
    const sides = (['ingress', 'egress'] as const).flatMap((direction) => {
      const [about, others] = direction === 'ingress' ? [dialled, path.from] : [path.from, dialled];
      const shut = stopped(direction, about);
      if (shut.length === 0) return [];
      return [{ subject: chosen(shut), rule: ruleOf({ direction, action: 'allow', peers: [podsPeer(job.namespace, chosen(others))], ports }) }];
    });
    const [first, second] = sides;
    if (first === undefined) return [];
    if (second === undefined || selectorText(first.subject) === selectorText(second.subject))
      return present([
        frame(
          job.namespace,
          first.subject,
          sides.map((s) => s.rule),
        ),
      ]);
    return present([frame(job.namespace, first.subject, [first.rule], '-in'), frame(job.namespace, second.subject, [second.rule])]);
  }
  const [from] = path.from;
  if (from === undefined) return [];
  const dialling = pods === undefined ? selectorsOf(asked, job, path.from) : [pods];
  const leaving = path.ends.flatMap((end) => {
    const packet = { from: { kind: 'pod', workload: from.id, replica: 0 }, to: end.endpoint, protocol: 'TCP', port: 1 } as const;
    const own = end.destination !== null && members.has(end.destination) ? [podsPeer(job.namespace, jobSelector(asked, job, [end.destination]))] : null;
    const [peers] =
      own !== null ? [own] : end.party.kind === 'external' ? [blockPeers(end.party.addresses)] : peersFor({ ...asked, packet }, end.endpoint, dialect);
    if (peers === undefined) return [];
    const rule = ruleOf({ direction: 'egress', action: 'allow', peers, ports: portsOf([end], [end.destination ?? from]) });
    if (path.refused !== undefined && path.refused.by(reach).length > 0)
      return [[{ ...rule, application: { dns: path.refused.names, serverNames: null, otherL7: false } }]];
    return [dialect === 'cilium' && end.endpoint.kind === 'name' ? [dnsRule(rule), rule] : [rule]];
  });
  const taking = path.ends.flatMap((end) => {
    const to = end.destination;
    if (to === null || to.hostNetwork || !reach.isolated(to.id, 'ingress') || isOpenOn(reach, 'ingress', path, end)) return [];
    const rule = ruleOf({ direction: 'ingress', action: 'allow', peers: dialling.map((d) => podsPeer(from.namespace, d)), ports: portsOf([end], [to]) });
    return [{ to, rule }];
  });
  // Each has a name of its own: of two policies with one name the API server keeps the later.
  const taken = taking.map(({ to, rule }, i) =>
    frame(to.namespace, members.has(to) ? jobSelector(asked, job, [to]) : selectorOf(asked, to), [rule], i === 0 ? '-in' : `-in-${i + 1}`),
  );
  // Pods beyond the job are others' to isolate: a policy is written about them only where something does already.
  const shut = stopped('egress', path.from).filter((w) => members.has(from) || reach.isolated(w.id, 'egress'));
  const subjects = shut.length === path.from.length ? dialling : selectorsOf(asked, job, shut);
  const outs = subjects.map((subject, i) =>
    leaving.length < path.ends.length ? null : frame(from.namespace, subject, leaving.flat(), i === 0 ? '' : `-${i + 1}`),
  );
  return present([...(shut.length === 0 ? [] : outs), ...taken]);
}

function withinJob({ from, ends }: NeededPath, members: ReadonlySet<Workload>): boolean {
  return from.every((m) => members.has(m)) && ends.every((e) => e.destination !== null && members.has(e.destination));
}

/** Pods, and what chooses them. */
interface Group {
  readonly whole: LabelSelector;
  readonly of: readonly Workload[];
}

/** What chooses some pods of a group: labels that they alone of the job have, else what chooses the group. */
function selectorWithin(asked: Pick<Asked, 'snapshot' | 'profile'>, job: Wanted['job'], { whole, of }: Group, some: readonly Workload[]): LabelSelector {
  if (some.length === 0 || of.every((w) => some.includes(w))) return whole;
  const own = jobSelector(asked, job, some);
  return own.requirements.length > 0 && job.members.every((m) => some.includes(m) || !selects(own, knownLabels(m))) ? own : whole;
}

/** Pods that one selector tells from others: all of the job, else those of a path alone, which may have a label in common that another, such as a submitter, has not; null for neither. */
function groupOf(asked: Pick<Asked, 'snapshot' | 'profile'>, job: Wanted['job'], path: NeededPath): Group | null {
  const some = new Set([...path.from, ...path.ends.flatMap((e) => e.destination ?? [])]);
  return (
    [job.members, job.members.filter((m) => some.has(m))]
      .map((of) => ({ whole: jobSelector(asked, job, of), of }))
      .find(({ whole }) => whole.requirements.length > 0) ?? null
  );
}

/**
 * Which of some pods a policy has to be about for a path, by direction: none where nothing stops it in that direction; else those that are isolated already, or
 * all where none is. Pods of the host network are about no policy, and go with the others.
 */
function stoppedIn(reach: Reachability, path: NeededPath): (direction: Direction, pods: readonly Workload[]) => readonly Workload[] {
  return (direction, pods) => {
    if (path.ends.every((end) => isOpenOn(reach, direction, path, end))) return [];
    const isolated = pods.filter((w) => reach.isolated(w.id, direction));
    return isolated.length === 0 || pods.every((w) => w.hostNetwork || isolated.includes(w)) ? pods : isolated;
  };
}

/** Whether one side alone lets everything of a path through to an end, above layer 4 as well. */
function isOpenOn(reach: Reachability, direction: Direction, path: NeededPath, end: PathEnd): boolean {
  const { party, ports, destination } = end;
  if (direction === 'egress' && path.refused !== undefined && path.refused.by(reach).length > 0) return false;
  return path.from.every(
    (w) =>
      (w.id === destination?.id && w.replicas < 2) ||
      (ports.subsetOf(reach.side(direction, { kind: 'workload', id: w.id }, party, 'every').allowed) &&
        narrowedAbove(reach, path, w, end).every((n) => n.direction !== direction || !n.ends)),
  );
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
  const labels = jobLabelsOf(job);
  if (others.length === 0)
    return roleSelector(job, first) ?? (isNamedLater(first) ? matchLabels(settledLabels(first)) : selectorOf(asked, first, labels ?? {}));
  if (labels !== null && members.length === job.members.length && has(settledLabels(first), labels)) return matchLabels(labels);
  return matchLabels(Object.fromEntries(commonLabels(members)));
}

/** One selector where the pods have labels in common; else as few as choose them all. */
function selectorsOf(asked: Pick<Asked, 'snapshot' | 'profile'>, job: Wanted['job'], members: readonly Workload[]): readonly LabelSelector[] {
  const whole = jobSelector(asked, job, members);
  if (whole.requirements.length > 0) return [whole];
  const groups: Workload[][] = [];
  for (const member of members) {
    const near = groups.find((group) => commonLabels([...group, member]).length > 0);
    if (near === undefined) groups.push([member]);
    else near.push(member);
  }
  const each = groups.map((group) => jobSelector(asked, job, group));
  return each.some((s) => s.requirements.length === 0) ? [whole] : each;
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

/** Whether its operator makes up what tells its pods from those of another run. */
export function isNamedLater({ labels, madeUp = [] }: Workload): boolean {
  return madeUp.some((l) => l.optional !== true) || Object.values(labels).some((value) => value.includes('*'));
}

/** Labels that a policy can name now: an asterisk stands for the end that the API server makes up of a name, and no label has one. */
function settledLabels(workload: Workload): Labels {
  return Object.fromEntries(Object.entries(knownLabels(workload)).filter(([, value]) => !value.includes('*')));
}

/**
 * Labels by which operators tell the sorts of pods of a job apart, the one that tells most first. Sources: kubeflow/trainer release-1.9
 * pkg/apis/kubeflow.org/v1/common_types.go; kubeflow/mpi-operator pkg/controller/mpi_job_controller.go; kubernetes-sigs/jobset api/jobset/v1alpha2;
 * ray-project/kuberay ray-operator/controllers/ray/utils/constant.go; volcano-sh/apis pkg/apis/batch/v1alpha1; kubernetes-sigs/lws api/leaderworkerset/v1.
 */
const roleLabels: readonly string[] = [
  'training.kubeflow.org/replica-type',
  'training.kubeflow.org/job-role',
  'jobset.sigs.k8s.io/replicatedjob-name',
  'ray.io/group',
  'volcano.sh/task-spec',
  'leaderworkerset.sigs.k8s.io/worker-index',
];

/** The labels that the operator writes for the job and the role, where they choose this sort of pod alone among the job's; null where they do not. */
function roleSelector(job: Wanted['job'], member: Workload): LabelSelector | null {
  const own = settledLabels(member);
  const labels = jobLabelsOf(job);
  if (labels === null || !has(own, labels)) return null;
  const chosen = roleLabels.flatMap((key) => {
    const role = labelOf(own, key);
    return role === undefined ? [] : [matchLabels({ ...labels, [key]: role })];
  });
  return chosen.find((c) => job.members.every((m) => m === member || !selects(c, knownLabels(m)))) ?? null;
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
