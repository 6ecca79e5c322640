import { cidrSet } from '../../engine/addresses.ts';
import type { Reachability } from '../../engine/reach.ts';
import { containersOf } from '../../frameworks/command-line.ts';
import { type OwnersWord, passagesOf } from '../../frameworks/job-frameworks.ts';
import { listenerPorts } from '../../frameworks/listeners.ts';
import type { Passage } from '../../model/passage.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { hostCidr, parseIp } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { insideOf, selectedBy, serviceOf } from './inside-names.ts';
import { membersTitle } from './member-title.ts';
import { addressEnd, type NeededPath, nameEnd, type PathEnd } from './needed-path.ts';
import { type MeetingPlace, meetingsElsewhere } from './rendezvous-hosts.ts';

/**
 * What pods and the place where they are told to meet say to each other beside the meeting, where nothing of the input stands there: as much as the pods say
 * to each other, both ways. Options of what is there may pin its ports, so that what is shut is not known to be needed.
 */
export function elsewherePaths(reach: Reachability, job: TrainingJob, word: OwnersWord): readonly NeededPath[] {
  const placed = containersOf(job).flatMap(({ member, container }) =>
    meetingsElsewhere(reach.snapshot, job, { member, container })
      .filter((place) => place.world && isAbsent(reach, place, member.namespace))
      .map((place) => ({ place, member })),
  );
  const [first] = placed;
  if (first === undefined) return [];
  const from = [...new Set(placed.map((p) => p.member))];
  const passages = mutual(job, word);
  const [most] = passages;
  if (most === undefined) return [];
  const hosts = [...new Set(placed.map((p) => p.place.host))];
  const title = hosts.length > 2 ? `${hosts[0]} and ${hosts.length - 1} more hosts` : hosts.join(' and ');
  const said = [...new Set(placed.map((p) => p.place.shown))].slice(0, 3).join(', ');
  const about = {
    picked: false,
    required: true,
    because: `${said}: who meets there trains together (${[...new Set(passages.map((p) => p.title))].join('; ')})`,
    source: most.source,
    origin: job.origin,
  } as const;
  const pods = membersTitle(job, from);
  const ends = hosts.map((host) => endAt(reach, host, from, passages));
  const shut = from.filter((member) => !comesIn(reach, hosts, member, passages));
  const way = (id: string, path: Pick<NeededPath, 'title' | 'from' | 'fromTitle' | 'toTitle' | 'ends' | 'missing'>): NeededPath => ({ id, ...path, ...about });
  return [
    way('elsewhere/to', {
      title: `what pods ask of ${title} besides`,
      from,
      fromTitle: pods,
      toTitle: title,
      ends: ends.filter((end) => end !== null),
      missing: ends.includes(null) ? [`who is behind ${title} is not in the input: give its manifests`] : [],
    }),
    ...(shut.length === 0
      ? []
      : [
          way('elsewhere/from', {
            title: `what ${title} asks of the pods`,
            from: [],
            fromTitle: title,
            toTitle: membersTitle(job, shut),
            ends: [],
            missing: [`who is behind ${title} is not in the input, it dials the pods at ${portsAt(passages, shut)}, and policies say who may come in`],
          }),
        ]),
  ].map((path) => ({
    ...path,
    doubt: `what is behind ${title} is not in the input: unless its own options keep it to ports that are open, it listens at ${portsAt(passages, from)}`,
  }));
}

/** Nothing of the input is there. */
function isAbsent({ snapshot }: Reachability, { host, port }: MeetingPlace, namespace: string): boolean {
  const inside = insideOf(snapshot, host, port ?? 0, namespace);
  const service = inside === null ? undefined : serviceOf(snapshot, inside);
  return inside === null || service === undefined || selectedBy(snapshot, service, inside.pod).length === 0;
}

/** What each of its pods dials each of them for, the meeting left out. The place counts as one pod more. */
function mutual(job: TrainingJob, word: OwnersWord): readonly Passage[] {
  const more = { ...job, members: job.members.map((m) => ({ ...m, replicas: m.replicas + 1 })) };
  return passagesOf(more, word).filter((p) => p.required && p.purpose !== 'rendezvous' && p.from.kind === 'members' && p.to.kind === 'members');
}

function portsOf(passages: readonly Passage[], pods: readonly Workload[]): TransportSet {
  return TransportSet.unionAll(pods.flatMap((pod) => passages.flatMap((p) => p.ports.map((use) => listenerPorts(use, pod)))));
}

function portsAt(passages: readonly Passage[], pods: readonly Workload[]): string {
  return portsOf(passages, pods).toString();
}

function endAt({ snapshot }: Reachability, host: string, from: readonly Workload[], passages: readonly Passage[]): PathEnd | null {
  const perhaps = portsOf(passages, from);
  if (parseIp(host) !== undefined) return { ...addressEnd(host, TransportSet.empty), perhaps };
  const [namespace = ''] = from.map((m) => m.namespace);
  return insideOf(snapshot, host, 0, namespace) === null ? { ...nameEnd(host, TransportSet.empty), perhaps } : null;
}

/** Whether nothing keeps the places from a sort of pod: no policy is about who comes in, or all let their addresses in. */
function comesIn(reach: Reachability, hosts: readonly string[], member: Workload, passages: readonly Passage[]): boolean {
  if (!reach.isolated(member.id, 'ingress')) return true;
  if (hosts.some((host) => parseIp(host) === undefined)) return false;
  const addresses = cidrSet(hosts.map(hostCidr));
  const flow = reach.between({ kind: 'external', addresses }, { kind: 'workload', id: member.id }, 'every');
  return portsOf(passages, [member]).subsetOf(flow.allowed);
}
