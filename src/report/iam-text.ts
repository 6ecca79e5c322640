import type { Diagnostic } from '../kernel/result.ts';
import { asClaimResult, type IamReport } from '../model/iam-report.ts';
import { assumptionLines } from './assumption-text.ts';
import { zoneLines } from './claim-text.ts';
import type { TextContext } from './context.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';

/** The claims about identities for people: a tally for each zone, then each claim, with the request that refutes it and the statements about that request. */
export function iamText(report: IamReport, context: TextContext, diagnostics: readonly Diagnostic[] = []): string {
  const { pen } = context;
  const parts = report.zones.map(({ claims, ...zone }) => zoneLines({ ...zone, claims: claims.map(asClaimResult) }, '', diagnostics, context).join('\n'));
  const taken = report.taken.map(({ name, as, origin }) => `  ${visible(name)}: ${visible(as)} (${placeOf(origin, context.locator)})`);
  const read = report.taken.length === 0 ? [] : [pen.ink('Policies read', 'bold'), ...taken.map((line) => pen.ink(line, 'dim'))];
  const foot = assumptionLines(report.assumptions, context).map((line) => pen.ink(line, 'dim'));
  return `${[...parts, read.join('\n'), foot.join('\n')].filter((text) => text !== '').join('\n\n')}\n`;
}
