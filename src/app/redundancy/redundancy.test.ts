import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCluster } from '../../../laws/arbitrary-cluster.ts';
import { trials } from '../../../laws/runs.ts';
import { profileOf, profiles } from '../../engine/profiles.ts';
import { difference } from '../diff/difference.ts';
import { loadSnapshot } from '../load.ts';
import { uselessFindings } from './findings.ts';
import { type Useless, uselessPolicies } from './redundancy.ts';

const pods = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: db}]}
---
`;

function useless(policies: string): string[] {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  return uselessPolicies(loadSnapshot([{ file: 'a.yaml', text: pods + policies }]).snapshot, profile.value).map(
    ({ how, policy, rule, instead }) =>
      `${policy.name}${rule === null ? '' : ` ${policy.rules.indexOf(rule)}`} ${how}${instead.length === 0 ? '' : ` by ${instead.map((s) => s.policy).join(' and ')}`}`,
  );
}

const policy = (name: string, spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}
---
`;

describe('policies without which nothing changes', () => {
  test.each([
    [
      'a rule that another covers',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: db}}}]}]}'),
      ['a 1 redundant by NetworkPolicy shop/a'],
    ],
    ['a policy that selects nothing', policy('a', '{podSelector: {matchLabels: {app: cache}}, ingress: []}'), ['a dead']],
    [
      'a rule whose peer is nobody',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: cache}}}]}]}'),
      ['a 0 dead'],
    ],
    [
      'a selector that contradicts itself',
      policy('a', '{podSelector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}'),
      ['a dead'],
    ],
    [
      'a rule on a port that nobody has',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: grpc}]}, {ports: [{port: http}]}]}'),
      ['a 0 dead'],
    ],
    ['default deny twice', policy('a', '{podSelector: {}}') + policy('b', '{podSelector: {}}'), ['a redundant', 'b redundant']],
    [
      'default deny beside a policy that isolates all pods there are, which guards pods to come',
      policy('a', '{podSelector: {}}') +
        policy('b', '{podSelector: {matchExpressions: [{key: app, operator: Exists}]}, ingress: [{from: [{podSelector: {}}]}]}'),
      [],
    ],
    [
      'an allow that a deny beats',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]}') +
        `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: b, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: web}}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: db}}]}]}
`,
      ['a shadowed by CiliumNetworkPolicy shop/b'],
    ],
  ])('%s', (_, text, expected) => {
    expect(useless(text).filter((line) => !line.startsWith('b redundant by'))).toEqual(expected);
  });

  test('says for whom, and with which packets', () => {
    const profile = profileOf('cilium@1.19');
    if (!profile.ok) throw new Error('no profile');
    const find = (text: string): Useless[] => uselessPolicies(loadSnapshot([{ file: 'a.yaml', text: pods + text }]).snapshot, profile.value);
    const of = (text: string): unknown[] => find(text).map(({ proof, unless, instead }) => [proof.split(':')[0], unless, instead.map((s) => s.packet)]);
    expect(of(policy('a', '{podSelector: {matchExpressions: [{key: x, operator: Exists}, {key: x, operator: DoesNotExist}]}}'))).toEqual([
      ['its selector !x,x contradicts itself', null, []],
    ]);
    expect(of(policy('a', '{podSelector: {matchLabels: {app: cache}}}'))).toEqual([
      ['no pod of the input is selected by it', 'a pod to come with the labels app=cache', []],
    ]);
    expect(of(policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: grpc}]}, {ports: [{port: http}]}]}'))).toEqual([
      ['no container of the input has a port called grpc', 'a pod with such a port', []],
    ]);
    const [, , packets] = of(
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: db}}}]}]}'),
    )[0] as readonly [string, string, readonly string[]];
    expect(packets).toEqual(['shop/db[Pod] to shop/web[Pod] on 8080/TCP']);
  });

  test('no removal is advised without a word on pods to come, where it is not shown for them', () => {
    const profile = profileOf('cilium@1.19');
    if (!profile.ok) throw new Error('no profile');
    const text =
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: db}}}]}]}') +
      policy('c', '{podSelector: {matchLabels: {app: cache}}}') +
      `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: b, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: db}}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}], ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}
`;
    const found = uselessPolicies(loadSnapshot([{ file: 'a.yaml', text: pods + text }]).snapshot, profile.value);
    const findings = uselessFindings(found, new Set(['dead', 'shadowed', 'redundant']));
    expect(new Set(findings.map((f) => f.check.split('-')[1]))).toEqual(new Set(['dead', 'shadowed', 'redundant']));
    for (const f of findings) expect(f.fix).toContain('unless it is for pods to come');
  });

  test('is so: the same cluster without one of them has the same traffic', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), fc.constantFrom(...profiles), (snapshot, profile) => {
        for (const { policy: p, rule } of uselessPolicies(snapshot, profile)) {
          const policies = snapshot.policies.flatMap((other) =>
            other !== p ? [other] : rule === null ? [] : [{ ...p, rules: p.rules.filter((r) => r !== rule) }],
          );
          expect(difference({ snapshot, profile }, { snapshot: { ...snapshot, policies }, profile }).rectangles).toEqual([]);
        }
      }),
      trials(60),
    );
  });
});
