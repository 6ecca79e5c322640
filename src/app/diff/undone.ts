import { decide } from '../../engine/decide.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { ChangedObject } from '../../model/diff-report.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import { mayEnforce } from '../../model/profile.ts';
import type { Packet } from '../../model/verdict.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { Describing } from './describe.ts';
import type { Difference } from './difference.ts';
import { packetBetween } from './example.ts';
import type { Leaf } from './leaves.ts';

/** Packets that are decided on both sides in search of filters that lost, or got, their effect. Beyond, it is said that not all was looked at. */
const most = 5_000;

/** Filters above layer 4 that decide on one side alone, though what they let pass on layer 4 is the same. `all`: whether everything was looked at. */
export interface Undone {
  readonly filters: readonly ChangedObject[];
  readonly all: boolean;
}

/**
 * A plain rule beside a filter undoes it: sets of traffic do not show that, nor does the filter's own text. So the clusters are compared once more without
 * the rules that filter, and of what passes plainly on one side only, the packets that pass on both are told where a filter narrows them on one. `known`:
 * policies whose filters are told to differ already.
 */
export function undoneFilters(before: Seen, after: Seen, known: ReadonlySet<string>, compare: (before: Seen, after: Seen) => Difference): Undone {
  const filtered = [before, after].flatMap(({ snapshot, profile }) =>
    snapshot.policies.filter((p) => mayEnforce(profile, p)).flatMap((p) => p.rules.filter(isFiltered).map(portsOf)),
  );
  if (filtered.length === 0) return { filters: [], all: true };
  const found = compare(plain(before), plain(after));
  const { leaves } = found.refinement;
  const describing = new Describing(found.refinement);
  const [was, is] = [new Side(before), new Side(after)];
  const told = new Map<string, ChangedObject>();
  const spans = [...new Set(filtered)];
  let left = most;
  for (const { from, to, ports } of found.rectangles.filter((r) => r.because === 'rules'))
    for (const [a, b] of pairs(from, to))
      for (const asked of spans.map((s) => s.intersect(ports)).filter((s) => !s.isEmpty)) {
        if (left-- <= 0) return { filters: [...told.values()], all: false };
        const packet = packetBetween(leaves[a] as Leaf, leaves[b] as Leaf, asked);
        const [earlier, later] = [was.by(packet), is.by(packet)];
        const [filter, beside] = earlier?.narrowed ? [earlier, later] : [later, earlier];
        if (!filter?.narrowed || beside?.narrowed !== false || known.has(filter.policy)) continue;
        const lost = filter === earlier;
        const whom = `${describing.end([a]).summary} to ${describing.end([b]).summary}`;
        const title = `effect of the filter of ${filter.policy} on ${whom}: ${beside.policy} ${lost ? 'allows' : 'allowed'} ${asked} without it`;
        kept(told, `${filter.policy} ${beside.policy} ${lost}`, () => ({ title, how: lost ? 'removed' : 'added', origin: beside.origin }));
      }
  return { filters: [...told.values()], all: true };
}

/** What lets a packet pass: a rule that filters it above layer 4 and has no plain one beside it, or a plain rule. */
interface Passed {
  readonly narrowed: boolean;
  readonly policy: string;
  readonly origin: Origin | null;
}

class Side {
  readonly #seen: Seen;
  readonly #filters: ReadonlySet<Origin>;

  constructor(seen: Seen) {
    this.#seen = seen;
    this.#filters = new Set(seen.snapshot.policies.flatMap((p) => p.rules.filter(isFiltered).map((r) => r.origin)));
  }

  /** Null where it does not pass for certain. Rules of one side are a union: a plain one undoes a filter. Source: cilium pkg/policy/l4.go. */
  by(packet: Packet): Passed | null {
    const { decision, egress, ingress } = decide(this.#seen.snapshot, this.#seen.profile, packet);
    if (decision !== 'allowed') return null;
    const steps = [egress, ingress].map((side) => side.steps.filter((s) => s.outcome === 'allow'));
    const filter = steps.find((some) => some.length > 0 && some.every((s) => this.#filters.has(s.origin)))?.[0];
    const plainly = steps.flat().find((s) => !this.#filters.has(s.origin));
    if (filter !== undefined) return { narrowed: true, policy: filter.policy, origin: filter.origin };
    return { narrowed: false, policy: plainly?.policy ?? 'no policy', origin: plainly?.origin ?? null };
  }
}

function* pairs(from: readonly number[], to: readonly number[]): Iterable<readonly [number, number]> {
  for (const a of from) for (const b of to) yield [a, b];
}

function isFiltered({ action, application }: Rule): boolean {
  return action === 'allow' && application !== null && (application.otherL7 || application.dns !== null || application.serverNames !== null);
}

/** Names of ports may stand for any number. */
function portsOf({ ports }: Rule): TransportSet {
  if (ports === null || ports.some((p) => typeof p.port === 'string')) return TransportSet.full;
  return TransportSet.unionAll(
    ports.flatMap(({ protocol, port, endPort }) =>
      (protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [protocol]).map((p) =>
        typeof port === 'number' ? TransportSet.of(p, [[port, endPort ?? port]]) : TransportSet.of(p),
      ),
    ),
  );
}

/** The cluster without its rules that filter; whom they are about stays isolated. Nothing else is left out, so that rules tell the same pods apart. */
function plain(seen: Seen): Seen {
  const without = (p: Policy): Policy =>
    p.rules.some(isFiltered) ? { ...p, rules: p.rules.map((r) => (isFiltered(r) ? { ...r, ports: [], application: null } : r)) } : p;
  return { ...seen, snapshot: { ...seen.snapshot, policies: seen.snapshot.policies.map(without) } };
}
