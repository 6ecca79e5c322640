import type { Origin } from '../kernel/origin.ts';
import type { Refuse } from './cannot-say.ts';
import { type LabelSelector, selectorText } from './labels.ts';
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

/** The inverse of `namespacesBy`: the selector that means the same. What hangs on the pod that the policy is about has none, and is refused. */
export function namespaceSelector(match: NamespaceMatch, origin: Origin, refuse: Refuse): LabelSelector {
  switch (match.kind) {
    case 'labelled':
      return match.selector;
    case 'named':
      return { requirements: [{ key: namespaceNameLabel, operator: 'In', values: [match.name] }] };
    case 'as-subject':
      refuse(origin, 'namespaces by what they have in common with that of the pod the policy is about.', 'Make a policy for each namespace.');
      return { requirements: [] };
  }
}

/** Namespaces as text, for people: a name, a selector, or what they share with the namespace of the policy's subject. */
export function namespacesText(match: NamespaceMatch): string {
  switch (match.kind) {
    case 'named':
      return match.name;
    case 'labelled':
      return selectorText(match.selector);
    case 'as-subject':
      return match.sameLabels === null ? 'the same namespace' : `namespaces with the same ${match.sameLabels.join(', ')}`;
  }
}
