import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Alert, Recording, Site } from '../../src/alerts/alert.ts';

/** A rule that is wrong in one place, as somebody might get it wrong. */
export interface Mutant {
  readonly what: 'label dropped' | 'matcher flipped' | 'comparison flipped' | 'window changed' | 'guard removed' | 'grouping dropped' | 'wait changed';
  /** What stood there, and what stands there now. */
  readonly change: string;
  readonly alert: Alert;
}

/** Text to put in place of a stretch of a query. */
interface Edit {
  readonly what: Mutant['what'];
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const flips: Readonly<Record<string, string>> = { '>': '<', '<': '>', '>=': '<', '<=': '>', '==': '!=', '!=': '==' };
const matcherFlips: Readonly<Record<string, string>> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };
const guards = new Set(['And', 'Or', 'Unless']);

/** Every mutant of an alert for a site. */
export function mutantsOf(alert: Alert, site: Site): readonly Mutant[] {
  const ofExpr = mutations(alert.expr(site)).map((m) => ({ ...m, alert: { ...alert, expr: () => m.text } }));
  const records = alert.records ?? [];
  const ofRecords = records.flatMap((record, at) =>
    mutations(record.expr(site)).map((m) => ({
      ...m,
      alert: { ...alert, records: records.map((r, i): Recording => (i === at ? { ...r, expr: () => m.text } : r)) },
    })),
  );
  const { for: wait, keepFiringFor: keep, ...rest } = alert;
  const ofWaits: readonly Mutant[] = [
    ...(wait === undefined
      ? []
      : [{ what: 'wait changed' as const, change: `for: ${wait} removed`, alert: { ...rest, ...(keep === undefined ? {} : { keepFiringFor: keep }) } }]),
    ...(keep === undefined
      ? []
      : [{ what: 'wait changed' as const, change: `keep_firing_for: ${keep} removed`, alert: { ...rest, ...(wait === undefined ? {} : { for: wait }) } }]),
  ];
  return [...[...ofExpr, ...ofRecords].map(({ what, change, alert: changed }) => ({ what, change, alert: changed })), ...ofWaits];
}

function mutations(query: string): readonly { readonly what: Mutant['what']; readonly change: string; readonly text: string }[] {
  const edits: Edit[] = [];
  parser.parse(query).iterate({ enter: ({ node }) => void edits.push(...editsAt(node, query)) });
  return edits.map(({ what, from, to, text }) => ({
    what,
    change: `${query.slice(Math.max(0, from - 40), from)}[${query.slice(from, to)} → ${text}]${query.slice(to, to + 40)}`,
    text: query.slice(0, from) + text + query.slice(to),
  }));
}

function editsAt(node: SyntaxNode, query: string): readonly Edit[] {
  const textOf = ({ from, to }: SyntaxNode): string => query.slice(from, to);
  switch (node.name) {
    case 'LabelMatchers':
      return [...node.getChildren('UnquotedLabelMatcher')].map((one) => dropped(one, query, 'label dropped'));
    case 'MatchOp':
      return [{ what: 'matcher flipped', from: node.from, to: node.to, text: matcherFlips[textOf(node)] ?? '' }];
    case 'GroupingLabels': {
      const labels = node.getChildren('LabelName');
      return labels.length < 2 ? [] : labels.map((one) => dropped(one, query, 'grouping dropped'));
    }
    case 'MatrixSelector': {
      const window = node.getChild('DurationExpr');
      return window === null ? [] : windows(window, textOf(window));
    }
    case 'OffsetDurationExpr':
      return windows(node, textOf(node));
    case 'BinaryExpr': {
      const [left, operator] = [node.firstChild, node.firstChild?.nextSibling];
      const right = node.lastChild;
      if (left == null || operator == null || right == null) return [];
      const flip = flips[textOf(operator)];
      if (flip !== undefined) return [{ what: 'comparison flipped', from: operator.from, to: operator.to, text: flip }];
      if (!guards.has(operator.name)) return [];
      const keep = (side: SyntaxNode): Edit => ({ what: 'guard removed', from: node.from, to: node.to, text: `(${textOf(side)})` });
      return operator.name === 'Or' ? [keep(left), keep(right)] : [keep(left)];
    }
    default:
      return [];
  }
}

/** One of a list, with a comma beside it. */
function dropped({ from, to }: SyntaxNode, query: string, what: Mutant['what']): Edit {
  const after = /^\s*,/.exec(query.slice(to, to + 10))?.[0].length ?? 0;
  const before = after > 0 ? 0 : (/,\s*$/.exec(query.slice(Math.max(0, from - 10), from))?.[0].length ?? 0);
  return { what, from: from - before, to: to + after, text: '' };
}

/** Half and double. */
function windows({ from, to }: SyntaxNode, text: string): readonly Edit[] {
  const amount = Number.parseInt(text, 10);
  const seconds = amount * ({ s: 1, m: 60, h: 3600, d: 86400 }[text.at(-1) ?? 's'] ?? 1);
  return [seconds / 2, seconds * 2].map((changed) => ({ what: 'window changed', from, to, text: `${Math.round(changed)}s` }));
}
