import type { DiffReport, TrafficChange } from '../model/diff-report.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { RuleMeta } from './sarif.ts';

/** The results that a comparison has in SARIF. */
export const diffRules: readonly RuleMeta[] = [
  {
    slug: 'traffic-gained',
    title: 'Traffic passes that did not pass before',
    severity: 'high',
    plane: 'network',
    why: 'The change lets packets through that the cluster denied before. Whoever holds a pod at one end reaches the other.',
    fix: 'Remove or narrow the rule, or put the one back that denied it, unless the passage is meant.',
  },
  {
    slug: 'traffic-lost',
    title: 'Traffic no longer passes',
    severity: 'medium',
    plane: 'network',
    why: 'The change denies packets that the cluster let through before. Whoever needed them fails.',
    fix: 'Put the rule back that allowed it, or except it from the one that denies it, unless the passage is meant to be shut.',
  },
  {
    slug: 'filter-changed',
    title: 'A filter above layer 4 came, went or changed',
    severity: 'medium',
    plane: 'network',
    why: 'TLS server names and HTTP rules decide what a connection that layer 4 allows may carry. Traffic is compared on layers 3 and 4 only, so that a filter that is gone shows here and nowhere else.',
    fix: 'Compare the rules by eye.',
  },
];

const lesser: Readonly<Record<string, Severity>> = { high: 'medium', medium: 'low' };

/** Changes as findings: at the rule of the newer side that causes them, where there is one. */
export function diffFindings(report: DiffReport): Finding[] {
  const filters = report.filters.map(
    ({ title, how, origin }): Finding => ({
      check: 'filter-changed',
      severity: 'medium',
      confidence: 'certain',
      message: `${title}: its filters above layer 4 are ${how}`,
      primary: origin,
      related: [],
      fix: 'Compare the rules by eye.',
      subjects: [title],
    }),
  );
  const traffic = report.changes.map((change): Finding => {
    const rule = diffRules.find((r) => r.slug === `traffic-${change.effect}`) as RuleMeta;
    const placed = change.causes.flatMap(({ side, text, origin }) => (origin === null ? [] : [{ side, message: text, origin }]));
    const primary = placed.find((c) => c.side === 'after') ?? placed[0];
    return {
      check: rule.slug,
      severity: change.certainty === 'certain' ? rule.severity : (lesser[rule.severity] ?? 'low'),
      confidence: change.certainty,
      message: sentence(change),
      primary: primary?.origin ?? null,
      related: placed.filter((c) => c !== primary).map(({ origin, message }) => ({ origin, message })),
      fix: rule.fix,
      subjects: [change.from.summary, change.to.summary],
    };
  });
  return [...traffic, ...filters];
}

function sentence(change: TrafficChange): string {
  const because = change.causes[0] === undefined ? '' : `: ${change.causes[0].text}`;
  return `${change.from.summary} to ${change.to.summary} on ${change.ports}, ${change.before} before, is ${change.after} now${because}`;
}
