import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FabricAuditReport, FabricQuestion } from '../model/fabric-audit-report.ts';
import { keyText } from '../model/pkey.ts';
import { diagnosticsMarkdown } from './diagnostic-markdown.ts';
import { apartText } from './fabric-audit-text.ts';
import { findingBlocks } from './finding-markdown.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';

const signs: Readonly<Record<FabricQuestion['answer'] | FabricAuditReport['apart'], string>> = {
  'in order': '✅',
  'not in order': '❌',
  'not known': '❔',
  holds: '✅',
  fails: '❌',
  undecided: '❔',
};
const rowsShown = 60;

/** The audit of a fabric as a pull-request comment. */
export function fabricAuditMarkdown(report: FabricAuditReport, locator: Locator, diagnostics: readonly Diagnostic[]): string {
  const { pkeys, rows } = report.matrix;
  const cells = { full: '●', limited: '○' };
  const matrix = markdownTable(
    ['', 'Host', ...pkeys.map(({ pkey, name }) => `${markdownCode(keyText(pkey))} ${markdownText(name)}`)],
    rows
      .slice(0, rowsShown)
      .map((row) => [markdownText(row.party ?? '(nobody’s)'), markdownText(row.host), ...row.cells.map((cell) => (cell === null ? '' : cells[cell]))]),
  );
  return fitted([
    [`## Ringfence: fabric, ${signs[report.apart]} ${markdownText(apartText(report))}`],
    markdownTable(
      ['', 'Question', ''],
      report.questions.map(({ question, answer, because }) => [signs[answer], markdownText(question), markdownText(because)]),
    ),
    ...findingBlocks(report.findings, locator),
    rows.length === 0 ? [] : markdownDetails('Who is in which partition (● full, ○ limited)', matrix),
    diagnosticsMarkdown(diagnostics, locator),
    markdownDetails(
      'What this rests on',
      report.assumptions.map((a) => `- ${markdownText(a)}`),
    ),
  ]);
}
