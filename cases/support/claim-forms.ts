import type { Locator } from '../../src/kernel/origin.ts';
import type { VerifyReport } from '../../src/model/verify-report.ts';
import { penFor, plainStyle } from '../../src/report/pen.ts';
import { sarifText } from '../../src/report/sarif.ts';
import { verifyMarkdown } from '../../src/report/verify-markdown.ts';
import { verifyText } from '../../src/report/verify-text.ts';

/** A report of `verify` as text that is not wrapped, as Markdown without its escapes, and as SARIF. */
export function claimForms(report: VerifyReport, locator: Locator): readonly string[] {
  return [
    verifyText(report, { pen: penFor({ ...plainStyle, width: 400 }), locator }),
    verifyMarkdown(report, locator).replaceAll('\\', ''),
    sarifText({
      version: '0',
      rules: [],
      findings: [],
      ignored: [],
      claims: report.zones.flatMap((z) => z.claims),
      diagnostics: [],
      locator,
      fallbackFile: null,
    }),
  ];
}
