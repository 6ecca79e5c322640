import type { Diagnostic } from '../kernel/result.ts';
import type { ClaimGroup, ClaimResult } from '../model/claim.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { claimAdviceLines } from './advice-text.ts';
import type { TextContext } from './context.ts';
import { explainCommand } from './explain-command.ts';
import { fabricWayLines } from './fabric-way.ts';
import { claimTally } from './headline.ts';
import { witnessLines } from './iam-witness-text.ts';
import { landingText } from './landing.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { journeyLines, verdictLines } from './verdict-text.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

const groups: readonly ClaimGroup[] = ['safety', 'liveness', 'hygiene'];
const groupTitles: Readonly<Record<ClaimGroup, string>> = { safety: 'Safety', liveness: 'Liveness', hygiene: 'Hygiene' };
const statusInks: Readonly<Record<ClaimResult['status'], readonly Ink[]>> = { holds: ['green'], fails: ['red', 'bold'], undecided: ['yellow', 'bold'] };

/** Counterexamples spelled out per claim. */
const spelledOut = 2;

/** What became of the claims of one zone: a tally (after `suffix`), the claims by group, and what is not covered. */
export function zoneLines(zone: VerifyReport['zones'][number], suffix: string, diagnostics: readonly Diagnostic[], context: TextContext): string[] {
  const { pen } = context;
  const clean = zone.claims.every((c) => c.status === 'holds') && !diagnostics.some((d) => d.severity === 'error');
  const lines = wrap(`${visible(zone.zone)}${suffix}: ${claimTally(zone, diagnostics)}`, pen.style.width).map((line) =>
    pen.ink(line, clean ? 'green' : 'red', 'bold'),
  );
  for (const group of groups) {
    const claims = zone.claims.filter((c) => c.group === group);
    if (claims.length > 0) lines.push('', pen.ink(groupTitles[group], 'bold'), ...claims.flatMap((claim) => claimLines(claim, context)));
  }
  if (zone.notCovered.length > 0) {
    lines.push('', pen.ink('Not covered', 'bold'));
    for (const text of zone.notCovered)
      lines.push(...wrap(visible(text), pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.ink(pen.glyphs.warning, 'yellow') : ' '} ${line}`));
  }
  return lines;
}

function claimLines(claim: ClaimResult, context: TextContext): string[] {
  const { pen } = context;
  const inks = statusInks[claim.status];
  const title = wrap(visible(claim.title), pen.style.width - 4);
  const lines = title.map(
    (line, i) => `  ${i === 0 ? pen.ink(pen.glyphs[claim.status], ...inks) : ' '} ${claim.status === 'holds' ? line : pen.ink(line, 'bold')}`,
  );
  const note = (label: string, text: string, ...ink: readonly Ink[]): string[] =>
    wrap(visible(text), pen.style.width - 4 - label.length - 1).map((line, i) => `    ${i === 0 ? pen.ink(label, ...ink) : ' '.repeat(label.length)} ${line}`);
  if (claim.status === 'holds') {
    lines.push(...claim.evidence.slice(0, 3).flatMap((text) => wrap(visible(text), pen.style.width - 4).map((line) => `    ${pen.ink(line, 'dim')}`)));
    return lines;
  }
  const asked = placeOf(claim.origin, context.locator);
  lines.push(`    ${pen.ink(visible(claim.id), 'dim')}${asked === null ? '' : pen.ink(`  asked for at ${asked}`, 'dim')}`);
  const because = [...(claim.landings ?? []).map((l) => landingText(l, context.locator)), ...claim.reasons];
  for (const reason of because) lines.push(...note('because', reason, ...inks));
  const shown = <T>(items: readonly T[], what: string, linesOf: (item: T) => readonly string[]): readonly string[] => {
    const more = items.length - spelledOut;
    const rest = more > 0 ? [`    ${pen.ink(`${pen.glyphs.more} and ${more} more such ${what} (--format json has them all)`, 'dim')}`] : [];
    return [...items.slice(0, spelledOut).flatMap(linesOf), ...rest];
  };
  lines.push(
    ...shown(claim.counterexamples, 'packets', ({ packet, verdict, story }) => [
      ...journeyLines(packet, verdict.decision, 4, context),
      ...wrap(visible(story), pen.style.width - 6).map((line) => `      ${line}`),
      ...verdictLines(verdict, 6, context),
    ]),
    ...shown(claim.requests ?? [], 'requests', (request) => witnessLines(request, context)),
    ...shown(claim.ways ?? [], 'ways', (way) => fabricWayLines(way, 4, context)),
  );
  if (claim.fix !== null) lines.push(...note('fix', claim.fix, 'green'));
  const [first] = claim.counterexamples;
  const command =
    first === undefined || context.inputs === undefined ? null : explainCommand(first.packet, { inputs: context.inputs, profile: first.verdict.profile });
  if (claim.advice !== undefined && claim.advice.proposals.length > 0) lines.push(...claimAdviceLines(claim.advice, 4, context));
  else if (command !== null) lines.push(`    ${pen.ink('more', 'green')} ${command}`);
  return lines;
}
