import type { Reachability } from '../engine/reach.ts';
import type { MissingRule } from '../model/missing-rule.ts';
import { enforces } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { missingRule } from './missing-rule.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { listening, rulePorts } from './rule-ports.ts';

/** A rule that opens a passage which the other end does not open: nothing passes. */
export interface HalfOpenRule {
  readonly rule: PlacedRule;
  readonly from: Workload;
  readonly to: Workload;
  /** What the rule opens in vain. */
  readonly ports: TransportSet;
  /** Where the rule belongs that would open the other end. */
  readonly missing: MissingRule;
}

/** How many sorts of workload at either end of one rule are compared, and how many of one sort: a second one, for passages from one to the other. */
const sortsCompared = 32;
const ofOneSort = 2;

/** Answers by matrix: a scan lists them, and the check of the same name reports them. The training set is a function of the matrix's snapshot. */
const found = new WeakMap<Reachability, readonly HalfOpenRule[]>();

const governed = TransportSet.unionAll([TransportSet.of('TCP'), TransportSet.of('UDP'), TransportSet.of('SCTP')]);

/**
 * Allow rules that name pods, one end of them training, where the other end's own policies let nothing of it pass. One answer a rule and pair of
 * namespaces. Rules for whole namespaces of pods say too little about intent to be called half-open, so the far end must be named by labels.
 */
export function halfOpenRules(reach: Reachability, training: ReadonlySet<string>): readonly HalfOpenRule[] {
  const known = found.get(reach) ?? [...findRules(reach, training)];
  found.set(reach, known);
  return known;
}

function* findRules(reach: Reachability, training: ReadonlySet<string>): Iterable<HalfOpenRule> {
  const index = policyIndex(reach.snapshot);
  for (const policy of reach.snapshot.policies) {
    if (!enforces(reach.profile, policy)) continue;
    const subjects = index.subjects(policy);
    for (const rule of policy.rules) {
      if (rule.action !== 'allow' || !(rule.peers ?? []).some((p) => p.kind === 'pods' && p.match.pods.requirements.length > 0)) continue;
      const peers = index.peers(rule);
      if (!peers.some((w) => training.has(w.id)) && !subjects.some((w) => training.has(w.id))) continue;
      const seen = new Set<string>();
      const ends = oneOfEachSort(reach, peers, training);
      for (const subject of oneOfEachSort(reach, subjects, training)) {
        for (const peer of ends) {
          const [from, to] = rule.direction === 'egress' ? [subject, peer] : [peer, subject];
          const pair = `${from.namespace} ${to.namespace} ${subject === peer ? 'self' : ''}`;
          if ((!training.has(from.id) && !training.has(to.id)) || seen.has(pair)) continue;
          const ports = closedPorts(reach, { policy, rule }, from, to);
          if (ports.isEmpty) continue;
          seen.add(pair);
          const shut = rule.direction === 'egress' ? 'ingress' : 'egress';
          yield { rule: { policy, rule }, from, to, ports, missing: missingRule(reach, shut, from, to, ports) };
        }
      }
    }
  }
}

/** Workloads that no rule tells apart, and that listen on the same ports, are alike to every answer here. */
function oneOfEachSort(reach: Reachability, workloads: readonly Workload[], training: ReadonlySet<string>): readonly Workload[] {
  const sorts = new Map<string, number>();
  return workloads.filter((w) => {
    const sort = `${w.namespace} ${reach.sortOf(w.id)} ${listening(w)?.id ?? ''} ${training.has(w.id)}`;
    const times = sorts.get(sort) ?? 0;
    if (times >= ofOneSort || (times === 0 && sorts.size >= sortsCompared)) return false;
    sorts.set(sort, times + 1);
    return true;
  });
}

/** What the rule opens, when the far side lets none of it pass; empty when something passes, or when the near side is not open after all. */
function closedPorts(reach: Reachability, { rule }: PlacedRule, from: Workload, to: Workload): TransportSet {
  if (from === to && from.replicas < 2) return TransportSet.empty;
  const ends = [{ kind: 'workload', id: from.id } as const, { kind: 'workload', id: to.id } as const] as const;
  const near = reach.side(rule.direction, ...ends);
  const wanted = rulePorts(rule, to).intersect(governed).intersect(near.allowed);
  const answering = listening(to) === null ? wanted : wanted.intersect(listening(to) ?? TransportSet.full);
  const asked = answering.isEmpty ? wanted : answering;
  const far = reach.side(rule.direction === 'egress' ? 'ingress' : 'egress', ...ends);
  return asked.intersect(far.allowed.union(far.unknown)).isEmpty ? asked : TransportSet.empty;
}
