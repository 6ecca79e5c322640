import type { Locator } from '../kernel/origin.ts';
import type { Advice } from '../model/advice.ts';
import type { ClaimAdvice } from '../model/claim.ts';
import type { PreflightPatch } from '../model/preflight-report.ts';
import { claimAdviceEffects } from './advice-text.ts';
import { markdownCode, markdownFence, markdownText } from './markdown-escape.ts';
import { placeOf } from './place.ts';
import { visibleLines } from './visible.ts';
import { counted } from './words.ts';

/** So many other changes of one proposal are listed; the JSON report has all. */
const told = 10;

/** Advice as Markdown: why, then each proposal with its manifests and all else that it changes. */
export function adviceMarkdown({ goal, because, proposals }: Advice, locator: Locator): string[] {
  return [
    '',
    `**To ${goal}:**`,
    '',
    ...because.map((text) => `- ${markdownText(text)}`),
    ...proposals.flatMap(({ edits, also }, i) => [
      '',
      ...edits.flatMap(({ text, origin, manifest }) => {
        const place = placeOf(origin, locator);
        return [
          `Proposal ${i + 1}: ${markdownText(text)}${place === null ? '' : ` (${markdownCode(place)})`}`,
          '',
          ...(manifest === null ? [] : [...markdownFence(visibleLines(manifest.trimEnd()), 'yaml'), '']),
        ];
      }),
      ...(also.length === 0 ? ['Changes nothing else.'] : also.slice(0, told).map((text) => `- also ${markdownText(text)}`)),
      ...(also.length > told ? [`- and ${counted(also.length - told, 'more change')}`] : []),
    ]),
  ];
}

/** The policies of a patch as one YAML stream that can be pasted. */
export function patchMarkdown({ edits }: PreflightPatch): string[] {
  return markdownFence(visibleLines(edits.map((e) => (e.manifest ?? '').trimEnd()).join('\n---\n')), 'yaml');
}

/** The advice of a claim: its edit, without the reasons, for they stand above it; then what becomes of the claims. */
export function claimAdviceMarkdown(advice: ClaimAdvice, locator: Locator): string[] {
  const lines = adviceMarkdown({ ...advice, because: [] }, locator).slice(3);
  return [`**To ${advice.goal}:**`, ...lines, ...claimAdviceEffects(advice).map((text) => `- ${markdownText(text)}`)];
}
