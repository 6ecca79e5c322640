import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { profileOf } from './profiles.ts';
import { reach } from './reach.ts';

const pod = (name: string, port: number): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ml, labels: {app: ${name === 'client' ? 'client' : 'server'}}}
spec: {containers: [{name: main, image: a, ports: [{name: http, containerPort: ${port}}]}]}
---`;

test('pods that the same policies select have answers of their own where a rule names a port', () => {
  const text = `${pod('client', 1)}${pod('one', 8080)}${pod('two', 9090)}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: in, namespace: ml}
spec: {podSelector: {matchLabels: {app: server}}, ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: http}]}]}
`;
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile kubernetes');
  const solved = reach(loadSnapshot([{ file: 'cluster.yaml', text }]).snapshot, profile.value);
  const open = (name: string): readonly number[] => {
    const { allowed } = solved.between({ kind: 'workload', id: 'Pod/ml/client' }, { kind: 'workload', id: `Pod/ml/${name}` });
    return [8080, 9090].filter((port) => allowed.has('TCP', port));
  };
  expect([open('one'), open('two'), open('one')]).toEqual([[8080], [9090], [8080]]);
});
