import { type Labels, labelOf, selectorText, selects } from '../model/labels.ts';
import { namespaceNameLabel } from '../model/namespace-match.ts';
import type { NamespaceMatch } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { and, type Match, maybe, no, yes } from './matching.ts';

/** Labels of a namespace that is only implied are not known, all but its name. `own` is the namespace of the subject; null where it has none. */
export function matchNamespace(snapshot: Snapshot, match: NamespaceMatch, namespace: string, own: string | null = null): Match {
  if (match.kind === 'named') return match.name === namespace ? yes : no;
  if (match.kind === 'as-subject') return own === null ? no : matchAsSubject(snapshot, match.sameLabels, namespace, own);
  const found = snapshot.namespaces.get(namespace);
  const labels: Labels = found?.labels ?? { 'kubernetes.io/metadata.name': namespace };
  const known = (key: string): boolean =>
    key === 'kubernetes.io/metadata.name' || (found !== undefined && found.origin !== null) || labelOf(labels, key) !== undefined;
  const { requirements, terms = [] } = match.selector;
  const whole = found !== undefined && found.origin !== null;
  if (!selects({ requirements: requirements.filter((r) => known(r.key)), terms: whole ? terms : [] }, labels)) return no;
  if (requirements.every((r) => known(r.key)) && (whole || terms.length === 0)) return yes;
  return maybe(
    'namespace-labels',
    `labels of namespace ${namespace} (asked for: ${selectorText(match.selector)})`,
    `give the Namespace object of ${namespace}`,
  );
}

/** The namespace of the subject itself, or one with the same values of all these labels; a namespace that lacks one is like none, not even itself. */
function matchAsSubject(snapshot: Snapshot, sameLabels: readonly string[] | null, namespace: string, own: string): Match {
  if (sameLabels === null) return namespace === own ? yes : no;
  const found: Match[] = [];
  for (const key of sameLabels) {
    const [a, b] = [namespaceLabel(snapshot, own, key), namespaceLabel(snapshot, namespace, key)];
    if (a === undefined || b === undefined || (a !== null && b !== null && a !== b)) return no;
    for (const [name, value] of [[own, a] as const, [namespace, b] as const])
      if (value === null) found.push(maybe('namespace-labels', `label ${key} of namespace ${name}`, `give the Namespace object of ${name}`));
  }
  return found.reduce(and, yes);
}

/** The value of a label of a namespace; undefined when it has none, null when that is not known. */
export function namespaceLabel(snapshot: Snapshot, name: string, key: string): string | undefined | null {
  if (key === namespaceNameLabel) return name;
  const found = snapshot.namespaces.get(name);
  const value = found === undefined ? undefined : labelOf(found.labels, key);
  return value === undefined && (found?.origin ?? null) === null ? null : value;
}
