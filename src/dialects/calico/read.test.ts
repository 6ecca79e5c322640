import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { alone, type Surroundings } from '../dialect.ts';
import { dialect } from './dialect.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };

function object(kind: string, spec: unknown, name = 'p'): RawObject {
  const apiVersion = 'projectcalico.org/v3';
  const namespace = kind.includes('Global') || kind === 'Tier' || kind === 'HostEndpoint' ? null : 'ml';
  return { apiVersion, kind, namespace, name, body: { apiVersion, kind, metadata: { name }, spec }, origin };
}

function policies(spec: unknown, kind = 'GlobalNetworkPolicy', around: Surroundings = alone): readonly Policy[] {
  const result = read(object(kind, spec), around);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value;
}

const faults = (spec: unknown, kind = 'GlobalNetworkPolicy'): readonly string[] =>
  read(object(kind, spec), alone).diagnostics.map((d) => `${d.severity} ${d.code} ${d.origin?.path.join('.')}`);

describe('a policy', () => {
  it('comes in its tier, in its order, and settles by the first match', () => {
    expect(policies({ selector: `app == 'web'`, order: 3.5, ingress: [{ action: 'Allow' }, { action: 'Log' }, { action: 'Pass' }] })).toEqual([
      {
        id: 'GlobalNetworkPolicy.projectcalico.org p',
        dialect: 'calico',
        kind: 'GlobalNetworkPolicy',
        namespace: null,
        name: 'p',
        tier: { id: 'default', order: 1_000_000, end: 'deny' },
        order: 3.5,
        evaluation: 'first-match',
        subject: {
          kind: 'pods',
          match: {
            namespaces: { kind: 'labelled', selector: { requirements: [] } },
            pods: { requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
            serviceAccounts: null,
          },
        },
        isolates: { ingress: true, egress: false },
        rules: [
          { direction: 'ingress', action: 'allow', peers: null, ports: null, application: null, origin: { ...origin, path: ['spec', 'ingress', 0] } },
          { direction: 'ingress', action: 'pass', peers: null, ports: null, application: null, origin: { ...origin, path: ['spec', 'ingress', 2] } },
        ],
        origin,
      },
    ]);
  });

  it('has an id that no NetworkPolicy has', () => {
    expect(policies({}, 'NetworkPolicy').map((p) => p.id)).toEqual(['NetworkPolicy.projectcalico.org ml/p']);
  });

  it('takes one policy of the model for each sort of pod that it or a rule is about', () => {
    const found = policies({
      selector: `app == 'a' || pcns.team == 'b'`,
      types: ['Ingress', 'Egress'],
      ingress: [{ action: 'Allow' }, { action: 'Deny', destination: { selector: 'has(x)' } }, { action: 'Deny' }],
    });
    expect(found.map((p) => [p.id, p.isolates.egress, p.rules.map((r) => r.origin.path.at(-1))])).toEqual([
      ['GlobalNetworkPolicy.projectcalico.org p', true, [0]],
      ['GlobalNetworkPolicy.projectcalico.org p part 2', true, [0]],
      ['GlobalNetworkPolicy.projectcalico.org p part 3', false, [1]],
      ['GlobalNetworkPolicy.projectcalico.org p part 4', false, [1]],
      ['GlobalNetworkPolicy.projectcalico.org p part 5', false, [2]],
      ['GlobalNetworkPolicy.projectcalico.org p part 6', false, [2]],
    ]);
  });

  it.each([
    ['kube-admin', 1000, 'pass'],
    ['adminnetworkpolicy', 1000, 'pass'],
    ['default', 1_000_000, 'deny'],
    ['', 1_000_000, 'deny'],
    ['kube-baseline', 10_000_000, 'pass'],
    ['baselineadminnetworkpolicy', 10_000_000, 'pass'],
  ])('may be in the tier %j, which Calico makes itself', (tier, order, end) => {
    expect(policies({ tier }).map((p) => p.tier)).toEqual([{ id: tier === '' ? 'default' : tier, order, end }]);
  });

  it('is about nobody where it selects what is no pod', () => {
    expect(policies({ selector: `projectcalico.org/orchestrator != 'k8s'` })).toEqual([]);
    expect(policies({ preDNAT: true, applyOnForward: true })).toEqual([]);
  });
});

describe('faults have their places', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['no spec', undefined, ['warning no-spec spec']],
    ['a list as spec', [], ['error wrong-type spec']],
    ['a namespaceSelector of its own', { namespaceSelector: 'all()' }, ['error unknown-field spec.namespaceSelector']],
    ['null rules', { ingress: [null] }, ['error wrong-type spec.ingress.0']],
    ['ICMP fields without protocol', { ingress: [{ action: 'Allow', icmp: { type: 8 } }] }, ['error icmp-without-protocol spec.ingress.0.icmp']],
    ['a code without type', { ingress: [{ action: 'Allow', protocol: 'ICMP', icmp: { code: 8 } }] }, ['error missing-field spec.ingress.0.icmp']],
    ['protocol 0', { ingress: [{ action: 'Allow', protocol: 0 }] }, ['error out-of-range spec.ingress.0.protocol']],
    ['tcp', { ingress: [{ action: 'Allow', protocol: 'tcp' }] }, ['error unknown-value spec.ingress.0.protocol']],
    ['a doubled type', { types: ['Ingress', 'Ingress'] }, ['error duplicate spec.types']],
    ['an empty list of networks', { ingress: [{ action: 'Allow', source: { nets: [] } }] }, ['warning empty-list spec.ingress.0.source.nets']],
    ['everything left out', { ingress: [{ action: 'Allow', source: { notNets: ['0.0.0.0/0'] } }] }, ['error matches-nothing spec.ingress.0.source.notNets.0']],
    [
      'services at the near end',
      { ingress: [{ action: 'Allow', destination: { services: { name: 'a' } } }] },
      ['error misplaced-services spec.ingress.0.destination.services'],
    ],
    [
      'services with ports',
      { egress: [{ action: 'Allow', protocol: 'TCP', destination: { services: { name: 'a' }, ports: [80] } }] },
      ['error mixed-peers spec.egress.0.destination.ports'],
    ],
    [
      'services with a selector',
      { ingress: [{ action: 'Allow', source: { services: { name: 'a' }, selector: 'all()' } }] },
      ['error mixed-peers spec.ingress.0.source.services'],
    ],
    ['ICMPv6 under IPv4', { ingress: [{ action: 'Allow', protocol: 'ICMPv6', ipVersion: 4 }] }, ['error mixed-families spec.ingress.0.protocol']],
    ['a selector that is too long', { selector: `app == '${'x'.repeat(1024)}'` }, ['error selector-too-long spec.selector']],
    ['HTTP on egress', { egress: [{ action: 'Allow', http: { methods: ['GET'] } }] }, ['error http-not-allowed spec.egress.0.http']],
    ['two paths in one', { ingress: [{ action: 'Allow', http: { paths: [{ exact: '/a', prefix: '/b' }] } }] }, ['error one-of spec.ingress.0.http.paths.0']],
  ])('%s', (_name, spec, found) => {
    expect(faults(spec, 'NetworkPolicy')).toEqual(found);
  });

  it.each<[string, unknown, readonly string[]]>([
    [
      'preDNAT with egress',
      { preDNAT: true, applyOnForward: true, egress: [{ action: 'Deny' }] },
      ['error pre-dnat-egress spec.preDNAT', 'warning no-host-endpoint spec.applyOnForward'],
    ],
    ['doNotTrack alone', { doNotTrack: true }, ['error missing-field spec.doNotTrack']],
    ['both', { doNotTrack: true, preDNAT: true, applyOnForward: true }, ['error one-of spec.preDNAT', 'warning no-host-endpoint spec.applyOnForward']],
    ['global() as subject', { namespaceSelector: 'global()' }, ['error misplaced-global spec.namespaceSelector']],
    ['an unknown tier', { tier: 'mine' }, ['error missing-tier spec.tier']],
  ])('%s', (_name, spec, found) => {
    expect(faults(spec)).toEqual(found);
  });
});

