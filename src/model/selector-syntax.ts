import { type Reader, shown } from '../kernel/reader.ts';
import { isLabelKey, isLabelValue } from './label-syntax.ts';
import type { LabelSelector, Requirement } from './labels.ts';

/** One requirement together with the place that a diagnostic about it points at. */
export interface PlacedRequirement {
  readonly requirement: Requirement;
  readonly at: Reader;
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/**
 * The requirements of a `metav1.LabelSelector` in document order, matchLabels first; an absent or wrong one has none. Every rule of the API server is
 * checked at its place: unknown fields, keys, values, operators, values where there must be some or none.
 * `bareKey` strips what a dialect writes before a label key (Cilium: `k8s:`) before the key is checked.
 * Source: kubernetes/apimachinery meta/v1/validation ValidateLabelSelector.
 */
export function readRequirements(selector: Reader, bareKey: (key: string) => string = (key) => key): readonly PlacedRequirement[] {
  if (!selector.object(['matchLabels', 'matchExpressions'], {}, 'Put labels under matchLabels.')) return [];
  const out: PlacedRequirement[] = [];
  const matchLabels = selector.field('matchLabels');
  for (const [key, value] of Object.entries(matchLabels.textMap() ?? {})) {
    const at = matchLabels.field(key);
    checkKey(at, key, bareKey);
    checkValue(at, value);
    out.push({ requirement: { key, operator: 'In', values: [value] }, at });
  }
  for (const at of selector.field('matchExpressions').each()) {
    const requirement = readExpression(at, bareKey);
    if (requirement !== undefined) out.push({ requirement, at });
  }
  return out;
}

/** A `metav1.LabelSelector` as the model has it; see `readRequirements`. */
export function readSelector(selector: Reader): LabelSelector {
  return { requirements: readRequirements(selector).map((r) => r.requirement) };
}

function readExpression(at: Reader, bareKey: (key: string) => string): Requirement | undefined {
  if (at.absent) at.error('missing-field', 'This requirement is empty; expected key, operator and values.');
  if (!at.object(['key', 'operator', 'values'])) return undefined;
  if (at.required('key')) checkKey(at.field('key'), at.field('key').string() ?? '', bareKey);
  at.required('operator');
  const key = at.field('key').string();
  const operator = at.field('operator').oneOf(operators);
  const values: string[] = [];
  for (const item of at.field('values').each()) {
    if (item.absent) item.error('wrong-type', 'A value is nothing; expected a string.');
    const value = item.string();
    if (value === undefined) continue;
    checkValue(item, value);
    values.push(value);
  }
  if (key === undefined || operator === undefined) return undefined;
  const list = at.field('values').value;
  const given = Array.isArray(list) && list.length > 0;
  if ((operator === 'In' || operator === 'NotIn') && !given) {
    at.field('values').error('missing-values', `${operator} needs at least one value; ${shown(key)} has none.`, 'Add values, or use Exists or DoesNotExist.');
    return undefined;
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && given) {
    at.field('values').error(
      'unexpected-values',
      `${operator} takes no values; ${shown(key)} has some.`,
      `Remove values, or use ${operator === 'Exists' ? 'In' : 'NotIn'}.`,
    );
  }
  return { key, operator, values };
}

function checkKey(at: Reader, key: string, bareKey: (key: string) => string): void {
  if (isLabelKey(bareKey(key))) return;
  at.error(
    'bad-label-key',
    `${shown(key)} is no label key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or "." between letters or digits.`,
  );
}

function checkValue(at: Reader, value: string): void {
  if (isLabelValue(value)) return;
  at.error('bad-label-value', `${shown(value)} is no label value; expected at most 63 letters, digits, "-", "_" or "." between letters or digits, or nothing.`);
}

// JavaScript puts keys that look like whole numbers first, whatever their place; they would come back in another order.
const reordered = /^\d+$/;

/**
 * The inverse of `readSelector`: a plain `metav1.LabelSelector`. Requirements keep their order: the first ones that say `key = value`, each of its own key,
 * become matchLabels, the others matchExpressions. `writeKey` adds what a dialect puts before a key.
 */
export function writeSelector(selector: LabelSelector, writeKey: (key: string) => string = (key) => key): Readonly<Record<string, unknown>> {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: Record<string, unknown>[] = [];
  for (const r of selector.requirements) {
    const key = writeKey(r.key);
    const [value] = r.values;
    const simple = r.operator === 'In' && r.values.length === 1 && value !== undefined;
    if (simple && matchExpressions.length === 0 && !Object.hasOwn(matchLabels, key) && !reordered.test(key)) matchLabels[key] = value;
    else matchExpressions.push({ key, operator: r.operator, ...(r.values.length === 0 ? {} : { values: [...r.values] }) });
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}
