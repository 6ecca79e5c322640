import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { halfOpenRules } from './half-open-rules.ts';

const pod = (namespace: string, name: string, labels: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}\nspec: {containers: [{name: c, image: i}]}\n`;
const policy = (namespace: string, name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;

test('a passage that is shut for the last of many pods is found', () => {
  const found = profileOf('calico');
  if (!found.ok) throw new Error('no profile');
  const stores = Array.from({ length: 20 }, (_, i) => pod('data', `store-${i}`, `app: store, nth: "${i}"`));
  const text = [
    pod('ml', 'trainer', 'app: trainer'),
    ...stores,
    policy('ml', 'out', '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: store}}}]}]}'),
    policy('data', 'shut', '{podSelector: {matchLabels: {nth: "9"}}, policyTypes: [Ingress]}'),
  ].join('---\n');
  const { snapshot } = loadSnapshot([{ file: 'c.yaml', text }]);
  const open = halfOpenRules(reach(snapshot, found.value), new Set(['Pod/ml/trainer']));
  expect(open.map((o) => o.to.name)).toEqual(['store-9']);
});
