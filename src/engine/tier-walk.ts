import type { Side, Step, Verdict } from '../model/verdict.ts';

/**
 * The tier walk in one line, the source's side first: `egress: normal[default-deny: no match · allow-dns: allow] → allowed | ingress: no policy … → allowed`.
 * Policies are named by their ids.
 */
export function tierWalk(verdict: Verdict): string {
  return [verdict.egress, verdict.ingress].map((side) => `${side.direction}: ${sideWalk(side)}`).join(' | ');
}

function sideWalk(side: Side): string {
  if (side.steps.length === 0) return `${side.because} → ${side.decision}`;
  const tiers = [...new Set(side.steps.map((s) => s.tier))];
  const walked = tiers
    .map(
      (tier) =>
        `${tier}[${side.steps
          .filter((s) => s.tier === tier)
          .map(stepText)
          .join(' · ')}]`,
    )
    .join(' ');
  const decided = side.steps.some((s) => s.outcome === side.decision.replace('allowed', 'allow').replace('denied', 'deny'));
  return `${walked} → ${side.decision}${decided || side.decision !== 'denied' ? '' : ' (default deny)'}`;
}

function stepText(step: Step): string {
  const outcome = { allow: 'allow', deny: 'deny', pass: 'pass', 'no-match': 'no match', maybe: 'may match' }[step.outcome];
  return `${step.policy}: ${outcome}`;
}
