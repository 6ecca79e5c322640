import type { LabelSelector } from './labels.ts';
import type { NamespaceMatch } from './policy.ts';

/** The label that the control plane sets on every namespace to its name. Source: kubernetes.io, Namespaces, Automatic labelling. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** Namespaces by their labels, in the one form that the model uses: a selector that only names a single namespace becomes `named`. */
export function namespacesBy(selector: LabelSelector): NamespaceMatch {
  const [only] = selector.requirements;
  const [name] = only?.values ?? [];
  const naming = selector.requirements.length === 1 && only?.key === namespaceNameLabel && only.operator === 'In' && only.values.length === 1;
  return naming && name !== undefined ? { kind: 'named', name } : { kind: 'labelled', selector };
}

/** The inverse of `namespacesBy`: the selector that means the same. */
export function namespaceSelector(match: NamespaceMatch): LabelSelector {
  return match.kind === 'labelled' ? match.selector : { requirements: [{ key: namespaceNameLabel, operator: 'In', values: [match.name] }] };
}
