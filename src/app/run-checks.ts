import type { Check } from '../checks/check.ts';
import { checks } from '../checks/registry.gen.ts';
import type { Reachability } from '../engine/reach.ts';
import { compareText } from '../kernel/stable.ts';
import { type Finding, severities } from '../model/finding.ts';
import { exposure } from './exposure.ts';
import { trainingWorkloads } from './training.ts';

/** What the checks find on a solved snapshot: worst first, then by check and place, so that equal input gives equal order. */
export function runChecks(reach: Reachability, which: readonly Check[] = checks): readonly Finding[] {
  const context = {
    snapshot: reach.snapshot,
    profile: reach.profile,
    reach,
    training: new Set(trainingWorkloads(reach.snapshot).keys()),
    exposed: () => exposure(reach).workloads,
  };
  const findings: Finding[] = [];
  for (const check of which) for (const finding of check.run(context)) findings.push({ check: check.slug, ...finding });
  return inOrder(findings);
}

/** Worst first, then by check and place. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .map((finding) => ({ finding, key: sortKey(finding) }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ finding }) => finding);
}

function sortKey(finding: Finding): string {
  const origin = finding.primary;
  const steps = origin === null ? [] : origin.path.map((step) => (typeof step === 'number' ? String(step).padStart(9, '0') : step));
  const place = origin === null ? '' : [origin.document.file, String(origin.document.index).padStart(9, '0'), ...steps].join('\n');
  return [String(severities.indexOf(finding.severity)), finding.check, place, finding.message].join('\n');
}
