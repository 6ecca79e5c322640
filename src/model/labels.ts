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

/** A conjunction of requirements; without any it selects everything. matchLabels are lowered to `In` with one value. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
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
  return selector.requirements.every((r) => {
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
  });
}

/** Canonical text of a selector, fit as a map key and for people: `app=web,tier in (a,b),!debug`; the empty selector is `<everything>`. */
export function selectorText(selector: LabelSelector): string {
  if (selector.requirements.length === 0) return '<everything>';
  return selector.requirements
    .map((r) => {
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
    })
    .sort(compareText)
    .join(',');
}
