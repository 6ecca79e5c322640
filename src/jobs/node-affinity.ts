import type { Reader } from '../kernel/reader.ts';
import type { LabelSelector, Requirement } from '../model/labels.ts';

/**
 * The terms that scheduling requires, any one of which must match a node; expressions and fields of a term are all required. Fields keep their name
 * (`metadata.name`). Gt and Lt cannot be said in labels: they become Exists, which they imply. A term without requirements matches no node.
 * Source: kubernetes/api core/v1 NodeSelectorTerm; component-helpers nodeaffinity.isEmptyNodeSelectorTerm.
 */
export function readNodeAffinity(nodeAffinity: Reader): readonly LabelSelector[] {
  return nodeAffinity.field('requiredDuringSchedulingIgnoredDuringExecution').field('nodeSelectorTerms').each().map(readTerm);
}

function readTerm(term: Reader): LabelSelector {
  const requirements = [...term.field('matchExpressions').each(), ...term.field('matchFields').each()].flatMap(readRequirement);
  return { requirements: requirements.length === 0 ? impossible : requirements };
}

const impossible: readonly Requirement[] = [
  { key: 'metadata.name', operator: 'Exists', values: [] },
  { key: 'metadata.name', operator: 'DoesNotExist', values: [] },
];

function readRequirement(at: Reader): readonly Requirement[] {
  at.required('key');
  at.required('operator');
  const key = at.field('key').string();
  const operator = at.field('operator').oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']);
  const values = at
    .field('values')
    .each()
    .flatMap((v) => v.string() ?? []);
  if (key === undefined || operator === undefined) return [];
  const listed = operator === 'In' || operator === 'NotIn';
  if (listed && values.length === 0) at.error('missing-values', `${operator} needs at least one value.`, 'Add values, or use Exists or DoesNotExist.');
  return [{ key, operator: operator === 'Gt' || operator === 'Lt' ? 'Exists' : operator, values: listed ? values : [] }];
}
