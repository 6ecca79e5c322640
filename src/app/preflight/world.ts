import { hasGpu, joiners } from '../../frameworks/among.ts';
import { containersOf, type Placed, torchrunsIn, torchWordsOf } from '../../frameworks/command-line.ts';
import { type Setting, settingOf } from '../../frameworks/settings.ts';
import { standsAlone } from '../../frameworks/torch-signs.ts';
import type { Passage } from '../../model/passage.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { type Behind, insideOf, selectedBy, serviceOf } from './inside-names.ts';
import { membersTitle } from './member-title.ts';
import type { NeededPath } from './needed-path.ts';
import { meetingPlaces } from './rendezvous-hosts.ts';

/** A Service of the input that pods are told to meet at, with the pods behind it. */
interface Met {
  readonly key: string;
  readonly behind: readonly Behind[];
}

const known = new WeakMap<Snapshot, ReadonlyMap<Workload, readonly Met[]>>();

/** Where each workload of the input is told to meet, as far as a Service of the input stands there. */
function metIn(snapshot: Snapshot): ReadonlyMap<Workload, readonly Met[]> {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const met = new Map<Workload, readonly Met[]>();
  for (const member of snapshot.workloads) {
    const places = member.lifecycle === 'finished' ? [] : member.pod.containers.flatMap((container) => servicesAt(snapshot, { member, container }));
    if (places.length > 0) met.set(member, places);
  }
  known.set(snapshot, met);
  return met;
}

function servicesAt(snapshot: Snapshot, placed: Placed): readonly Met[] {
  return meetingPlaces(placed).flatMap(({ host, port, world }) => {
    const inside = world ? insideOf(snapshot, host, port ?? 0, placed.member.namespace) : null;
    const service = inside === null ? undefined : serviceOf(snapshot, inside);
    if (inside === null || service === undefined) return [];
    return [{ key: JSON.stringify([service.namespace, service.name, inside.pod, port]), behind: selectedBy(snapshot, service, inside.pod) }];
  });
}

/**
 * A job with the pods of other objects that train with it: those that are told to meet where its pods meet, those behind the Service where they meet, and
 * those that are told to meet at its pods. The job itself where there are none, and where it is one group of several.
 */
export function worldOf(snapshot: Snapshot, job: TrainingJob): TrainingJob {
  if (job.mixed || job.group !== null) return job;
  const met = metIn(snapshot);
  const mine = new Set(job.members.map((m) => m.id));
  const own = job.members.flatMap((m) => met.get(m) ?? []);
  const keys = new Set(own.map((m) => m.key));
  const atOthers = own.filter(({ behind }) => !behind.some((b) => mine.has(b.workload.id))).flatMap((m) => m.behind.map((b) => b.workload));
  const alike = [...met].flatMap(([w, places]) => (places.some((p) => keys.has(p.key) || p.behind.some((b) => mine.has(b.workload.id))) ? [w] : []));
  const peers = [...new Set([...atOthers, ...alike])].filter((w) => !mine.has(w.id) && w.lifecycle !== 'finished' && w.replicas > 0);
  return peers.length === 0 ? job : { ...job, label: null, members: [...job.members, ...peers] };
}

/** A rendezvous of a world goes to the pods behind the Service that it is told of, where one stands there, and to no other pod. */
export function metAt(snapshot: Snapshot, world: TrainingJob, passage: Passage): Passage {
  if (passage.purpose !== 'rendezvous' || passage.to.kind !== 'members') return passage;
  const met = metIn(snapshot);
  const behind = new Set(world.members.flatMap((m) => met.get(m) ?? []).flatMap((m) => m.behind.map((b) => b.workload)));
  const members = passage.to.members.filter((m) => behind.has(m));
  // The store of an elastic job is wherever the kernel puts it, in any of them.
  return members.length === 0 || passage.ports.some((use) => use.kind === 'ephemeral') ? passage : { ...passage, to: { kind: 'members', members } };
}

/** The one pod of a sort at which all meet for a passage, as far as places and their Services tell; null where it is not known, or the passage may end in any. */
export function metReplica(snapshot: Snapshot, world: TrainingJob, passage: Passage, member: Workload): number | null {
  if (passage.purpose !== 'rendezvous' || passage.ports.some((use) => use.kind !== 'fixed')) return null;
  const met = metIn(snapshot);
  const behind = world.members.flatMap((m) => met.get(m) ?? []).flatMap((m) => m.behind.filter((b) => b.workload.id === member.id));
  const [one = null, another] = new Set(behind.map((b) => b.replica));
  return another === undefined ? one : null;
}

/** Pods that the job says there are, and the input does not have: whether it reaches them cannot be told. */
export function absentPaths(world: TrainingJob, job: TrainingJob): readonly NeededPath[] {
  if (world.mixed || standsAlone(job)) return [];
  const pods = joiners(world).reduce((sum, m) => sum + m.replicas, 0);
  const [first] = pods === 0 ? [] : containersOf(job).flatMap((placed) => tooFew(placed, job, pods));
  if (first === undefined) return [];
  const title = 'pods of the job that are not in the input';
  return [
    {
      id: 'absent/pods',
      title,
      from: job.members,
      fromTitle: membersTitle(job, job.members),
      toTitle: title,
      ends: [],
      picked: false,
      required: true,
      because: first,
      source: 'pytorch torch/distributed/run.py; jax jax/_src/distributed.py',
      origin: job.origin,
      missing: [`${first}, and the input has ${pods} pod${pods === 1 ? ' that meets' : 's that meet'} there: give the manifests of the others`],
    },
  ];
}

/** What a container says of pods, or of processes, that is more than there are. */
function tooFew(placed: Placed, job: TrainingJob, pods: number): readonly string[] {
  const { container, member } = placed;
  const starts = torchrunsIn(container);
  const nodes =
    starts.length > 0 && !starts.some((words) => words.includes('--standalone'))
      ? settingOf(placed, { options: ['nnodes'], words: torchWordsOf, variables: ['PET_NNODES'] })
      : undefined;
  if (least(nodes) > pods) return [nodes?.shown ?? ''];
  if (starts.length > 0 || job.kind === 'PyTorchJob') return [];
  const processes = settingOf(placed, { variables: ['WORLD_SIZE', 'JAX_NUM_PROCESSES'] });
  const each = hasGpu(member) ? devicesOf(member) : 1;
  return each !== null && least(processes) > pods * each ? [processes?.shown ?? ''] : [];
}

/** `2` and the 2 of `2:4`; 0 where nothing says. */
function least(said: Setting | undefined): number {
  return Number(/^(\d{1,7})(?::\d{1,7})?$/.exec(said?.text ?? '')?.[1] ?? 0);
}

/** GPUs of one pod; null where their number is not in its resources. */
function devicesOf({ pod }: Workload): number | null {
  const counts = pod.containers.flatMap((c) =>
    Object.entries(c.requests).flatMap(([name, n]) => (/\/gpu(?:$|\.)/.test(name) && /^\d{1,4}$/.test(n) ? [Number(n)] : [])),
  );
  const total = counts.reduce((sum, n) => sum + n, 0);
  return total === 0 ? null : total;
}
