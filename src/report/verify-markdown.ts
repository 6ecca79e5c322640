import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ClaimResult } from '../model/claim.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { claimAdviceMarkdown } from './advice-markdown.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { fabricWayMarkdown } from './fabric-way.ts';
import { findingBlocks } from './finding-markdown.ts';
import { claimTally, unreadKinds } from './headline.ts';
import { witnessMarkdown } from './iam-markdown.ts';
import { landingText } from './landing.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { ifPromotedMarkdown, promotedSuffix } from './staged.ts';
import { packetMarkdown, verdictMarkdown } from './verdict-markdown.ts';

const signs: Readonly<Record<ClaimResult['status'], string>> = { holds: '✅', fails: '❌', undecided: '❔' };

/** The claims of each zone as a pull-request comment: tally, a table of claims, a folded block for each that does not hold, then findings. */
export function verifyMarkdown(report: VerifyReport, locator: Locator, diagnostics: readonly Diagnostic[] = []): string {
  const kinds = unreadKinds(report.unread);
  const zones = report.zones.flatMap((zone) => [
    [
      `## Ringfence: zone ${markdownCode(zone.zone)}${promotedSuffix(report.staged)}, ${claimTally(zone, diagnostics)}`,
      ...incompleteMarkdown(diagnostics).flatMap((line) => (line === '' ? [] : ['', line])),
    ],
    markdownTable(
      ['', 'Group', 'Claim'],
      [...zone.claims].sort(failuresFirst).map((c) => [signs[c.status], c.group, markdownText(c.title)]),
    ),
    ...zone.claims.filter((c) => c.status !== 'holds').map((c) => claimDetails(c, locator)),
    zone.notCovered.length === 0 ? [] : ['Not covered:', '', ...zone.notCovered.map((text) => `- ${markdownText(text)}`)],
  ]);
  const foot = markdownDetails('What this rests on', [
    `Profile ${markdownCode(report.profile)}.`,
    '',
    ...report.assumptions.map((a) => `- ${markdownText(a)}`),
  ]);
  const missing = [
    diagnosticsMarkdown(diagnostics, locator),
    kinds === null ? [] : [`Not read: ${markdownText(kinds)}. What they make is not in the picture.`],
  ];
  return fitted([...zones, ifPromotedMarkdown(report.staged), ...missing, ...findingBlocks(report.findings, locator), foot]);
}

function failuresFirst(a: ClaimResult, b: ClaimResult): number {
  const order = { fails: 0, undecided: 1, holds: 2 } as const;
  return order[a.status] - order[b.status];
}

function claimDetails(claim: ClaimResult, locator: Locator): string[] {
  const examples = claim.counterexamples
    .slice(0, 2)
    .flatMap((c) => [packetMarkdown(c.packet), '', markdownText(c.story), '', ...verdictMarkdown(c.verdict, locator), '']);
  const requests = (claim.requests ?? []).slice(0, 2).flatMap((r) => [...witnessMarkdown(r, locator), '']);
  const ways = (claim.ways ?? []).slice(0, 2).flatMap((way) => [...fabricWayMarkdown(way, locator), '']);
  const because = [...(claim.landings ?? []).map((l) => landingText(l, locator)), ...claim.reasons];
  const reasons = because.map((reason) => `- ${markdownText(reason)}`);
  const fix = claim.fix === null ? [] : [`**Fix.** ${markdownText(claim.fix)}`, ''];
  const advice = claim.advice === undefined || claim.advice.proposals.length === 0 ? [] : [...claimAdviceMarkdown(claim.advice, locator), ''];
  const body = [...reasons, ...(reasons.length > 0 ? [''] : []), ...examples, ...requests, ...ways, ...fix, ...advice];
  return markdownDetails(`${signs[claim.status]} ${markdownCode(claim.id)}`, body.slice(0, -1));
}
