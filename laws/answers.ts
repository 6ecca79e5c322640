import type { Impact } from '../src/engine/compiled.ts';
import type { Flow } from '../src/engine/flow.ts';
import type { Quantifier, Reachability, ReachParty } from '../src/engine/reach.ts';
import { ipIntersect, ipIsEmpty } from '../src/space/ip-set.ts';
import { partyText } from './agreement.ts';

/** All that a solved snapshot answers, and who is in which class: taken down, so that the snapshot may change. */
export interface Answers {
  readonly parties: readonly ReachParty[];
  /** Party by party, in the order of `parties`. */
  readonly flows: readonly (readonly Readonly<Record<Quantifier, Flow>>[])[];
  /** `ingress` and `egress` where a workload is isolated, by its id. */
  readonly isolated: ReadonlyMap<string, string>;
  /** Whom a workload is in contact with, by its id: as text. */
  readonly contacts: ReadonlyMap<string, string>;
  readonly classesOf: ReadonlyMap<string, readonly number[]>;
  readonly hosts: ReadonlySet<string>;
}

const directions = ['ingress', 'egress'] as const;

export function answersOf(solved: Reachability): Answers {
  const { parties, classes, snapshot } = solved;
  const ids = parties.flatMap((p) => (p.kind === 'workload' ? [p.id] : []));
  return {
    parties,
    flows: parties.map((from) => parties.map((to) => ({ some: solved.between(from, to, 'some'), every: solved.between(from, to, 'every') }))),
    isolated: new Map(ids.map((id) => [id, directions.filter((d) => solved.isolated(id, d)).join()])),
    contacts: new Map(ids.map((id) => [id, directions.map((d) => contactsText(solved, id, d)).join(' | ')])),
    classesOf: new Map(ids.map((id) => [id, classes.filter((c) => c.workloads.includes(id)).map((c) => c.id)])),
    hosts: new Set(snapshot.workloads.filter((w) => w.hostNetwork).map((w) => w.id)),
  };
}

/** Workloads that one may reach, or that may reach it. */
export function contactsOf(solved: Reachability, id: string, direction: 'ingress' | 'egress'): ReadonlySet<string> {
  return new Set([false, true].flatMap((hosts) => [...solved.contactGroups(id, direction, hosts)].flat()));
}

function contactsText(solved: Reachability, id: string, direction: 'ingress' | 'egress'): string {
  return [...contactsOf(solved, id, direction), ...[...solved.contactsOutside(id, direction)].map(nameOf)].sort().join();
}

/** Where two models of one snapshot differ; the first few, as text. */
export function misfits(followed: Answers, anew: Answers): string[] {
  const [mine, theirs] = [followed, anew].map(({ parties }) => parties.map(nameOf)) as [string[], string[]];
  if (mine.join('\n') !== theirs.join('\n')) return [`parties: followed ${mine.join('; ')}, anew ${theirs.join('; ')}`];
  const out: string[] = [];
  for (const [i, row] of anew.flows.entries())
    for (const [k, flows] of row.entries())
      for (const quantifier of ['some', 'every'] as const) {
        const a = followed.flows[i]?.[k]?.[quantifier];
        const b = flows[quantifier];
        if (a === undefined || !same(a, b))
          out.push(`${quantifier} ${mine[i]} -> ${mine[k]}: followed ${a?.allowed} (${a?.unknown}), anew ${b.allowed} (${b.unknown})`);
      }
  for (const [id, text] of anew.isolated) if (followed.isolated.get(id) !== text) out.push(`${id} isolated for ${text} when made anew`);
  for (const [id, text] of anew.contacts)
    if (followed.contacts.get(id) !== text) out.push(`contacts of ${id}: followed ${followed.contacts.get(id)}, anew ${text}`);
  return out.slice(0, 5);
}

/** What is otherwise after a change and not covered by what the change is said to touch; the first few, as text. */
export function uncovered(impact: Impact, before: Answers, after: Answers): string[] {
  const touched = (id: string): boolean => [before, after].some((a) => (a.classesOf.get(id) ?? []).some((c) => impact.classes.has(c)));
  const asNode = (p: ReachParty): boolean =>
    p.kind === 'node' || p.kind === 'name' || (p.kind === 'workload' && (before.hosts.has(p.id) || after.hosts.has(p.id)));
  const covers = (p: ReachParty): boolean => (p.kind === 'workload' && touched(p.id)) || (impact.others && asNode(p));
  const out: string[] = [];
  const kinds = (a: Answers, ...kinds: readonly string[]): string =>
    a.parties
      .filter((p) => kinds.includes(p.kind))
      .map(nameOf)
      .join();
  if (!impact.others && kinds(before, 'node', 'name') !== kinds(after, 'node', 'name')) out.push('other nodes or names');
  if (!impact.outside && kinds(before, 'external') !== kinds(after, 'external')) out.push('other blocks');
  for (const [a, b] of [
    [before, after],
    [after, before],
  ] as const)
    for (const [id, text] of a.isolated) if (b.isolated.get(id) !== text && !touched(id)) out.push(`${id} isolated for ${text}, or not`);
  const met = before.parties.map((a) => after.parties.flatMap((b, i) => (meets(a, b) ? [i] : [])));
  for (const [i, from] of before.parties.entries())
    for (const [k, to] of before.parties.entries()) {
      if (covers(from) || covers(to)) continue;
      const was = before.flows[i]?.[k] as Readonly<Record<Quantifier, Flow>>;
      for (const m of met[i] ?? [])
        for (const n of met[k] ?? []) {
          const is = after.flows[m]?.[n] as Readonly<Record<Quantifier, Flow>>;
          if (!same(was.some, is.some) || !same(was.every, is.every))
            out.push(`${nameOf(from)} -> ${nameOf(to)}: ${was.some.allowed}, then ${is.some.allowed}`);
        }
    }
  return out.slice(0, 5);
}

/** Whether two parties of different models have something in common. */
function meets(a: ReachParty, b: ReachParty): boolean {
  if (a.kind === 'external' && b.kind === 'external') return !ipIsEmpty(ipIntersect(a.addresses, b.addresses));
  return a.kind === b.kind && nameOf(a) === nameOf(b);
}

function nameOf(party: ReachParty): string {
  return party.kind === 'name' ? `${partyText(party)} ${party.pattern ?? ''}` : partyText(party);
}

/** Sets of ports are interned. */
function same(a: Flow, b: Flow): boolean {
  return a.allowed === b.allowed && a.unknown === b.unknown;
}
