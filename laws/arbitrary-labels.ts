import fc from 'fast-check';
import type { LabelSelector, Labels, Requirement } from '../src/model/labels.ts';

const keys = ['app', 'tier', 'index'] as const;
const values = ['a', 'b', '0', '1'] as const;

export const arbitraryLabels: fc.Arbitrary<Labels> = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 });

const arbitraryRequirement: fc.Arbitrary<Requirement> = requirement(keys, values);

/** Requirements on few keys and values; the empty selector is common. */
export const arbitrarySelector: fc.Arbitrary<LabelSelector> = fc.array(arbitraryRequirement, { maxLength: 2 }).map((requirements) => ({ requirements }));

/** The same for namespaces, whose name is a label. */
export const arbitraryNamespaceSelector: fc.Arbitrary<LabelSelector> = fc
  .array(fc.oneof(requirement(['env', 'team'], ['a', 'b']), requirement(['kubernetes.io/metadata.name'], ['ml', 'prod', 'edge'])), { maxLength: 2 })
  .map((requirements) => ({ requirements }));

export const arbitraryNodeSelector: fc.Arbitrary<LabelSelector> = fc
  .array(requirement(['role'], ['gpu', 'cpu']), { maxLength: 1 })
  .map((requirements) => ({ requirements }));

function requirement(ofKeys: readonly string[], ofValues: readonly string[]): fc.Arbitrary<Requirement> {
  return fc.oneof(
    fc.record({
      key: fc.constantFrom(...ofKeys),
      operator: fc.constantFrom('In' as const, 'NotIn' as const),
      values: fc.uniqueArray(fc.constantFrom(...ofValues), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ key: fc.constantFrom(...ofKeys), operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
  );
}
