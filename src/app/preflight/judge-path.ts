import type { Reachability } from '../../engine/reach.ts';
import { believablePort, ephemeralOr } from '../../engine/witness.ts';
import type { Counterexample } from '../../model/claim.ts';
import type { PreflightPath } from '../../model/preflight-report.ts';
import type { Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { portText, reasonsOf, witnessed } from '../claims/judge.ts';
import { narrowedAbove } from './narrowed.ts';
import type { NeededPath, PathEnd } from './needed-path.ts';
import { flowToOne } from './one-pod.ts';

/** Packets that are shown of one path. */
const shown = 3;

/** Part of a path that is shut, or may be. */
interface Shut {
  readonly from: Workload;
  readonly end: PathEnd;
  readonly ports: TransportSet;
  readonly certain: boolean;
}

/**
 * A pod to itself needs no rule: a sort of pod with one replica does not dial its own kind. A role without pods dials nobody, nor do the others dial it;
 * a Service without pods is dialled all the same.
 */
function dials({ purpose }: NeededPath, from: Workload, end: PathEnd): boolean {
  if (from.replicas === 0 || (purpose !== undefined && end.destination?.replicas === 0)) return false;
  return end.destination?.id !== from.id || from.replicas > 1;
}

/** Asks the engine whether a path is open: every pod that dials, every destination, every port. */
export function judgePath(reach: Reachability, path: NeededPath, titleOf: (member: Workload) => string): Omit<PreflightPath, 'advice'> {
  const shut: Shut[] = [];
  const doubts = new Set<string>();
  const ended = new Set(path.refused?.by(reach));
  for (const from of path.from)
    for (const end of path.ends) {
      if (!dials(path, from, end)) continue;
      const flow =
        end.one && end.endpoint.kind === 'pod' && end.destination !== null
          ? flowToOne(reach, from, end.destination, end.endpoint.replica)
          : reach.between({ kind: 'workload', id: from.id }, end.party, 'every');
      const missing = end.ports.subtract(flow.allowed);
      const certain = missing.subtract(flow.unknown);
      if (!certain.isEmpty && path.unread && !flow.allowed.intersect(end.ports).isEmpty)
        doubts.add(
          `${titleOf(from)} may reach ${whomOf({ from, end })} at ${flow.allowed.intersect(end.ports)}, and whether that is where it listens is not known`,
        );
      else if (!certain.isEmpty) shut.push({ from, end, ports: certain, certain: true });
      else if (!missing.isEmpty) shut.push({ from, end, ports: missing, certain: false });
      else if (!(end.perhaps ?? TransportSet.empty).subtract(flow.allowed).isEmpty) doubts.add(path.doubt ?? 'it may go to other ports as well');
      else for (const { ends, text } of narrowedAbove(reach, path, from, end)) (ends ? ended : doubts).add(text);
    }
  const certain = shut.filter((s) => s.certain);
  const told = certain.length > 0 ? certain : shut;
  const witnesses = told.slice(0, shown).map((s) => witnessOf(reach, path, s, titleOf));
  const status =
    certain.length + ended.size > 0 && !path.supposed
      ? 'blocked'
      : shut.length > 0 || path.missing.length > 0 || doubts.size + ended.size > 0
        ? 'unknown'
        : 'open';
  const { id, title, required, because, source, origin } = path;
  return {
    id,
    title,
    from: path.fromTitle,
    to: path.toTitle,
    ports: path.ends.length === 0 ? '' : TransportSet.unionAll(path.ends.map((e) => (e.ports.isEmpty ? (e.perhaps ?? e.ports) : e.ports))).toString(),
    required,
    because,
    source,
    origin,
    ...(path.purpose === undefined ? {} : { purpose: path.purpose }),
    status,
    witnesses,
    shut: told.map((s) => `${titleOf(s.from)} to ${whomOf(s)} (${s.ports})`),
    reasons:
      status === 'unknown'
        ? [
            ...(path.supposed
              ? [
                  path.required
                    ? 'it is not known whether the job needs it; if its pods train together, let them reach each other'
                    : 'it is not known whether the job needs it',
                ]
              : []),
            ...path.missing,
            ...doubts,
            ...ended,
            ...reasonsOf(witnesses),
          ]
        : [...ended],
  };
}

function whomOf({ from, end }: Pick<Shut, 'from' | 'end'>): string {
  if (end.one && end.endpoint.kind === 'pod') return `pod ${end.endpoint.replica} of ${end.title}`;
  return end.destination?.id === from.id ? 'another of its kind' : end.title;
}

function witnessOf(reach: Reachability, path: NeededPath, { from, end, ports, certain }: Shut, titleOf: (member: Workload) => string): Counterexample {
  const pick = path.picked ? ephemeralOr : believablePort;
  const { protocol, port } = pick(ports, end.destination);
  const story = `${titleOf(from)} ${certain ? 'cannot' : 'may not'} reach ${whomOf({ from, end })} on ${portText(protocol, port)}`;
  const packets = packetsBetween(from, end).map((ends) => witnessed(reach, { ...ends, protocol, port }, story));
  // Rules may tell the pods of one sort apart by their number: the first of those that are tried that shows it.
  return packets.find((w) => w.verdict.decision !== 'allowed') ?? (packets[0] as Counterexample);
}

/** Pods at both ends: the first, the second and the last of each sort, never one to itself. */
function packetsBetween(from: Workload, { endpoint, destination, one }: PathEnd): readonly Pick<Counterexample['packet'], 'from' | 'to'>[] {
  const some = (count: number): readonly number[] => [...new Set([0, Math.min(1, count - 1), Math.max(0, count - 1)])].filter((n) => n >= 0);
  const targets =
    endpoint.kind === 'pod' && destination !== null && !one ? some(destination.replicas).map((replica) => ({ ...endpoint, replica })) : [endpoint];
  const pairs = some(from.replicas).flatMap((replica) => targets.map((to) => ({ from: { kind: 'pod', workload: from.id, replica } as const, to })));
  const distinct = pairs.filter(({ from: a, to }) => to.kind !== 'pod' || to.workload !== a.workload || to.replica !== a.replica);
  return distinct.length > 0 ? distinct : pairs;
}
