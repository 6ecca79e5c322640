import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeRequirement, NodeTerm } from '../src/model/node-term.ts';
import { fits } from '../src/placement/choice.ts';
import type { NodeToCome } from '../src/placement/nodes.ts';
import { trials } from './runs.ts';

/** Values that tell apart all that the requirements below can: any other behaves like `other`. */
const values = [undefined, 'x', 'y', '0', '1', '2', '3', '4', '5', '6', 'other'];
const names = ['n1', 'n2', 'n3'];

const arbitraryRequirement: fc.Arbitrary<NodeRequirement> = fc
  .record({
    key: fc.constantFrom('a', 'b'),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
    listed: fc.subarray(['x', 'y', '2', '3'], { minLength: 1 }),
    bound: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ key, operator, listed, bound }) => {
    const compared = operator === 'Gt' || operator === 'Lt';
    return { key, operator, values: compared ? [String(bound)] : operator === 'In' || operator === 'NotIn' ? listed : [] };
  });

const arbitraryField: fc.Arbitrary<NodeRequirement> = fc.record({
  key: fc.constant('metadata.name'),
  operator: fc.constantFrom('In', 'NotIn'),
  values: fc.constantFrom(['n1'], ['n2']),
});

const arbitraryTerm: fc.Arbitrary<NodeTerm> = fc.record({
  labels: fc.array(arbitraryRequirement, { maxLength: 4 }),
  fields: fc.array(arbitraryField, { maxLength: 2 }),
});

const arbitraryChoice = fc.record({
  selector: fc.constantFrom<Record<string, string>>({}, { a: 'x' }, { a: '3', b: 'y' }),
  terms: fc.array(arbitraryTerm, { maxLength: 3 }),
});

test('a pod fits on some node to come if and only if there is such a node among all nodes', () => {
  fc.assert(
    fc.property(arbitraryChoice, fc.array(arbitraryRequirement, { maxLength: 2 }), (choice, must) => {
      const toCome: NodeToCome = { kind: 'to-come', title: 'any', must, taints: [] };
      const found = values.some((a) =>
        values.some((b) =>
          names.some((name) => {
            const labels = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
            const known = { kind: 'known', node: { name, labels, taints: [], addresses: [], podCidrs: [], origin: null } } as const;
            const suits = must.length === 0 || fits({ selector: {}, terms: [{ labels: must, fields: [] }] }, known);
            return suits && fits(choice, known);
          }),
        ),
      );
      expect(fits(choice, toCome)).toBe(found);
    }),
    trials(500),
  );
});
