import type { Decision, Packet, Side, Step, Verdict } from '../model/verdict.ts';
import type { TextContext } from './context.ts';
import { endpointText, transportText } from './party-text.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { displayWidth, fold } from './width.ts';

export const decisionInks: Readonly<Record<Decision, readonly Ink[]>> = {
  allowed: ['green', 'bold'],
  denied: ['red', 'bold'],
  unknown: ['yellow', 'bold'],
  ambiguous: ['magenta', 'bold'],
};

const outcomeInks: Readonly<Record<Step['outcome'], readonly Ink[]>> = {
  allow: ['green'],
  deny: ['red'],
  pass: ['blue'],
  'no-match': ['dim'],
  maybe: ['yellow'],
};

/** A packet as a journey in a line: who, what became of it, to whom, on what. */
export function journeyText(packet: Packet, decision: Decision, { pen }: TextContext): string {
  const arrow = decision === 'allowed' ? pen.glyphs.arrow : decision === 'denied' ? pen.glyphs.blocked : pen.glyphs.maybe;
  return `${endpointText(packet.from)} ${pen.ink(arrow, ...decisionInks[decision])} ${endpointText(packet.to)}  ${pen.ink(transportText(packet), 'cyan')}`;
}

/** The same, indented, and broken before the arrow where it is too wide, and before the transport where the rest still is. */
export function journeyLines(packet: Packet, decision: Decision, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const whole = `${margin}${journeyText(packet, decision, context)}`;
  if (displayWidth(whole) <= pen.style.width) return [whole];
  const room = pen.style.width - indent;
  const from = fold(endpointText(packet.from), room);
  const rest = journeyText(packet, decision, context).slice(endpointText(packet.from).length + 1);
  if (displayWidth(rest) + 2 <= room) return [...from.map((line) => `${margin}${line}`), `${margin}  ${rest}`];
  const arrow = rest.slice(0, rest.indexOf(endpointText(packet.to)));
  const to = fold(endpointText(packet.to), room - 2 - displayWidth(arrow)).map((line, i) => `${i === 0 ? arrow : ' '.repeat(displayWidth(arrow))}${line}`);
  return [...from.map((line) => `${margin}${line}`), ...[...to, pen.ink(transportText(packet), 'cyan')].map((line) => `${margin}  ${line}`)];
}

/** Both sides of a verdict, rule by rule, then what is not known and what limits the meaning. */
export function verdictLines(verdict: Verdict, indent: number, context: TextContext): string[] {
  return [...sideLines(verdict.egress, indent, context), ...sideLines(verdict.ingress, indent, context), ...limitLines(verdict, indent, context)];
}

/** The rules alone, for a verdict whose walk is told already: each with its place, and what it says beyond its outcome. */
export function ruleLines(verdict: Verdict, indent: number, context: TextContext): string[] {
  const steps = [verdict.egress, verdict.ingress].flatMap((side) => side.steps.map((step) => ({ ...step, because: news(step, side.direction) })));
  return [...steps.flatMap((step) => stepLines(step, indent, context)), ...limitLines(verdict, indent, context)];
}

/** That nothing matched is the outcome itself. */
function news(step: Step, direction: Side['direction']): string {
  return step.outcome === 'no-match' && step.because === `selects it for ${direction}, and none of its rules matches` ? '' : step.because;
}

function limitLines(verdict: Verdict, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const room = pen.style.width - indent - 2;
  const gaps = verdict.gaps.flatMap((gap) =>
    fold(`${visible(gap.text)}; ${visible(gap.mend)}`, room - 11).map(
      (line, i) => `${margin}${pen.ink(i === 0 ? 'not known  ' : '           ', 'yellow')}${line}`,
    ),
  );
  const limits =
    verdict.qualifiers.length === 0
      ? []
      : fold(verdict.qualifiers.map((q) => qualifierTexts[q]).join('; '), room - 11).map(
          (line, i) => `${margin}${i === 0 ? pen.ink('limits', 'yellow') : '      '}     ${line}`,
        );
  return [...gaps, ...limits];
}

const qualifierTexts: Readonly<Record<Verdict['qualifiers'][number], string>> = {
  'modulo-dns': 'as far as DNS answers are true (modulo-dns)',
  'shared-ip': 'other names share these addresses (shared-ip)',
  ungoverned: 'no policy governs this path (ungoverned)',
  'l7-only': 'narrowed only above L4 (l7-only)',
};

function sideLines(side: Side, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const head = `${margin}${side.direction === 'egress' ? 'egress ' : 'ingress'}  ${pen.ink(side.decision, ...decisionInks[side.decision])}`;
  const because = fold(visible(side.because), Math.max(20, pen.style.width - indent - 11 - side.decision.length));
  const first = because[0] === '' ? head : `${head}  ${pen.ink(because[0] ?? '', 'dim')}`;
  const rest = because.slice(1).map((line) => `${margin}         ${' '.repeat(side.decision.length)}  ${pen.ink(line, 'dim')}`);
  return [first, ...rest, ...side.steps.flatMap((step) => stepLines(step, indent + 2, context))];
}

function stepLines(step: Step, indent: number, context: TextContext): string[] {
  const { pen } = context;
  const margin = ' '.repeat(indent);
  const outcome = step.outcome.padEnd(8);
  const place = placeOf(step.origin, context.locator) ?? '';
  const under = step.tier.length + 3;
  const sign = `${margin}${pen.ink(`[${step.tier}]`, 'dim')} ${pen.ink(outcome, ...outcomeInks[step.outcome])} `;
  const room = pen.style.width - displayWidth(sign);
  const policy = visible(step.policy);
  const fits = displayWidth(policy) + 2 + displayWidth(place) <= room;
  const head = fold(policy, Math.max(20, room)).map((line, i) => `${i === 0 ? sign : ' '.repeat(displayWidth(sign))}${pen.ink(line, 'bold')}`);
  const lines = (text: string): string[] => fold(text, Math.max(20, pen.style.width - indent - under)).map((line) => `${margin}${' '.repeat(under)}${line}`);
  return [
    ...(fits ? [`${head[0]}  ${pen.ink(place, 'dim')}`.trimEnd()] : head),
    ...(fits || place === '' ? [] : lines(place)),
    ...(step.because === '' ? [] : lines(visible(step.because))),
  ];
}
