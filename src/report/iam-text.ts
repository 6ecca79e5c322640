import type { Diagnostic } from '../kernel/result.ts';
import type { ClaimGroup } from '../model/claim.ts';
import { asClaimResult, type IamClaim, type IamReport } from '../model/iam-report.ts';
import type { IamWitness } from '../model/iam-witness.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { claimTally } from './headline.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

const groups: readonly ClaimGroup[] = ['safety', 'liveness', 'hygiene'];
const groupTitles: Readonly<Record<ClaimGroup, string>> = { safety: 'Safety', liveness: 'Liveness', hygiene: 'Hygiene' };
const statusInks: Readonly<Record<IamClaim['status'], readonly Ink[]>> = { holds: ['green'], fails: ['red', 'bold'], undecided: ['yellow', 'bold'] };

/** Requests spelled out per claim, and actions named beside each. */
const spelledOut = 2;
const mostActions = 4;

/** The claims about identities for people: a tally for each zone, then each claim, with the request that refutes it and the statements about that request. */
export function iamText(report: IamReport, context: TextContext, diagnostics: readonly Diagnostic[] = []): string {
  const { pen } = context;
  const parts = report.zones.map((zone) => zoneLines(zone, context, diagnostics).join('\n'));
  const taken = report.taken.map(({ name, as, origin }) => `  ${visible(name)}: ${visible(as)} (${placeOf(origin, context.locator)})`);
  const read = report.taken.length === 0 ? [] : [pen.ink('Policies read', 'bold'), ...taken.map((line) => pen.ink(line, 'dim'))];
  const foot = assumptionLines(report.assumptions, context).map((line) => pen.ink(line, 'dim'));
  return `${[...parts, read.join('\n'), foot.join('\n')].filter((text) => text !== '').join('\n\n')}\n`;
}

function zoneLines({ zone, claims, notCovered }: IamReport['zones'][number], context: TextContext, diagnostics: readonly Diagnostic[]): string[] {
  const { pen } = context;
  const tally = claimTally({ zone, claims: claims.map(asClaimResult), notCovered }, diagnostics);
  const clean = claims.every((c) => c.status === 'holds') && !diagnostics.some((d) => d.severity === 'error');
  const lines = wrap(`${visible(zone)}: ${tally}`, pen.style.width).map((line) => pen.ink(line, clean ? 'green' : 'red', 'bold'));
  for (const group of groups) {
    const found = claims.filter((c) => c.group === group);
    if (found.length > 0) lines.push('', pen.ink(groupTitles[group], 'bold'), ...found.flatMap((claim) => claimLines(claim, context)));
  }
  if (notCovered.length > 0) lines.push('', pen.ink('Not covered', 'bold'));
  for (const text of notCovered)
    lines.push(...wrap(visible(text), pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.ink(pen.glyphs.warning, 'yellow') : ' '} ${line}`));
  return lines;
}

function claimLines(claim: IamClaim, context: TextContext): string[] {
  const { pen } = context;
  const inks = statusInks[claim.status];
  const lines = wrap(visible(claim.title), pen.style.width - 4).map(
    (line, i) => `  ${i === 0 ? pen.ink(pen.glyphs[claim.status], ...inks) : ' '} ${claim.status === 'holds' ? line : pen.ink(line, 'bold')}`,
  );
  const note = (label: string, text: string, ...ink: readonly Ink[]): string[] =>
    wrap(visible(text), pen.style.width - 5 - label.length).map((line, i) => `    ${i === 0 ? pen.ink(label, ...ink) : ' '.repeat(label.length)} ${line}`);
  if (claim.status === 'holds')
    return [...lines, ...claim.evidence.flatMap((text) => wrap(visible(text), pen.style.width - 4).map((l) => `    ${pen.ink(l, 'dim')}`))];
  const asked = placeOf(claim.origin, context.locator);
  lines.push(`    ${pen.ink(visible(claim.id), 'dim')}${asked === null ? '' : pen.ink(`  asked for at ${asked}`, 'dim')}`);
  for (const reason of claim.reasons) lines.push(...note('because', reason, ...inks));
  for (const witness of claim.witnesses.slice(0, spelledOut)) lines.push(...witnessLines(witness, context));
  const rest = claim.witnesses.length - spelledOut;
  if (rest > 0) lines.push(`    ${pen.ink(`${pen.glyphs.more} and ${rest} more such requests (--format json has them all)`, 'dim')}`);
  if (claim.fix !== null) lines.push(...note('fix', claim.fix, 'green'));
  return lines;
}

/** One request as people write it down, and the statements about it. */
export function witnessLines(witness: IamWitness, context: TextContext): string[] {
  const { pen } = context;
  const more = witness.actions.filter((a) => a !== witness.action);
  const like =
    more.length === 0
      ? []
      : [`      so may ${more.slice(0, mostActions).map(visible).join(', ')}${more.length > mostActions ? ` and ${more.length - mostActions} more` : ''}`];
  const ink = witness.decision === 'allowed' ? 'red' : 'yellow';
  return [
    ...wrap(visible(witness.story), pen.style.width - 4).map((line) => `    ${line}`),
    `      ${pen.ink(visible(witness.decision), ink, 'bold')}  ${visible(witness.action)}  ${visible(witness.resource)}`,
    `      by ${visible(witness.caller)}${witness.foreignAccount === null ? '' : `, in account ${visible(witness.foreignAccount)}`}`,
    ...witness.keys.slice(0, 12).map(({ key, values }) => `      with ${visible(key)} = ${values.map(visible).join(', ')}`),
    ...like.map((line) => pen.ink(line, 'dim')),
    ...(witness.steps.length === 0 ? [`      ${visible(witness.because)}`] : []),
    ...witness.steps
      .slice(0, 6)
      .map(
        ({ title, effect, policy, certain, origin }) =>
          `      ${certain ? '' : 'perhaps '}${effect}  ${visible(title)} (${policy})  ${placeOf(origin, context.locator)}`,
      ),
  ];
}
