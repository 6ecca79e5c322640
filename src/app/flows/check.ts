import type { FlowCoverage } from '../../model/flow-coverage.ts';
import type { FlowFinding, FlowReport, FlowRule } from '../../model/flow-report.ts';
import type { FlowFormat } from '../../model/observed-flow.ts';
import type { Direction } from '../../model/policy.ts';
import { Counts } from './counts.ts';
import { coverageGaps } from './coverage-gaps.ts';
import type { FlowGroup, FlowGroups } from './flow-groups.ts';
import type { Judge, Judgement } from './judge.ts';
import { because, type Passage, passageFacts, portsText, RuledPassages, responsible } from './passages.ts';
import { Untold } from './untold.ts';

/** Drops that policies make, in the words of those who record. Source: cilium api/v1/flow/flow.proto; Goldmane and Calico write POLICY_DENIED here. */
const byPolicy = /^POLICY_DENI?ED$|^POLICY_DENY$|^AUTH_REQUIRED$/;

/** Recorders that see what the fabric of a cloud does, and no policy of the cluster. */
const clouds: ReadonlySet<FlowFormat> = new Set(['aws-vpc', 'gcp-vpc', 'azure']);

/** Rules of `flows check`, for SARIF and the docs. */
export const checkRules: readonly FlowRule[] = [
  {
    slug: 'forwarded-though-denied',
    title: 'Traffic got through that the policies deny',
    severity: 'high',
    why: 'What is proven shut was seen open: the policies are not in force there, are newer than the flows, or the connection was open before them.',
    fix: 'Find out which: whether the policies are applied (kubectl get), whether the CNI enforces them on that node, and when they came. Connections that were open before a policy stay open.',
  },
  {
    slug: 'dropped-though-allowed',
    title: 'A policy dropped traffic that the policies of the input allow',
    severity: 'high',
    why: 'Something is in force that the input does not have: another policy, an older version, or labels and names that the CNI has not learned.',
    fix: 'Give all policies (kubectl get of every kind, cluster-wide ones too) and the pods as they are; then look at the identity of the pods and, for rules by name, at what the CNI learned of DNS.',
  },
  {
    slug: 'passed-in-audit-mode',
    title: 'Policies would have dropped it, and are not enforced',
    severity: 'high',
    why: 'In audit mode the verdict of a policy is recorded and the packet goes on.',
    fix: 'Turn policy audit mode off once what is left is meant to be cut.',
  },
  {
    slug: 'dropped-as-stated',
    title: 'What was dropped is what the policies deny',
    severity: 'info',
    why: 'Records of drops by default deny name no policy. The policies of the input do.',
    fix: 'Nothing, where it should be shut; flows suggest for what a job needs.',
  },
];

/** Holds flows against policies: for each, whether it fared as they say. */
export function checkFlows(groups: FlowGroups, judge: Judge, coverage: FlowCoverage, made: number): FlowReport {
  const passages = new RuledPassages();
  const tallies = new Counts();
  const untold = new Untold();
  for (const group of groups.groups()) {
    for (const [port, n] of group.ports) {
      const judgement = judge.judge(group, port, sideOf(group));
      const { rule, tally } = compared(group, judgement);
      tallies.add(tally, n);
      if (judgement === 'untold') untold.add(group, judge, n);
      if (rule !== null) passages.add(rule, group, port, n);
    }
  }
  return {
    verb: 'check',
    coverage,
    tallies: tallies.ranked,
    ...passages.findings(checkRules, (rule, passage) => findingOf(rule, passage, judge)),
    cannotTell: [...coverageGaps(coverage), ...groups.gaps, ...untold.gaps],
    notes: [...(made === 0 ? [] : [`${made} sorts of pod are in no manifest: policies were asked by the labels that the flows have.`])],
    profile: judge.profile.id,
    assumptions: judge.profile.assumptions,
  };
}

/**
 * Which side a record speaks of. Who saw a packet leave knows nothing of what the far end does with it; who saw it arrive, or be answered, knows of both. A
 * drop is made by the side that tells of it.
 */
function sideOf({ verdict, direction, format }: FlowGroup): Direction | null {
  if (verdict === 'forwarded') return direction === 'egress' || clouds.has(format) ? 'egress' : null;
  return direction === '' ? null : direction;
}

function compared({ verdict, reason, format }: FlowGroup, judgement: Judgement): { readonly rule: string | null; readonly tally: string } {
  if (judgement === 'untold') return { rule: null, tally: 'cannot be told' };
  if (verdict === 'unknown') return { rule: null, tally: 'without a verdict in the record' };
  if (verdict === 'audit') return { rule: 'passed-in-audit-mode', tally: 'passed in audit mode' };
  if (verdict === 'dropped' && (clouds.has(format) || !byPolicy.test(reason)))
    return { rule: null, tally: 'dropped for another reason than policies of the cluster' };
  if (judgement === 'unknown') return { rule: null, tally: 'not decided by the policies of the input' };
  const agrees = (verdict === 'forwarded') === (judgement === 'allowed');
  if (agrees) return verdict === 'forwarded' ? { rule: null, tally: 'forwarded, as allowed' } : { rule: 'dropped-as-stated', tally: 'dropped, as denied' };
  return verdict === 'forwarded'
    ? { rule: 'forwarded-though-denied', tally: 'forwarded though denied' }
    : { rule: 'dropped-though-allowed', tally: 'dropped though allowed' };
}

function findingOf(rule: FlowRule, passage: Passage, judge: Judge): FlowFinding {
  const { walk, related, verdict } = because(judge, passage);
  const { from, to, count, group, named, reasons } = passage;
  const times = `${count} ${count === 1 ? 'flow' : 'flows'}`;
  const who = `${from} to ${to} on ${portsText(passage)}`;
  const recorded = named.size === 0 ? 'the record names no policy' : `the record names ${[...named].join(', ')}`;
  const says = walk === '' ? '' : ` The policies say: ${walk}.`;
  const told: Readonly<Record<string, string>> = {
    'forwarded-though-denied': `${who}: ${times} got through${group.direction === 'egress' ? ' on the side of the sender' : ''}, and the policies deny it.${says}`,
    'dropped-though-allowed': `${who}: ${times} dropped (${[...reasons].join(', ')}; ${recorded}) on ${group.direction || 'either side'}, and the policies of the input allow it.${says}`,
    'passed-in-audit-mode': `${who}: ${times} passed in audit mode.${says}`,
    'dropped-as-stated': `${who}: ${times} dropped, by ${verdict === null ? 'the policies' : responsible(verdict).slice(0, 4).join(', ') || 'default deny'} (${recorded}).`,
  };
  return {
    check: rule.slug,
    severity: rule.severity,
    confidence: 'certain',
    message: told[rule.slug] ?? '',
    related: [...related],
    fix: rule.fix,
    ...passageFacts(passage),
    primary: related[0]?.origin ?? null,
  };
}
