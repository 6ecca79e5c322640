import type { Locator } from '../kernel/origin.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { ranked, severityCounts } from './finding-text.ts';
import { markdownCode, markdownDetails, markdownFence, markdownTable, markdownText } from './markdown-escape.ts';
import { placeOf } from './place.ts';
import { visibleLines } from './visible.ts';

const signs: Readonly<Record<Severity, string>> = { critical: '🟥', high: '🟧', medium: '🟨', low: '🟦', info: '⬜' };

/** Rows in the summary table of findings; each finding's details come after, as far as they fit. */
const rowsShown = 50;

/** Findings as blocks: a summary table, then one collapsed block for each check with places, fixes and patches. Empty when there is none. */
export function findingBlocks(findings: readonly Finding[], locator: Locator, heading = 'Findings'): string[][] {
  if (findings.length === 0) return [];
  const sorted = ranked(findings);
  const rows = sorted.slice(0, rowsShown).map((f) => [`${signs[f.severity]} ${f.severity}`, markdownCode(f.check), markdownText(f.message), place(f, locator)]);
  const rest = sorted.length - rows.length;
  const table = [
    `### ${heading}: ${severityCounts(findings)}`,
    '',
    ...markdownTable(['Severity', 'Check', 'What', 'Where'], rows),
    ...(rest > 0 ? ['', `_and ${rest} more_`] : []),
  ];
  const checks = [...new Set(sorted.map((f) => f.check))];
  return [
    table,
    ...checks.map((check) =>
      detailsOf(
        check,
        sorted.filter((f) => f.check === check),
        locator,
      ),
    ),
  ];
}

function detailsOf(check: string, findings: readonly Finding[], locator: Locator): string[] {
  const fixes = new Map<string, Finding[]>();
  for (const f of findings) {
    const key = JSON.stringify([f.fix, f.patch ?? null]);
    fixes.set(key, [...(fixes.get(key) ?? []), f]);
  }
  const body = [...fixes.values()].slice(0, 20).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const items = group.slice(0, 20).map((f) => `- ${markdownText(f.message)}${f.primary === null ? '' : ` (${place(f, locator)})`}`);
    const patch = first.patch === undefined ? [] : ['', ...markdownFence(visibleLines(first.patch.trimEnd()), 'yaml')];
    return [...items, '', `**Fix.** ${markdownText(first.fix)}`, ...patch, ''];
  });
  return markdownDetails(`${markdownCode(check)}: how to mend it`, body.slice(0, -1));
}

function place(f: Finding, locator: Locator): string {
  const at = placeOf(f.primary, locator);
  return at === null ? '' : markdownCode(at);
}
