import type { Locator } from '../kernel/origin.ts';
import type { Packet, Verdict } from '../model/verdict.ts';
import { markdownCode, markdownTable, markdownText } from './markdown-escape.ts';
import { endpointText, transportText } from './party-text.ts';
import { placeOf } from './place.ts';

/** A packet in a line: `a` to `b` on `TCP 443`. */
export function packetMarkdown(packet: Packet): string {
  return `${markdownCode(endpointText(packet.from))} → ${markdownCode(endpointText(packet.to))} on ${markdownCode(transportText(packet))}`;
}

/** Both sides of a verdict as a table of steps, with what is not known below. */
export function verdictMarkdown(verdict: Verdict, locator: Locator): string[] {
  const rows = [verdict.egress, verdict.ingress].flatMap((side) => [
    [`**${side.direction}**`, `**${side.decision}**`, markdownText(side.because), ''],
    ...side.steps.map((step) => [
      `${step.tier} tier`,
      step.outcome,
      `${markdownCode(step.policy)} ${markdownText(step.because)}`,
      markdownCode(placeOf(step.origin, locator) ?? ''),
    ]),
  ]);
  const gaps = verdict.gaps.map((gap) => `- not known: ${markdownText(gap.text)}; ${markdownText(gap.mend)}`);
  return [...markdownTable(['Side', 'Outcome', 'Because', 'Where'], rows), ...(gaps.length === 0 ? [] : ['', ...gaps])];
}
