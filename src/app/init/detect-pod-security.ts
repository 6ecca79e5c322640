import { labelOf } from '../../model/labels.ts';
import { enforceLabel, type PodSecurityLevel, podSecurityViolations } from '../../model/pod-security.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { InitAnswers } from './answers.ts';

const strictestFirst: readonly PodSecurityLevel[] = ['restricted', 'baseline', 'privileged'];
/** Reasons that are named. */
const mostNamed = 2;

/**
 * The strictest Pod Security level that admits every training workload, and what a stricter one would refuse. A level that the namespace enforces already
 * is never lowered: then it stays, and the reason says what it refuses.
 */
export function detectPodSecurity(snapshot: Snapshot, training: readonly Workload[]): Pick<InitAnswers, 'podSecurity' | 'podSecurityNote'> {
  const violations = (level: PodSecurityLevel): readonly string[] => [...new Set(training.flatMap((workload) => podSecurityViolations(workload, level)))];
  const met = strictestFirst.find((level) => violations(level).length === 0) ?? 'privileged';
  const label = labelOf(snapshot.namespaces.get(training[0]?.namespace ?? '')?.labels ?? {}, enforceLabel);
  const enforced = strictestFirst.find((level) => level === label);
  if (enforced !== undefined && strictestFirst.indexOf(enforced) < strictestFirst.indexOf(met))
    return { podSecurity: enforced, podSecurityNote: `the namespace enforces it already, and it refuses what runs here: ${some(violations(enforced))}` };
  const stricter = strictestFirst[strictestFirst.indexOf(met) - 1];
  const notes = [
    ...(enforced === undefined ? [] : [`the namespace enforces ${enforced} now`]),
    ...(stricter === undefined ? [] : [`the strictest that admits what runs here; ${stricter} refuses: ${some(violations(stricter))}`]),
  ];
  return { podSecurity: met, podSecurityNote: notes.join('; ') };
}

function some(reasons: readonly string[]): string {
  const more = reasons.length > mostNamed ? `; and ${reasons.length - mostNamed} more` : '';
  return `${reasons.slice(0, mostNamed).join('; ')}${more}`;
}
