import { checks } from '../checks/registry.gen.ts';
import { type Finding, severities } from '../model/finding.ts';
import type { HelpSection } from './command.ts';

/** Every check with its severity and title, worst first: part of the help of the verbs that run them. */
export function checkSection(): HelpSection {
  const rows = severities.flatMap((severity) => checks.filter((c) => c.severity === severity).map((c) => [c.slug, `${c.title} (${severity})`] as const));
  return { title: 'Checks', rows };
}

/** Whether a finding makes the exit code 1: all but info do. */
export function isFailing(finding: Finding): boolean {
  return finding.severity !== 'info';
}
