import type { Diagnostic } from '../kernel/result.ts';
import type { Ignored } from '../model/ignored.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { assumptionLines } from './assumption-text.ts';
import { zoneLines } from './claim-text.ts';
import type { TextContext } from './context.ts';
import { findingLines, ignoredLines } from './finding-text.ts';
import { unreadKinds } from './headline.ts';
import { ifPromotedLines, promotedSuffix } from './staged.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** The claims of each zone for people: the tally first, then claims by group with counterexamples as packet journeys. */
export function verifyText(report: VerifyReport, context: TextContext, diagnostics: readonly Diagnostic[] = [], ignored: readonly Ignored[] = []): string {
  const { pen } = context;
  const zones = report.zones.map((zone) => zoneLines(zone, promotedSuffix(report.staged), diagnostics, context).join('\n'));
  const kinds = unreadKinds(report.unread);
  const unread =
    kinds === null ? [] : wrap(`Not read: ${kinds}. What they make is not in the picture.`, pen.style.width).map((line) => pen.ink(line, 'yellow'));
  const foot = [`Proven under profile ${visible(report.profile)}.`, ...assumptionLines(report.assumptions, context)].map((line) => pen.ink(line, 'dim'));
  const promoted = ifPromotedLines(report.staged, context).join('\n');
  return `${[...zones, promoted, findingLines(report.findings, context).join('\n'), ignoredLines(ignored, context).join('\n'), unread.join('\n'), foot.join('\n')].filter((text) => text !== '').join('\n\n')}\n`;
}
