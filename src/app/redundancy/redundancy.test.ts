import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCluster } from '../../../laws/arbitrary-cluster.ts';
import { trials } from '../../../laws/runs.ts';
import { profileOf, profiles } from '../../engine/profiles.ts';
import { standIn } from '../claims/representatives.ts';
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

  const cilium = (name: string, rule: string): string => `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: {endpointSelector: {matchLabels: {app: web}}, ${rule}}
---
`;
  const http = (rules: string): string => `ingress: [{fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: "8080", protocol: TCP}]${rules}}]}]`;
  const get = ', rules: {http: [{method: GET, path: /public}]}';
  const dns = (rules: string): string => `egress: [{toEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: "53", protocol: UDP}]${rules}}]}]`;

  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: api}\nspec: {containers: [{name: c, image: x}]}\n';

  test.each([
    ['a plain rule that undoes a filter, nor the filter', cilium('a', http(get)) + cilium('b', http('')), []],
    ['a plain rule on DNS beside one on names', cilium('a', dns(', rules: {dns: [{matchPattern: "*.example.com"}]}')) + cilium('b', dns('')), []],
    ['a filter beside another', cilium('a', http(get)) + cilium('b', http(', rules: {http: [{method: POST}]}')), []],
    [
      'the same filter twice',
      cilium('a', http(get)) + cilium('b', http(get)),
      ['a redundant by CiliumNetworkPolicy shop/b', 'b redundant by CiliumNetworkPolicy shop/a'],
    ],
    [
      'the same plain rule twice, beside a filter',
      cilium('a', http(get)) + cilium('b', http('')) + cilium('c', http('')),
      ['b redundant by CiliumNetworkPolicy shop/c', 'c redundant by CiliumNetworkPolicy shop/b'],
    ],
    [
      'rules about namespaces whose labels are not known',
      policy(
        'a',
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}, {from: [{namespaceSelector: {matchLabels: {team: b}}}]}]}',
      ) + pod,
      [],
    ],
    [
      'the same rule twice is useless whatever the labels are',
      policy(
        'a',
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}], ports: [{port: 80}]}, {from: [{namespaceSelector: {matchLabels: {team: a}}}]}]}',
      ) + pod,
      ['a 0 redundant'],
    ],
  ])('nothing is said without which something may change: %s', (_, text, expected) => {
    expect(useless(text)).toEqual(expected);
  });

  test('says for whom, and with which packets', () => {
    const profile = profileOf('cilium@1.19');
    if (!profile.ok) throw new Error('no profile');
    const find = (text: string): Useless[] => uselessPolicies(loadSnapshot([{ file: 'a.yaml', text: pods + text }]).snapshot, profile.value);
    const of = (text: string): unknown[] =>
      find(text).map(({ proof, unless, instead }) => [proof.split(':')[0], unless?.whom ?? null, instead.map((s) => s.packet)]);
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
    const [always, perhaps] = [true, false].map((any) => findings.filter((f) => f.message.includes('so it is for any pod that could come') === any));
    expect(always?.map((f) => f.message.split(' (')[0])).toEqual([
      'ingress rule 2 of NetworkPolicy shop/a changes nothing: others settle what it matches in the same way',
      'ingress rule 1 of CiliumNetworkPolicy shop/b never decides: others settle what it matches, the other way',
    ]);
    expect(perhaps).not.toEqual([]);
    for (const f of perhaps ?? []) expect(f.fix).toContain('unless it is for pods to come');
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

describe('for pods to come', () => {
  const scopes = (policies: string, profileId = 'kubernetes'): string[] => {
    const profile = profileOf(profileId);
    if (!profile.ok) throw new Error('no profile');
    return uselessPolicies(loadSnapshot([{ file: 'a.yaml', text: pods + policies }]).snapshot, profile.value).map(
      ({ how, policy: p, rule, unless }) =>
        `${p.name}${rule === null ? '' : ` ${p.rules.indexOf(rule)}`} ${how} ${unless === null ? 'for any' : `${unless.shown ? 'not' : 'not shown'} for ${unless.whom}`}`,
    );
  };

  test.each([
    [
      'a rule for fewer than another',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: db}}}]}]}'),
      ['a 1 redundant for any'],
    ],
    [
      'a rule for whom another admits by a label that only some have',
      policy(
        'a',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}}]}, {from: [{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]}]}',
      ),
      ['a 0 redundant for any', 'a 1 redundant not for any pod of shop with app=any'],
    ],
    [
      'default deny of a sort that default deny of all covers',
      policy('a', '{podSelector: {}}') + policy('b', '{podSelector: {matchLabels: {app: web}}}'),
      ['a redundant not for any pod of shop without labels', 'b redundant for any'].slice(1),
    ],
    [
      'two that each cover the pods there are',
      policy('a', '{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}}') +
        policy('b', '{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db, cache]}]}}'),
      ['a redundant for any', 'b redundant not for any pod of shop with app=cache'],
    ],
    [
      'namespaces to come',
      policy(
        'a',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {from: [{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}, {key: kubernetes.io/metadata.name, operator: In, values: [shop]}]}}]}, {from: [{namespaceSelector: {matchLabels: {team: ai}}}, {podSelector: {}}]}]}',
      ),
      ['a 0 redundant for any', 'a 1 redundant for any', 'a 2 redundant not for any pod of any-namespace-to-come-2 without labels'],
    ],
    [
      'addresses, which pods to come may have',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}, {from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}'),
      ['a 1 redundant for any'],
    ],
    [
      'a rule beside addresses, of which it has no say',
      policy(
        'a',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: db}}}]}]}',
      ),
      ['a 1 redundant for any'],
    ],
    [
      'ports by name, which pods to come give their own numbers',
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http}]}, {ports: [{port: 8080}]}]}'),
      [
        'a 0 redundant not shown for pods to come whose labels no pod of the input has (rules name ports)',
        'a 1 redundant not shown for pods to come whose labels no pod of the input has (rules name ports)',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(scopes(text)).toEqual(expected);
  });

  const arbitraryPods = fc.array(
    fc.record({
      namespace: fc.constantFrom('ml', 'prod', 'edge', 'fresh'),
      labels: fc.dictionary(fc.constantFrom('app', 'tier', 'index', 'other'), fc.constantFrom('a', 'b', '0', '1', 'else'), { maxKeys: 4 }),
      account: fc.constantFrom('default', 'trainer', 'nobody'),
      ips: fc.constantFrom([], ['10.1.0.77'], ['192.168.1.77']),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const arbitraryNamespaceLabels = fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('a', 'b', 'c'), { maxKeys: 2 });
  const origin = { document: { file: '', index: 0 }, path: [] };

  test('what is useless for any pod that could come is so with whatever pods are added', () => {
    fc.assert(
      fc.property(
        arbitraryCluster({ cilium: true }),
        fc.constantFrom(...profiles),
        arbitraryPods,
        arbitraryNamespaceLabels,
        (cluster, profile, more, labels) => {
          const added = more.map((p, i) => ({
            ...standIn('possible', p.namespace, `added-${i}`, p.labels, p.account, origin),
            id: `Added/${p.namespace}/${i}`,
            ips: p.ips,
          }));
          const fresh = { name: 'fresh', labels: { ...labels, 'kubernetes.io/metadata.name': 'fresh' }, annotations: {}, origin };
          const grown = { ...cluster, workloads: [...cluster.workloads, ...added], namespaces: new Map([...cluster.namespaces, ['fresh', fresh]]) };
          for (const { policy: p, rule, unless } of uselessPolicies(cluster, profile)) {
            if (unless !== null) continue;
            const policies = cluster.policies.flatMap((other) =>
              other !== p ? [other] : rule === null ? [] : [{ ...p, rules: p.rules.filter((r) => r !== rule) }],
            );
            expect(difference({ snapshot: grown, profile }, { snapshot: { ...grown, policies }, profile }).rectangles).toEqual([]);
          }
        },
      ),
      trials(100),
    );
  });
});
