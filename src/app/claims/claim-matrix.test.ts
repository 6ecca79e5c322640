import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { type Reachability, type ReachParty, reach } from '../../engine/reach.ts';
import type { Direction } from '../../model/policy.ts';
import { loadSnapshot } from '../load.ts';
import { othersOf, outsideContacts } from './claim-matrix.ts';

const policy = (name: string, app: string, rules: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ml}
spec: {podSelector: {matchLabels: {app: ${app}}}, policyTypes: [Ingress, Egress], ${rules}}
---`;
const pod = (app: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${app}, namespace: ml, labels: {app: ${app}}}
spec: {containers: [{name: main, image: x, ports: [{name: http, containerPort: 8080}]}]}
---`;

const apps = ['from-pods', 'from-anybody', 'from-block', 'shut', 'open'];
const solved = (): Reachability => {
  const text = [
    ...apps.map(pod),
    policy('from-pods', 'from-pods', 'ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]'),
    policy('from-anybody', 'from-anybody', 'ingress: [{ports: [{port: http}]}]'),
    policy(
      'from-block',
      'from-block',
      'ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: http}]}], egress: [{to: [{ipBlock: {cidr: 198.51.100.0/24}}]}]',
    ),
    policy('shut', 'shut', 'ingress: []'),
  ].join('\n');
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  return reach(loadSnapshot([{ file: 'cluster.yaml', text }]).snapshot, profile.value);
};

describe('outside blocks that a workload is in contact with', () => {
  const matrix = solved();
  const contactsOf = (app: string, direction: Direction): readonly ReachParty[] => {
    const workload = matrix.snapshot.workloads.find((w) => w.name === app);
    if (workload === undefined) throw new Error(app);
    return outsideContacts(matrix, workload, direction);
  };
  const blocks = othersOf(matrix).filter((p) => p.kind === 'external');

  for (const app of apps)
    for (const direction of ['ingress', 'egress'] as const)
      test(`${app}, ${direction}: nothing passes from or to any other, and they come in the order of the matrix`, () => {
        const contacts = contactsOf(app, direction);
        const own: ReachParty = { kind: 'workload', id: `Pod/ml/${app}` };
        for (const block of blocks) {
          const flow = direction === 'egress' ? matrix.between(own, block) : matrix.between(block, own);
          if (!contacts.includes(block)) expect([flow.allowed.isEmpty, flow.unknown.isEmpty]).toEqual([true, true]);
        }
        expect(contacts).toEqual(othersOf(matrix).filter((p) => contacts.includes(p)));
      });

  test('a rule that names a port and admits pods alone brings no block into question; one that admits everybody brings all', () => {
    expect(blocks.length).toBeGreaterThan(2);
    expect(contactsOf('from-pods', 'ingress')).toEqual([]);
    expect(contactsOf('from-anybody', 'ingress').length).toBe(blocks.length);
    expect(contactsOf('from-block', 'ingress').length).toBe(1);
    expect(contactsOf('open', 'ingress').length).toBe(blocks.length);
  });
});
