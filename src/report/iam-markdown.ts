import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { asClaimResult, type IamClaim, type IamReport } from '../model/iam-report.ts';
import type { IamWitness } from '../model/iam-witness.ts';
import { diagnosticsMarkdown } from './diagnostic-markdown.ts';
import { claimTally } from './headline.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { placeOf } from './place.ts';

const signs: Readonly<Record<IamClaim['status'], string>> = { holds: '✅', fails: '❌', undecided: '❔' };

/** The claims about identities as a pull-request comment. */
export function iamMarkdown(report: IamReport, locator: Locator, diagnostics: readonly Diagnostic[] = []): string {
  const zones = report.zones.flatMap(({ zone, claims, notCovered }) => [
    [`## Ringfence: identities of zone ${markdownCode(zone)}, ${claimTally({ zone, claims: claims.map(asClaimResult), notCovered }, diagnostics)}`],
    markdownTable(
      ['', 'Group', 'Claim'],
      claims.map((c) => [signs[c.status], c.group, markdownText(c.title)]),
    ),
    ...claims.filter((c) => c.status !== 'holds').map((c) => claimDetails(c, locator)),
    notCovered.length === 0 ? [] : ['Not covered:', '', ...notCovered.map((text) => `- ${markdownText(text)}`)],
  ]);
  const foot = markdownDetails('What this rests on', [
    ...report.taken.map(({ name, as }) => `- ${markdownCode(name)}: ${markdownText(as)}`),
    ...report.assumptions.map((a) => `- ${markdownText(a)}`),
  ]);
  return fitted([...zones, diagnosticsMarkdown(diagnostics, locator), foot]);
}

function claimDetails(claim: IamClaim, locator: Locator): string[] {
  const reasons = claim.reasons.map((reason) => `- ${markdownText(reason)}`);
  const body = [
    ...reasons,
    ...(reasons.length > 0 ? [''] : []),
    ...claim.witnesses.slice(0, 2).flatMap((w) => [...witnessMarkdown(w, locator), '']),
    ...(claim.fix === null ? [] : [`**Fix.** ${markdownText(claim.fix)}`]),
  ];
  return markdownDetails(`${signs[claim.status]} ${markdownCode(claim.id)}`, body);
}

/** One request and the statements about it. */
export function witnessMarkdown(witness: IamWitness, locator: Locator): string[] {
  return [
    markdownText(witness.story),
    '',
    `- ${markdownCode(witness.action)} on ${markdownCode(witness.resource)}: **${witness.decision}**`,
    `- by ${markdownText(witness.caller)}`,
    ...witness.keys.slice(0, 12).map(({ key, values }) => `- ${markdownCode(key)} = ${values.map(markdownCode).join(', ')}`),
    ...witness.steps.slice(0, 6).map(({ title, effect, origin }) => `- ${effect}: ${markdownText(title)} (${markdownCode(placeOf(origin, locator) ?? '')})`),
  ];
}
