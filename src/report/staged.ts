import type { ClaimResult } from '../model/claim.ts';
import type { IfPromoted, PromotedClaim, StagedPolicy } from '../model/staged-policy.ts';
import type { TextContext } from './context.ts';
import { markdownCode, markdownTable, markdownText } from './markdown-escape.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted, listed } from './words.ts';

const effects: Readonly<Record<StagedPolicy['does'], string>> = { set: 'becomes', delete: 'deletes', nothing: 'does nothing to' };

/** Staged policies by name, each with what its promotion does and where it stands. */
export function stagedLines(policies: readonly StagedPolicy[], context: TextContext): string[] {
  const { pen } = context;
  return policies.flatMap((p) =>
    wrap(`${visible(p.id)} ${effects[p.does]} ${visible(p.target)}`, pen.style.width - 4)
      .map((line, i) => `  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`)
      .concat(`      ${pen.ink(placeOf(p.origin, context.locator) ?? '', 'dim')}`),
  );
}

/** What a zone's name is followed by where its claims are those of a cluster that is not there yet. */
export function promotedSuffix(staged: IfPromoted | null): string {
  return staged === null || staged.policies.length === 0 ? '' : ', if promoted';
}

/** What promoting everything makes of the claims, for text: the staged policies, then each claim that changes. */
export function ifPromotedLines(staged: IfPromoted | null, context: TextContext): string[] {
  if (staged === null) return [];
  const { pen } = context;
  if (staged.policies.length === 0) return [pen.ink('If promoted', 'bold'), '  the input holds no staged policy: this is what is enforced'];
  const changed = changedClaims(staged);
  const same = staged.claims.length - changed.length;
  return [
    `${pen.ink('If promoted', 'bold')}  ${counted(staged.policies.length, 'staged policy', 'staged policies')} counted as if enforced; the claims above are what holds then`,
    ...stagedLines(staged.policies, context),
    ...changed.flatMap((c) => [
      `  ${pen.ink(pen.glyphs[c.promoted], ...(c.promoted === 'holds' ? (['green'] as const) : (['red', 'bold'] as const)))} ${visible(c.claim)}  ${pen.ink(`now ${says(c.now)}, if promoted ${says(c.promoted)}`, 'bold')}`,
      ...wrap(visible(becauseText(c)), pen.style.width - 4).map((line) => `    ${pen.ink(line, 'dim')}`),
    ]),
    `  ${pen.ink(changed.length === 0 ? 'no claim changes' : `${counted(same, 'other claim')} ${same === 1 ? 'stays as it is' : 'stay as they are'}`, 'dim')}`,
  ];
}

/** The same for Markdown. */
export function ifPromotedMarkdown(staged: IfPromoted | null): string[] {
  if (staged === null) return [];
  if (staged.policies.length === 0) return ['The input holds no staged policy: this is what is enforced.'];
  const changed = changedClaims(staged);
  const names = staged.policies.map((p) => `${markdownCode(p.id)} ${effects[p.does]} ${markdownCode(p.target)}`);
  return [
    `**If promoted.** ${counted(staged.policies.length, 'staged policy', 'staged policies')} counted as if enforced: ${listed(names)}.`,
    '',
    ...(changed.length === 0
      ? ['No claim changes.']
      : markdownTable(
          ['Claim', 'Now', 'If promoted', 'Because of'],
          changed.map((c) => [markdownCode(c.claim), says(c.now), says(c.promoted), markdownText(becauseText(c))]),
        )),
  ];
}

/** A line of Markdown that names staged policies; none without any. */
export function stagedMarkdown(policies: readonly StagedPolicy[], meaning: string): string[] {
  return policies.length === 0 ? [] : [`Staged policies: ${listed(policies.map((p) => markdownCode(p.id)))}. ${markdownText(meaning)}`];
}

function changedClaims({ claims }: IfPromoted): readonly PromotedClaim[] {
  return claims.filter((c) => c.now !== c.promoted);
}

function says(status: ClaimResult['status']): string {
  return status === 'undecided' ? 'is undecided' : status;
}

function becauseText({ because }: PromotedClaim): string {
  return because.length === 0 ? 'too many staged policies to try each' : `by ${listed(because)}`;
}
