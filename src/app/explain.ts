import { decide } from '../engine/decide.ts';
import { decideOnPlane, planeOf, secondaryNetworksOf } from '../engine/secondary-plane.ts';
import { seenBy } from '../engine/seen-by.ts';
import { tierWalk } from '../engine/tier-walk.ts';
import { shown } from '../kernel/reader.ts';
import { type Diagnostic, failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Decision, Packet } from '../model/verdict.ts';
import { type Protocol, protocols } from '../space/transport-set.ts';
import { advise } from './advice/advise.ts';
import { dialled, type Place, placesOf } from './places.ts';
import { promote, stagedPolicies } from './staged/promote.ts';

/** A question as the user typed it. `port` is `443`, `443/TCP`, `53/UDP` or `ICMP`; null asks for the ports that the destination declares. */
export interface Question {
  readonly from: string;
  readonly to: string;
  readonly port: string | null;
  /** The secondary network that is asked about, as `namespace/name`; left out: the pod network. */
  readonly network?: string;
}

/** More packets than this for one question are too many to read: the question is then refused with the way to narrow it. */
const most = 200;

/** Packets for which advice is sought: each piece of it is carried out on the whole input. */
const advised = 8;

/** Answers one question with the definition, packet by packet. Words that name nothing are diagnostics, all at once. */
export function explain(whole: Snapshot, base: Profile, question: Question): Result<Explanation> {
  const { network } = question;
  if (network !== undefined && !secondaryNetworksOf(whole).includes(network)) return failed([noNetwork(whole, network)]);
  const { snapshot, profile } = network === undefined ? { snapshot: whole, profile: base } : planeOf({ snapshot: whole, profile: base }, network);
  const from = placesOf(snapshot, profile, question.from, 'from');
  const to = placesOf(snapshot, profile, question.to, 'to');
  const port = question.port === null ? ok(null) : parsePort(question.port);
  const diagnostics = [from, to, port].flatMap((r) => r.diagnostics);
  if (!from.ok || !to.ok || !port.ok) return failed(diagnostics);
  const answers: Explanation['answers'][number][] = [];
  for (const source of from.value)
    for (const { place, protocol, port: number, note } of dialled(to.value, port.value)) {
      const packet = packetBetween(source, place, protocol, number);
      const verdict = network === undefined ? decide(snapshot, profile, packet) : decideOnPlane({ snapshot, profile }, packet);
      const advice = network === undefined && answers.length < advised ? advise(snapshot, profile, packet, verdict) : null;
      answers.push({ packet, from: source.title, to: place.title, verdict, tierWalk: tierWalk(verdict), note, advice });
    }
  if (answers.length === 0)
    return failed([
      ...diagnostics,
      wrong('port-missing', `${question.to} declares no port${question.port === null ? '' : ` ${question.port}`}`, 'name a port, as in --port 443/TCP'),
    ]);
  if (answers.length > most)
    return failed([
      ...diagnostics,
      wrong('question-too-wide', `the question stands for ${answers.length} packets`, 'name one workload on each side and one port'),
    ]);
  return ok(
    {
      asked: `${question.from} → ${question.to}${question.port === null ? '' : ` on ${question.port}`}${network === undefined ? '' : `, network ${network}`}`,
      verdict: together(answers.map((a) => a.verdict.decision)),
      answers,
      profile: profile.id,
      staged:
        network === undefined
          ? ifPromoted(
              snapshot,
              profile,
              answers.map((a) => a.packet),
            )
          : null,
    },
    diagnostics,
  );
}

function noNetwork(snapshot: Snapshot, network: string): Diagnostic {
  const known = secondaryNetworksOf(snapshot);
  const meant = nearest(network, known);
  const hint =
    meant !== undefined
      ? `Did you mean ${meant}?`
      : known.length === 0
        ? 'No pod of the input asks for one.'
        : `Known networks: ${known.slice(0, 10).join(', ')}.`;
  return wrong('unknown-network', `no network beside the pod network is called ${shown(network)}`, hint);
}

/** What becomes of the packets if every staged policy were promoted; null where none is staged. */
function ifPromoted(snapshot: Snapshot, profile: Profile, packets: readonly Packet[]): Explanation['staged'] {
  const policies = stagedPolicies(snapshot);
  if (policies.length === 0) return null;
  const after = seenBy(promote(snapshot).snapshot, profile);
  return { policies, verdict: together(packets.map((packet) => decide(after.snapshot, after.profile, packet).decision)) };
}

function packetBetween(from: Place, to: Place, protocol: Protocol, port: number): Packet {
  const sameWorkload = from.endpoint.kind === 'pod' && to.endpoint.kind === 'pod' && from.endpoint.workload === to.endpoint.workload;
  const alone = from.workload !== null && from.workload.replicas <= 1;
  const endpoint = sameWorkload && !alone && to.endpoint.kind === 'pod' ? { ...to.endpoint, replica: to.endpoint.replica + 1 } : to.endpoint;
  return { from: from.endpoint, to: endpoint, protocol, port, ...(to.service === null ? {} : { via: `${to.service.namespace}/${to.service.name}` }) };
}

/** What holds for every packet of the question. Packets that fare differently make the answer ambiguous: neither yes nor no may be read from it. */
function together(decisions: readonly Decision[]): Decision {
  const [first, ...others] = new Set(decisions);
  return others.length === 0 ? (first ?? 'unknown') : 'ambiguous';
}

/** `443`, `443/TCP`, `TCP/443`, `ICMP`. */
export function parsePort(text: string): Result<{ readonly protocol: Protocol; readonly port: number }> {
  const upper = text.trim().toUpperCase();
  if (upper === 'ICMP') return ok({ protocol: 'ICMP', port: 8 });
  const parts = upper.split('/');
  const numberPart = parts.find((p) => /^\d{1,5}$/.test(p));
  const protocolPart = parts.length === 1 ? 'TCP' : parts.find((p) => p !== numberPart);
  const protocol = protocols.find((p) => p === protocolPart);
  const port = numberPart === undefined ? Number.NaN : Number(numberPart);
  if (parts.length > 2 || protocol === undefined || Number.isNaN(port) || port < 1 || port > 65_535) {
    return failed([wrong('port-syntax', `not a port: ${text}`, 'write PORT/PROTOCOL with a port from 1 to 65535, as in 443/TCP, 53/UDP or 132/SCTP')]);
  }
  return ok({ protocol, port });
}

function wrong(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, origin: null };
}
