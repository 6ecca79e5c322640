import type { Reader } from '../kernel/reader.ts';
import type { NodeRequirement, NodeTerm } from '../model/node-term.ts';

/** The terms that scheduling requires, any one of which must match a node. Preferences keep no pod off a node. Source: kubernetes/api core/v1 NodeAffinity. */
export function readNodeAffinity(nodeAffinity: Reader): readonly NodeTerm[] {
  return nodeAffinity
    .field('requiredDuringSchedulingIgnoredDuringExecution')
    .field('nodeSelectorTerms')
    .each()
    .map((term) => ({
      labels: term.field('matchExpressions').each().flatMap(readRequirement),
      fields: term.field('matchFields').each().flatMap(readRequirement),
    }));
}

function readRequirement(at: Reader): readonly NodeRequirement[] {
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
  const compared = operator === 'Gt' || operator === 'Lt';
  if (compared && (values.length !== 1 || !/^-?\d{1,19}$/.test(values[0] ?? '')))
    at.error('not-a-number', `${operator} needs one value, a whole number.`, 'Write one number in quotes.');
  return [{ key, operator, values: listed || compared ? values : [] }];
}
