import { tierWalk } from '../../engine/tier-walk.ts';
import { timeText } from '../../flows/coverage.ts';
import { titleOf } from '../../flows/ends.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { FlowFinding, FlowReport, FlowRule } from '../../model/flow-report.ts';
import type { Side, Verdict } from '../../model/verdict.ts';
import type { FlowGroup } from './flow-groups.ts';
import type { Judge } from './judge.ts';

/** Flows of one workload to one place that fared alike: what a finding is about. */
export interface Passage {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly ports: Map<number, number>;
  count: number;
  first: bigint;
  last: bigint;
  readonly samples: string[];
  readonly named: Set<string>;
  readonly reasons: Set<string>;
  /** One of its groups, with a port of it, for the explanation. */
  readonly group: FlowGroup;
  readonly port: number;
}

/** Ports that a sentence names. */
const portsNamed = 4;

/** Gathers groups by who, whom and protocol; replicas of a workload are one. */
export class Passages {
  readonly #all = new Map<string, Passage>();

  add(group: FlowGroup, port: number, count: number): void {
    const [from, to] = [titleOf(group.from), titleOf(group.to)];
    const key = `${from} ${to} ${group.protocol} ${group.direction}`;
    let there = this.#all.get(key);
    if (there === undefined) {
      const { protocol, first, last } = group;
      there = { from, to, protocol, ports: new Map(), count: 0, first, last, samples: [], named: new Set(), reasons: new Set(), group, port };
      this.#all.set(key, there);
    }
    there.count += count;
    there.ports.set(port, (there.ports.get(port) ?? 0) + count);
    if (group.first < there.first) there.first = group.first;
    if (group.last > there.last) there.last = group.last;
    if (there.samples.length < 3 && !there.samples.includes(group.sample)) there.samples.push(group.sample);
    for (const name of group.named.split(',')) if (name !== '') there.named.add(name);
    if (group.reason !== '') there.reasons.add(group.reason);
  }

  /** Those with most flows first. */
  get all(): readonly Passage[] {
    return [...this.#all.values()].sort((a, b) => b.count - a.count);
  }
}

/** Findings of a rule that are spelled out. */
export const mostFindings = 100;

/** Passages by the rule that they are findings of. */
export class RuledPassages {
  readonly #of = new Map<string, Passages>();

  add(rule: string, group: FlowGroup, port: number, count: number): void {
    kept(this.#of, rule, () => new Passages()).add(group, port, count);
  }

  /** The findings in the order of the rules, so many of each; the rest is counted. */
  findings(rules: readonly FlowRule[], make: (rule: FlowRule, passage: Passage) => FlowFinding): Pick<FlowReport, 'findings' | 'omitted'> {
    const all = rules.map((rule) => ({ rule, passages: this.#of.get(rule.slug)?.all ?? [] }));
    return {
      findings: all.flatMap(({ rule, passages }) => passages.slice(0, mostFindings).map((passage) => make(rule, passage))),
      omitted: all.reduce((sum, { passages }) => sum + Math.max(0, passages.length - mostFindings), 0),
    };
  }
}

/** `443, 80 and 3 more TCP ports`. */
export function portsText({ ports, protocol }: Pick<Passage, 'ports' | 'protocol'>): string {
  const all = [...ports].sort(([, a], [, b]) => b - a).map(([port]) => port);
  const shown = all.slice(0, portsNamed).join(', ');
  return all.length > portsNamed ? `${shown} and ${all.length - portsNamed} more ports of ${protocol}` : `${shown}/${protocol}`;
}

/** What every finding about a passage has. */
export function passageFacts(passage: Passage): Pick<FlowFinding, 'primary' | 'subjects' | 'measures' | 'window' | 'samples'> {
  return {
    primary: null,
    subjects: [passage.from, passage.to],
    measures: [
      { name: 'flows', value: passage.count, unit: 'count', limit: 0 },
      { name: 'ports', value: passage.ports.size, unit: 'count', limit: null },
    ],
    window: { from: timeText(passage.first), to: timeText(passage.last) },
    samples: passage.samples,
  };
}

/** What the policies say of a passage, in words, and where. */
export interface Because {
  readonly walk: string;
  readonly related: readonly { readonly origin: Origin; readonly message: string }[];
  readonly verdict: Verdict | null;
}

/** Steps that are shown of a side. */
const stepsShown = 3;

export function because(judge: Judge, { group, port }: Passage): Because {
  const explained = judge.explain(group, port);
  if (explained === null) return { walk: '', related: [], verdict: null };
  const { verdict } = explained;
  const related = [verdict.egress, verdict.ingress].flatMap((side) =>
    deciding(side)
      .slice(0, stepsShown)
      .map((step) => ({ origin: step.origin, message: `${side.direction}: ${step.policy}: ${step.because}` })),
  );
  return { walk: tierWalk(verdict), related, verdict };
}

/** The steps that made a side end as it did: those that matched, or, where none did, the policies under which nothing else is let pass. */
function deciding({ steps }: Side): Side['steps'] {
  const matched = steps.filter((s) => s.outcome !== 'no-match');
  return matched.length > 0 ? matched : steps;
}

/** Policies that deny by letting nothing match, or by a rule, on the sides that deny. */
export function responsible(verdict: Verdict): readonly string[] {
  const sides = [verdict.egress, verdict.ingress].filter((s) => s.decision === 'denied');
  const names = sides.flatMap((side) => {
    const denying = side.steps.filter((s) => s.outcome === 'deny');
    return (denying.length > 0 ? denying : side.steps).map((s) => `${s.policy} (${side.direction})`);
  });
  return [...new Set(names)];
}
