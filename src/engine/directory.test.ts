import { expect, test } from 'vitest';
import { clusterNode, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import { directoryOf, nodeName, podLabels, seenLabels } from './directory.ts';

test('nodes are found by name and by address, and a name wins over the address of another', () => {
  const directory = directoryOf(snapshotOf({ nodes: [clusterNode('n1', { addresses: ['10.0.0.1', 'n2'] }), clusterNode('n2', { addresses: ['10.0.0.2'] })] }));
  expect(['n1', '10.0.0.1', 'n2', '10.0.0.2', 'n3', null].map((word) => nodeName(directory, word))).toEqual(['n1', 'n1', 'n2', 'n2', 'n3', null]);
});

test('index labels count from where they start, and go over labels of the template', () => {
  const indexed = workload('w', {
    labels: { app: 'w', index: 'x' },
    perPodLabels: [
      { key: 'index', prefix: '', start: 5 },
      { key: 'name', prefix: 'w-', start: 5 },
    ],
    replicas: 2,
  });
  expect([0, 1].map((replica) => podLabels(indexed, replica))).toEqual([
    { app: 'w', index: '5', name: 'w-5' },
    { app: 'w', index: '6', name: 'w-6' },
  ]);
  expect(podLabels(workload('w'), 3)).toEqual({ app: 'w' });
});

test('labels that the CNI does not see are gone', () => {
  expect(seenLabels({ unseenLabel: (key) => key.startsWith('x/') }, { 'x/a': '1', b: '2' })).toEqual({ b: '2' });
});
