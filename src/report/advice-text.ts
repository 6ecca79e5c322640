import type { Advice, Proposal } from '../model/advice.ts';
import type { ClaimAdvice, ClaimResult } from '../model/claim.ts';
import type { TextContext } from './context.ts';
import { placeOf } from './place.ts';
import { visible, visibleLines } from './visible.ts';
import { fold } from './width.ts';
import { counted } from './words.ts';

/** So many other changes of one proposal are told; the rest are counted. */
const told = 3;

const heads: Readonly<Record<Advice['goal'], string>> = { open: 'to open', close: 'to close', settle: 'to settle' };

/** Advice for people: what blocks, then proposals with all that they change; the first with its manifest. */
export function adviceLines(advice: Advice, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const room = pen.style.width - indent - 2;
  const because = advice.because.flatMap((text) => fold(visible(text), room).map((line) => `${margin}  ${pen.ink(line, 'dim')}`));
  const none = advice.goal === 'settle' || advice.proposals.length > 0 ? [] : [`${margin}  ${pen.ink('no edit was found that would do it', 'yellow')}`];
  return [
    `${margin}${pen.ink(heads[advice.goal], 'bold')}`,
    ...because,
    ...none,
    ...advice.proposals.flatMap((proposal, i) => proposalLines(proposal, i, indent + 2, context)),
  ];
}

/** Lines of manifests that a claim's advice shows, where it makes the claim hold; others are in JSON. */
const manifestShown = 30;

/** What would make a claim hold, in short: the edit with what becomes of the claims, for the reasons stand above it. */
export function claimAdviceLines(advice: ClaimAdvice, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const [proposal] = advice.proposals;
  if (proposal === undefined) return [];
  const length = proposal.edits.reduce((sum, { manifest }) => sum + (manifest?.trimEnd().split('\n').length ?? 0), 0);
  const cut = length > 0 && (length > manifestShown || advice.outcome !== 'holds');
  const brief = cut ? { ...proposal, edits: proposal.edits.map((edit) => ({ ...edit, manifest: null })) } : proposal;
  return [
    `${margin}${pen.ink(heads[advice.goal], 'bold')}`,
    ...proposalLines(brief, 0, indent + 2, context),
    ...(cut ? [`${margin}     ${pen.ink('(--format json has the YAML)', 'dim')}`] : []),
    ...claimAdviceEffects(advice).flatMap((text) => fold(visible(text), pen.style.width - indent - 5).map((line) => `${margin}     ${pen.ink(line, 'dim')}`)),
  ];
}

const ends: Readonly<Record<ClaimResult['status'], string>> = {
  holds: 'the claim then holds',
  fails: 'the claim still fails: other passages refute it as well',
  undecided: 'the claim is then undecided',
};

/** What becomes of claims with the edit, a sentence each. */
export function claimAdviceEffects({ outcome, breaks }: ClaimAdvice): string[] {
  return [...(outcome === null ? [] : [ends[outcome]]), ...(breaks.length === 0 ? [] : [`breaks what holds now: ${breaks.join(', ')}`])];
}

function proposalLines({ edits, also }: Proposal, number: number, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const room = pen.style.width - indent - 3;
  const lines = edits.flatMap((edit, i) => {
    const place = edit.origin === null ? null : placeOf(edit.origin, context.locator);
    const text = fold(`${visible(edit.text)}${place === null ? '' : `  ${visible(place)}`}`, room - 1).map(
      (line, j) => `${margin}${j > 0 ? '   ' : i > 0 ? 'and' : `${number + 1}. `}${i > 0 && j === 0 ? ' ' : ''}${line}`,
    );
    const manifest = number > 0 || edit.manifest === null ? [] : visibleLines(edit.manifest.trimEnd());
    return [...text, ...manifest.map((line) => `${margin}     ${pen.ink(line, 'cyan')}`)];
  });
  const more = also.length > told ? [`and ${counted(also.length - told, 'more change')}`] : [];
  const changes = also.length === 0 ? ['changes nothing else'] : [...also.slice(0, told).map((text) => `also ${text}`), ...more];
  return [...lines, ...changes.flatMap((text) => fold(visible(text), room).map((line) => `${margin}   ${pen.ink(line, 'dim')}`))];
}
