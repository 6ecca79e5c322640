import type { FlowCoverage } from '../../model/flow-coverage.ts';
import type { FlowFinding, FlowReport, FlowRule } from '../../model/flow-report.ts';
import { Counts } from './counts.ts';
import { coverageGaps } from './coverage-gaps.ts';
import type { FlowGroups } from './flow-groups.ts';
import type { Judge } from './judge.ts';
import { because, mostFindings, type Passage, passageFacts, portsText, RuledPassages } from './passages.ts';
import { Untold } from './untold.ts';

/** Packets that the definition is asked about, to find out which policies were needed. */
const mostAsked = 20_000;

const passageRules: readonly FlowRule[] = [
  {
    slug: 'would-be-cut',
    title: 'The new policies would have cut what got through',
    severity: 'high',
    why: 'What was used and is denied by the new policies breaks with them, or should.',
    fix: 'Where it is needed, add a rule (flows suggest writes it); where it is not, this is what the policies are for.',
  },
  {
    slug: 'might-be-cut',
    title: 'Whether the new policies cut it is not known',
    severity: 'medium',
    why: 'The input does not say enough to decide it, and unknown is never yes.',
    fix: 'Give the pods, nodes and namespaces as they are, and name the CNI with --profile.',
  },
  {
    slug: 'would-be-opened',
    title: 'The new policies would have let through what was dropped',
    severity: 'medium',
    why: 'What was tried and stopped would pass.',
    fix: 'Look at whether it should.',
  },
];

const notUsed: FlowRule = {
  slug: 'rule-not-used',
  title: 'No flow needed this policy',
  severity: 'info',
  why: 'What nothing used in the window may be too wide, or be for something that comes seldom.',
  fix: 'Ask a longer window before anything is taken away.',
};

export const replayRules: readonly FlowRule[] = [...passageRules, notUsed];

/** What proposed policies would have made of flows: those that got through and would be cut, those that were dropped and would pass, and policies that nothing used. */
export function replayFlows(groups: FlowGroups, judge: Judge, coverage: FlowCoverage, made: number): FlowReport {
  const passages = new RuledPassages();
  const tallies = new Counts();
  const untold = new Untold();
  const used = new Set<string>();
  let asked = 0;
  let unasked = 0;
  for (const group of groups.groups())
    for (const [port, n] of group.ports) {
      const judgement = judge.judge(group, port, null);
      const got = group.verdict === 'forwarded' || group.verdict === 'audit';
      if (judgement === 'untold') untold.add(group, judge, n);
      const rule = ruleOf(got, group.verdict === 'dropped', judgement);
      tallies.add(rule ?? (judgement === 'untold' ? 'cannot be told' : got ? 'would pass as before' : 'would be dropped as before'), n);
      if (rule !== null) passages.add(rule, group, port, n);
      if (got && judgement === 'allowed') {
        if (asked++ < mostAsked) for (const policy of usedBy(judge, group, port)) used.add(policy);
        else unasked++;
      }
    }
  const cut = passages.findings(passageRules, (rule, passage) => findingOf(rule, passage, judge));
  const idle = unasked > 0 ? [] : idlePolicies(judge, used);
  return {
    verb: 'replay',
    coverage,
    tallies: tallies.ranked,
    findings: [...cut.findings, ...idle],
    omitted: cut.omitted,
    cannotTell: [
      ...coverageGaps(coverage),
      ...groups.gaps,
      ...untold.gaps,
      ...(unasked === 0
        ? []
        : [
            {
              what: 'passages beyond those that the definition was asked about, so that no policy is called unused',
              count: unasked,
              mend: 'Ask about a shorter window, or one namespace.',
            },
          ]),
    ],
    notes: [
      ...(made === 0 ? [] : [`${made} sorts of pod are in no manifest: policies were asked by the labels that the flows have.`]),
      'What was dropped before did not go on: what it would have opened next no flow shows.',
    ],
    profile: judge.profile.id,
    assumptions: judge.profile.assumptions,
  };
}

function ruleOf(got: boolean, wasDropped: boolean, judgement: ReturnType<Judge['judge']>): string | null {
  if (got && judgement === 'denied') return 'would-be-cut';
  if (got && judgement === 'unknown') return 'might-be-cut';
  return wasDropped && judgement === 'allowed' ? 'would-be-opened' : null;
}

function usedBy(judge: Judge, group: Parameters<Judge['explain']>[0], port: number): readonly string[] {
  const explained = judge.explain(group, port);
  if (explained === null) return [];
  return [explained.verdict.egress, explained.verdict.ingress].flatMap((side) =>
    side.steps.filter((s) => s.outcome === 'allow' || s.outcome === 'pass' || s.outcome === 'maybe').map((s) => s.policy),
  );
}

/** Policies with rules that allow, none of which any flow needed. */
function idlePolicies(judge: Judge, used: ReadonlySet<string>): readonly FlowFinding[] {
  return judge.snapshot.policies
    .filter((p) => p.rules.some((r) => r.action === 'allow') && !used.has(p.id))
    .slice(0, mostFindings)
    .map((p) => ({
      check: notUsed.slug,
      severity: notUsed.severity,
      confidence: 'possible' as const,
      message: `No flow of the window needed a rule of ${p.id}.`,
      primary: p.origin,
      related: [],
      fix: notUsed.fix,
      subjects: [p.id],
      measures: [{ name: 'flows', value: 0, unit: 'count' as const, limit: null }],
      window: null,
      samples: [],
    }));
}

function findingOf(rule: FlowRule, passage: Passage, judge: Judge): FlowFinding {
  const { walk, related } = because(judge, passage);
  const { from, to, count } = passage;
  const did = { 'would-be-cut': 'would have been cut', 'might-be-cut': 'may have been cut', 'would-be-opened': 'would have passed' }[rule.slug] ?? '';
  return {
    check: rule.slug,
    severity: rule.severity,
    confidence: rule.slug === 'might-be-cut' ? 'possible' : 'certain',
    message: `${from} to ${to} on ${portsText(passage)}: ${count} ${count === 1 ? 'flow' : 'flows'} ${did}.${walk === '' ? '' : ` The policies say: ${walk}.`}`,
    related: [...related],
    fix: rule.fix,
    ...passageFacts(passage),
    primary: related[0]?.origin ?? null,
  };
}
