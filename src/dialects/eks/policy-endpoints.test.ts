import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { loadSnapshot } from '../../app/load.ts';
import { policyEndpointDifferences } from './policy-endpoints.ts';

const np = (name: string, spec: object): object => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'ml' }, spec });
const pod = (namespace: string, name: string, ip: string, labels: object = {}, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'c', image: 'example.com/app:1', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
  status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
});
const namespace = (name: string, labels: object = {}): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const endpoint = (name: string, policy: string, spec: object, owner = 'NetworkPolicy'): object => ({
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'PolicyEndpoint',
  metadata: { name, namespace: 'ml', ownerReferences: [{ apiVersion: 'v1', kind: owner, name: policy, uid: 'u', controller: true }] },
  spec: { policyRef: { name: policy, namespace: 'ml' }, ...spec },
});
const covers = (...ips: string[]): object => ({ podSelectorEndpoints: ips.map((podIP) => ({ podIP, hostIP: '192.168.1.1', name: 'x', namespace: 'ml' })) });
const tcp = (port: number): object[] => [{ protocol: 'TCP', port }];

const cluster = [
  namespace('ml'),
  namespace('prod', { team: 'prod' }),
  pod('ml', 'web', '10.0.1.1', { app: 'web' }),
  pod('prod', 'db', '10.0.2.1', { app: 'db' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', namespace: 'prod' },
    spec: { selector: { app: 'db' }, clusterIP: '172.20.0.9', ports: [{ port: 80, targetPort: 8080 }] },
  },
];
const policy = np('web', {
  podSelector: { matchLabels: { app: 'web' } },
  policyTypes: ['Ingress', 'Egress'],
  ingress: [{ from: [{ ipBlock: { cidr: '10.9.0.0/16', except: ['10.9.1.0/24'] } }], ports: [{ port: 'http' }] }],
  egress: [{ to: [{ namespaceSelector: { matchLabels: { team: 'prod' } } }], ports: [{ port: 8080 }] }],
});
const good = {
  ...covers('10.0.1.1'),
  podIsolation: ['Ingress', 'Egress'],
  ingress: [{ cidr: '10.9.0.0/16', except: ['10.9.1.0/24'], ports: tcp(8080) }],
  egress: [
    { cidr: '10.0.2.1', ports: tcp(8080) },
    { cidr: '172.20.0.9', ports: tcp(80) },
  ],
};

function compared(...objects: object[]): ReturnType<typeof policyEndpointDifferences> {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'dump.yaml', text: objects.map((o) => dump(o)).join('---\n') }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return policyEndpointDifferences(snapshot);
}

/** `kind: message`, one a difference. */
function differences(...objects: object[]): string[] {
  const { differences: found, unknown, diagnostics } = compared(...objects);
  expect([unknown, diagnostics]).toEqual([[], []]);
  return found.map((d) => `${d.kind}: ${d.message}`);
}