it('survives whatever stands in a manifest', () => {
  const words = fc.constantFrom<unknown>(
    'all()',
    'app == "a"',
    '(',
    'Allow',
    'TCP',
    'Ingress',
    '10.0.0.0/8',
    80,
    0,
    -1,
    1.5,
    true,
    null,
    [],
    {},
    '80:90',
    'http',
    'default',
  );
  const fields = fc.constantFrom(
    ...[
      'tier',
      'order',
      'selector',
      'types',
      'ingress',
      'egress',
      'action',
      'protocol',
      'icmp',
      'type',
      'source',
      'destination',
      'nets',
      'notNets',
      'ports',
      'notPorts',
    ],
    ...[
      'services',
      'serviceAccounts',
      'names',
      'notSelector',
      'namespaceSelector',
      'http',
      'paths',
      'applyOnForward',
      'preDNAT',
      'expectedIPs',
      'node',
      'stagedAction',
      '__proto__',
    ],
  );
  const tree = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'medium' }, words, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fields, tie('any'), { maxKeys: 6 })),
  })).any;
  fc.assert(
    fc.property(fc.constantFrom(...dialect.kinds.map((k) => k.kind)), fc.oneof(fc.dictionary(fields, tree, { maxKeys: 8 }), tree), (kind, spec) => {
      const result = read(object(kind, spec), alone);
      for (const d of result.diagnostics) expect(d.origin?.path[0]).toMatch(/^(?:spec|apiVersion|kind|metadata|status)$/);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['rules that are no list', 'StagedKubernetesNetworkPolicy', { podSelector: {}, ingress: 7 }, ['error wrong-type spec.ingress']],
  ['a rule that is no object', 'StagedKubernetesNetworkPolicy', { podSelector: {}, egress: [{}, 'x'] }, ['error wrong-type spec.egress.1']],
  ['a selector that is none', 'StagedKubernetesNetworkPolicy', { podSelector: 'x' }, ['error wrong-type spec.podSelector']],
  [
    'profiles that are no names',
    'HostEndpoint',
    { node: 'n', interfaceName: '*', profiles: [null, 7, 'a'] },
    ['error wrong-type spec.profiles.0', 'error wrong-type spec.profiles.1'],
  ],
])('%s are told at their place', (_, kind, spec, told) => {
  expect(faults(spec, kind)).toEqual(told);
});
