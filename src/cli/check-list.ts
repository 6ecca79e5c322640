import { checks } from '../checks/registry.gen.ts';
import { type Finding, type Severity, severities } from '../model/finding.ts';
import type { HelpSection } from './command.ts';

/** Every check with its severity and title, worst first: part of the help of the verbs that run them. */
export function checkSection(): HelpSection {
  return { title: 'Checks', rows: rowsOf(checks) };
}

/** Checks or lints as rows of help, worst first. */
export function rowsOf(all: readonly { readonly slug: string; readonly title: string; readonly severity: Severity }[]): HelpSection['rows'] {
  return severities.flatMap((severity) => all.filter((c) => c.severity === severity).map((c) => [c.slug, `${c.title} (${severity})`] as const));
}

/** Whether a finding makes the exit code 1: all but info do. */
export function isFailing(finding: Finding): boolean {
  return finding.severity !== 'info';
}
