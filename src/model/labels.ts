import { compareText } from '../kernel/stable.ts';

/** Kubernetes labels: key to value. A plain object; read it with `labelOf`, never by index, so that keys such as `constructor` are safe. */
export type Labels = Readonly<Record<string, string>>;

export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** One requirement on one key. `values` is non-empty for In and NotIn and empty otherwise. Source: kubernetes/apimachinery meta/v1 LabelSelectorRequirement. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/**
 * What label selectors of the Kubernetes API cannot say and other languages can (Calico: `||`, `!`, `contains`, `starts with`, `ends with`).
 * `text` needs the label to be present.
 */
export type SelectorTerm =
  | { readonly kind: 'any-of'; readonly selectors: readonly LabelSelector[] }
  | { readonly kind: 'not'; readonly selector: LabelSelector }
  | { readonly kind: 'text'; readonly key: string; readonly how: 'contains' | 'starts-with' | 'ends-with'; readonly value: string };

/** A conjunction of requirements (and terms); without any it selects everything. matchLabels are lowered to `In` with one value. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  readonly terms?: readonly SelectorTerm[];
}

export const everything: LabelSelector = { requirements: [] };

/** The selector of matchLabels alone. */
export function matchLabels(labels: Labels): LabelSelector {
  return { requirements: Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] })) };
}

/**
 * Whether an object with these labels is selected. NotIn and DoesNotExist also select objects that lack the key.
 * Source: kubernetes/apimachinery labels.Requirement.Matches.
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.requirements.every((r) => meets(r, labels)) && (selector.terms ?? []).every((t) => holds(t, labels));
}

function meets(r: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, r.key);
  switch (r.operator) {
    case 'In':
      return value !== undefined && r.values.includes(value);
    case 'NotIn':
      return value === undefined || !r.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function holds(term: SelectorTerm, labels: Labels): boolean {
  switch (term.kind) {
    case 'any-of':
      return term.selectors.some((s) => selects(s, labels));
    case 'not':
      return !selects(term.selector, labels);
    case 'text': {
      const value = labelOf(labels, term.key);
      if (value === undefined) return false;
      return term.how === 'contains' ? value.includes(term.value) : term.how === 'starts-with' ? value.startsWith(term.value) : value.endsWith(term.value);
    }
  }
}

/** Every selector inside a selector, itself first. */
export function* selectorsWithin(selector: LabelSelector): Generator<LabelSelector> {
  yield selector;
  for (const term of selector.terms ?? []) {
    if (term.kind === 'any-of') for (const s of term.selectors) yield* selectorsWithin(s);
    else if (term.kind === 'not') yield* selectorsWithin(term.selector);
  }
}

/** Canonical text of a selector, fit as a map key and for people: `app=web,tier in (a,b),!debug`; the empty selector is `<everything>`. */
export function selectorText(selector: LabelSelector): string {
  const parts = [...selector.requirements.map(requirementText), ...(selector.terms ?? []).map(termText)];
  return parts.length === 0 ? '<everything>' : parts.sort(compareText).join(',');
}

function requirementText(r: Requirement): string {
  const values = [...r.values].sort(compareText);
  switch (r.operator) {
    case 'In':
      return values.length === 1 ? `${r.key}=${values[0]}` : `${r.key} in (${values.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${r.key}!=${values[0]}` : `${r.key} notin (${values.join(',')})`;
    case 'Exists':
      return r.key;
    case 'DoesNotExist':
      return `!${r.key}`;
  }
}

function termText(term: SelectorTerm): string {
  switch (term.kind) {
    case 'any-of':
      return `(${term.selectors.map(selectorText).sort(compareText).join(' || ')})`;
    case 'not':
      return `!(${selectorText(term.selector)})`;
    case 'text':
      return `${term.key} ${term.how.replace('-', ' ')} ${JSON.stringify(term.value)}`;
  }
}