describe('policy endpoints', () => {
  it('that say what their policy says differ in nothing, in slices too', () => {
    expect(differences(...cluster, policy, endpoint('web-1', 'web', good))).toEqual([]);
    const { ingress, egress, ...rest } = good;
    expect(differences(...cluster, policy, endpoint('web-1', 'web', { ...rest, ingress }), endpoint('web-2', 'web', { ...rest, egress }))).toEqual([]);
  });

  it('are missed where the policy selects running pods', () => {
    expect(differences(...cluster, policy)).toEqual([expect.stringMatching(/^not-enforced: NetworkPolicy ml\/web selects 1 running pod, /)]);
    expect(differences(namespace('ml'), policy)).toEqual([]);
  });

  it('without a policy are named', () => {
    expect(differences(...cluster, endpoint('old-1', 'old', good))).toEqual([
      'no-policy: PolicyEndpoint ml/old-1 enforces rules of ml/old, and there is no such policy.',
    ]);
    expect(differences(...cluster, policy, endpoint('web-1', 'web', good), endpoint('web-2', 'web', {}, 'ApplicationNetworkPolicy'))).toEqual([
      expect.stringMatching(/^no-policy: /),
    ]);
  });

  it.each([
    [
      'a pod that is left out',
      { podSelectorEndpoints: [] },
      ['pod-missing: NetworkPolicy ml/web selects ml/web[Pod] (10.0.1.1), and no PolicyEndpoint covers it'],
    ],
    ['a pod too many', covers('10.0.1.1', '10.0.1.7'), ['pod-extra: NetworkPolicy ml/web is enforced on 10.0.1.7']],
    ['a direction', { podIsolation: ['Ingress'] }, ['isolation: NetworkPolicy ml/web isolates for egress']],
    ['a lost ClusterIP', { egress: good.egress.slice(0, 1) }, ['rule-missing: NetworkPolicy ml/web lets traffic to 172.20.0.9/32 on TCP 80']],
    [
      'an address of a pod that is gone',
      { egress: [...good.egress, { cidr: '10.0.2.9', ports: tcp(8080) }] },
      ['rule-extra: Nodes enforce a rule of NetworkPolicy ml/web that lets traffic to 10.0.2.9/32 on TCP 8080'],
    ],
    [
      'a port too many',
      { egress: [...good.egress, { cidr: '10.0.2.1' }] },
      ['rule-extra: Nodes enforce a rule of NetworkPolicy ml/web that lets traffic to 10.0.2.1/32 on'],
    ],
    [
      'an exception that is lost',
      { ingress: [{ cidr: '10.9.0.0/16', ports: tcp(8080) }] },
      ['rule-extra: Nodes enforce a rule of NetworkPolicy ml/web that lets traffic from 10.9.1.0/24 on TCP 8080'],
    ],
    [
      'a block that is narrower',
      { ingress: [{ cidr: '10.9.0.0/24', ports: tcp(8080) }] },
      ['rule-missing: NetworkPolicy ml/web lets traffic from 10.9.2.0/23, 10.9.4.0/22, 10.9.8.0/21 and 4 more on TCP 8080'],
    ],
  ])('%s is a difference', (_name, change, expected) => {
    const found = differences(...cluster, policy, endpoint('web-1', 'web', { ...good, ...change }));
    expect(found).toEqual(expected.map((e) => expect.stringContaining(e)));
  });

  it('are compared with every peer as the two whole families', () => {
    const open = np('web', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
    const everyone = { ...covers('10.0.1.1'), podIsolation: ['Ingress'], ingress: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }] };
    expect(differences(...cluster, open, endpoint('web-1', 'web', everyone))).toEqual([]);
  });

  it('of cluster policies are compared by tier, priority and action', () => {
    const clusterPolicy = {
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'c' },
      spec: {
        tier: 'Admin',
        priority: 10,
        subject: { namespaces: { matchLabels: { team: 'prod' } } },
        ingress: [{ action: 'Deny', from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } } }] }],
        egress: [{ action: 'Accept', to: [{ domainNames: ['*.Example.com.'] }], ports: [{ portNumber: { port: 443 } }] }],
      },
    };
    const clusterEndpoint = (change: object): object => ({
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'ClusterPolicyEndpoint',
      metadata: { name: 'c-1' },
      spec: {
        policyRef: { name: 'c' },
        tier: 'Admin',
        priority: 10,
        ...covers('10.0.2.1'),
        ingress: [{ cidr: '10.0.1.1', action: 'Deny' }],
        egress: [{ domainName: '*.example.com', action: 'Accept', ports: tcp(443) }],
        ...change,
      },
    });
    expect(differences(...cluster, clusterPolicy, clusterEndpoint({}))).toEqual([]);
    expect(differences(...cluster, clusterPolicy, clusterEndpoint({ priority: 0 }))).toEqual([
      expect.stringMatching(/^rank: .*stands at Admin 10, and .* at Admin 0/),
    ]);
    expect(differences(...cluster, clusterPolicy, clusterEndpoint({ ingress: [{ cidr: '10.0.1.1', action: 'Accept' }] }))).toEqual([
      expect.stringMatching(/^rule-missing: .*denies traffic from 10\.0\.1\.1\/32/),
      expect.stringMatching(/^rule-extra: .*lets traffic from 10\.0\.1\.1\/32/),
    ]);
  });

  it('are not held against labels that nobody knows', () => {
    const unknown = [namespace('ml'), pod('ml', 'web', '10.0.1.1', { app: 'web' }), pod('prod', 'db', '10.0.2.1')];
    const both = { ...good, egress: good.egress.slice(0, 1) };
    expect(differences(...unknown, policy, endpoint('web-1', 'web', both))).toEqual([]);
    expect(differences(...unknown, policy, endpoint('web-1', 'web', { ...both, egress: [] }))).toEqual([]);
  });

  it.each([
    ['an address', { ...good, egress: [...good.egress, { cidr: 'x' }] }],
    ['the pods', { ...good, podSelectorEndpoints: 'all' }],
    ['one pod', { ...good, podSelectorEndpoints: [{ podIP: '10.0.1.1' }, 7] }],
    ['one rule', { ...good, egress: [...good.egress, 7] }],
    ['one port', { ...good, egress: [{ cidr: '10.0.2.1', ports: [7] }] }],
    ['its reference, where the owner tells', { ...good, policyRef: 7 }],
  ])('that cannot be read, for %s, leave their policy unknown', (_name, spec) => {
    const other = np('other', { podSelector: {}, policyTypes: ['Ingress'] });
    const { differences: found, unknown, diagnostics } = compared(...cluster, policy, other, endpoint('web-1', 'web', spec));
    expect(diagnostics).toMatchObject([{ severity: 'error' }]);
    expect(unknown.map((u) => u.message)).toEqual([
      'What nodes enforce of NetworkPolicy ml/web is not known: a slice of it, PolicyEndpoint ml/web-1, cannot be read.',
    ]);
    expect(found.map((d) => `${d.kind} ${d.policy}`)).toEqual(['not-enforced NetworkPolicy ml/other']);
  });

  it('that cannot be read and have no owner may be of any policy of their namespace', () => {
    const stray = { apiVersion: 'networking.k8s.aws/v1alpha1', kind: 'PolicyEndpoint', metadata: { name: 'x', namespace: 'ml' }, spec: {} };
    const { differences: found, unknown } = compared(...cluster, policy, stray);
    expect(found).toEqual([]);
    expect(unknown.map((u) => u.policy)).toEqual(['NetworkPolicy ml/web']);
    const elsewhere = { ...stray, metadata: { name: 'x', namespace: 'prod' } };
    expect(compared(...cluster, policy, elsewhere).differences.map((d) => d.kind)).toEqual(['not-enforced']);
  });

  it('that cannot be read do not hide what other slices hold too much', () => {
    const wide = { ...good, podIsolation: ['Ingress'], ingress: [{ cidr: '10.0.0.0/8', ports: tcp(8080) }], egress: [] };
    const broken = endpoint('web-2', 'web', { ...good, podIsolation: 'all' });
    const { differences: found } = compared(...cluster, policy, endpoint('web-1', 'web', wide), broken);
    expect(found.map((d) => d.kind)).toEqual(['rule-extra']);
  });

  it('on pods that the input does not show are not known to drift', () => {
    const nobody = np('all', { podSelector: {}, policyTypes: ['Ingress'] });
    const spec = { ...covers('10.0.1.1', '10.0.1.7'), podIsolation: ['Ingress'] };
    const { differences: found, unknown } = compared(namespace('ml'), nobody, endpoint('all-1', 'all', spec));
    expect(found).toEqual([]);
    expect(unknown.map((u) => [u.message, u.fix])).toEqual([
      [
        'NetworkPolicy ml/all is enforced on 10.0.1.1 and 1 more, and the input does not show the pod behind it: whether the policy selects it is not known.',
        'Add the pods: kubectl get pods -n ml -o yaml',
      ],
    ]);
    // An address that a pod elsewhere has tells enough.
    const moved = compared(namespace('ml'), nobody, pod('prod', 'db', '10.0.1.7'), endpoint('all-1', 'all', { ...spec, ...covers('10.0.1.7') }));
    expect([moved.differences.map((d) => d.kind), moved.unknown]).toEqual([['pod-extra'], []]);
  });

  it('hold a rule too much that other policies let the same pods have: it is stale, and opens nothing', () => {
    const egress = [...good.egress, { cidr: '10.0.2.9', ports: tcp(8080) }, { cidr: '10.0.2.10', ports: tcp(8080) }];
    const other = (selector: object, cidr: string): object =>
      np('other', { podSelector: selector, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] });
    const own = { ...covers('10.0.1.1'), podIsolation: ['Egress'] };
    const drifts = (selector: object, cidr: string): string[] =>
      compared(
        ...cluster,
        policy,
        other(selector, cidr),
        endpoint('web-1', 'web', { ...good, egress }),
        endpoint('other-1', 'other', { ...own, egress: [{ cidr }] }),
      ).differences.map((d) => `${d.drift} ${d.message.replace(/^.* traffic /, '')}`);
    const settled = 'through, and the policy has none; NetworkPolicy ml/other lets the same pods have it, so nothing more passes for now.';
    expect(drifts({}, '10.0.2.0/24')).toEqual([`stale to 10.0.2.9/32 on TCP 8080 ${settled}`, `stale to 10.0.2.10/32 on TCP 8080 ${settled}`]);
    expect(drifts({}, '10.0.2.9/32')).toEqual([
      'wide to 10.0.2.10/32 on TCP 8080 through, and the policy has none.',
      `stale to 10.0.2.9/32 on TCP 8080 ${settled}`,
    ]);
    // Another policy that is about other pods settles nothing.
    expect(drifts({ matchLabels: { app: 'none' } }, '10.0.2.0/24').filter((d) => d.startsWith('wide'))).toHaveLength(2);
  });
});
