import { kept } from '../kernel/memo.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { NodeRequirement, NodeTerm } from '../model/node-term.ts';
import type { PlacementNode } from './nodes.ts';
import { wholeNumber } from './tolerates.ts';

/** What a pod asks of its node: labels, all of them, and terms, any one of them. */
export interface NodeChoice {
  readonly selector: Labels;
  /** Empty: none is required. */
  readonly terms: readonly NodeTerm[];
}

/** Whether a pod that asks for this may run on the node; of a node to come, whether there is one that it may run on. */
export function fits({ selector, terms }: NodeChoice, node: PlacementNode): boolean {
  const own = Object.entries(selector).map(([key, value]): NodeRequirement => ({ key, operator: 'In', values: [value] }));
  const alternatives = terms.length === 0 ? [{ labels: [], fields: [] }] : terms.filter((t) => t.labels.length + t.fields.length > 0);
  return alternatives.some((term) => {
    const labels = [...own, ...term.labels];
    return node.kind === 'known' ? hasAll(labels, term.fields, node.node.name, node.node.labels) : isPossible([...labels, ...node.must], term.fields);
  });
}

/** The name of a node is among its labels by habit of the kubelet, which a manifest may leave out. */
function hasAll(labels: readonly NodeRequirement[], fields: readonly NodeRequirement[], name: string, given: Labels): boolean {
  return (
    labels.every((r) => meets(r, labelOf(given, r.key) ?? (r.key === 'kubernetes.io/hostname' ? name : undefined))) &&
    fields.every((r) => meets(r, r.key === 'metadata.name' ? name : undefined))
  );
}

/** Source: kubernetes/apimachinery pkg/labels Requirement.Matches; fields: component-helpers nodeaffinity, which knows `In` and `NotIn` of one value. */
function meets({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [its, bound] = [wholeNumber(value ?? ''), wholeNumber(values[0] ?? '')];
      return its !== null && bound !== null && (operator === 'Gt' ? its > bound : its < bound);
    }
  }
}

/** Whether labels and a name exist that meet all of this. Each key is a question of its own. */
function isPossible(labels: readonly NodeRequirement[], fields: readonly NodeRequirement[]): boolean {
  const keys = new Map<string, NodeRequirement[]>();
  for (const one of labels) kept(keys, one.key, () => []).push(one);
  const names = fields.filter((r) => r.key === 'metadata.name');
  return (
    [...keys.values()].every((all) => candidates(all).some((value) => meetsAll(all, value))) &&
    fields.every((r) => r.key === 'metadata.name' || meets(r, undefined)) &&
    candidates(names).some((name) => name !== undefined && meetsAll(names, name))
  );
}

/** As `meets`, of many: long lists of values may stand on both sides. */
function meetsAll(all: readonly NodeRequirement[], value: string | undefined): boolean {
  return all.every((r) => meets(r, value));
}

/** Values among which there is one that meets all requirements on a key, if there is any: absent, listed, near a bound, or like none that is named. */
function candidates(all: readonly NodeRequirement[]): readonly (string | undefined)[] {
  const listed = all.filter((r) => r.operator === 'In').sort((a, b) => a.values.length - b.values.length)[0];
  if (listed !== undefined) return listed.values;
  const shut = new Set(all.flatMap((r) => (r.operator === 'NotIn' ? r.values : [])));
  const near = all
    .filter((r) => r.operator === 'Gt' || r.operator === 'Lt')
    .flatMap((r) => {
      const bound = wholeNumber(r.values[0] ?? '');
      return bound === null ? [] : [nearest(bound, r.operator === 'Gt' ? 1n : -1n, shut)];
    });
  let other = 'x';
  while (shut.has(other)) other += 'x';
  return [undefined, other, ...near];
}

/** The first number beyond a bound that is not shut out. */
function nearest(bound: bigint, step: bigint, shut: ReadonlySet<string>): string {
  let value = bound + step;
  while (shut.has(String(value))) value += step;
  return String(value);
}
