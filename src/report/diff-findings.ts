import type { DiffReport, TrafficChange, UndecidedTraffic } from '../model/diff-report.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Gap } from '../model/verdict.ts';
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
    slug: 'traffic-undecided',
    title: 'Whether traffic still passes as it did cannot be told',
    severity: 'low',
    plane: 'network',
    why: 'The traffic is unknown before and after, for want of something in the input, and rules that bear on it are not the same. It may have been let through before and be denied now, or the other way round.',
    fix: 'Add to the input what is not known, such as the Namespace objects, and compare again.',
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
    const { primary, related } = places(change);
    return {
      check: rule.slug,
      severity: change.certainty === 'certain' ? rule.severity : (lesser[rule.severity] ?? 'low'),
      confidence: change.certainty,
      message: sentence(change),
      primary,
      related,
      fix: rule.fix,
      subjects: [change.from.summary, change.to.summary],
    };
  });
  const undecided = report.undecided.map((open): Finding => {
    const gaps = gapsOf(open);
    return {
      check: 'traffic-undecided',
      severity: 'low',
      confidence: 'possible',
      message: `${open.from.summary} to ${open.to.summary} on ${open.ports} is unknown before and after, and rules about it differ${gaps[0] === undefined ? '' : `: not known is ${gaps[0].text}`}`,
      ...places(open),
      fix: gaps[0]?.mend ?? 'Add to the input what is not known, and compare again.',
      subjects: [open.from.summary, open.to.summary],
    };
  });
  return [...traffic, ...undecided, ...filters];
}

/** What is not known of undecided traffic, on either side, each once. */
export function gapsOf({ example }: UndecidedTraffic): readonly Gap[] {
  return [...new Map([...(example.before?.gaps ?? []), ...(example.after?.gaps ?? [])].map((g) => [g.text, g])).values()];
}

/** Where causes stand: a rule of the newer side first, where there is one. */
function places({ causes }: UndecidedTraffic): Pick<Finding, 'primary' | 'related'> {
  const placed = causes.flatMap(({ side, text, origin }) => (origin === null ? [] : [{ side, message: text, origin }]));
  const primary = placed.find((c) => c.side === 'after') ?? placed[0];
  return { primary: primary?.origin ?? null, related: placed.filter((c) => c !== primary).map(({ origin, message }) => ({ origin, message })) };
}

function sentence(change: TrafficChange): string {
  const because = change.causes[0] === undefined ? '' : `: ${change.causes[0].text}`;
  return `${change.from.summary} to ${change.to.summary} on ${change.ports}, ${change.before} before, is ${change.after} now${because}`;
}
