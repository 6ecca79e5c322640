import { describe, expect, it } from 'vitest';
import { pathText } from '../../kernel/reader.ts';
import type { Policy } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { read } from './read.ts';

function object(kind: string, version: string, spec: unknown, metadata: object = {}, name = 'p'): RawObject {
  const apiVersion = `policy.networking.k8s.io/${version}`;
  const body = { apiVersion, kind, metadata: { name, ...metadata }, ...(spec === undefined ? {} : { spec }) };
  return { apiVersion, kind, namespace: null, name, body, origin: { document: { file: 'p.yaml', index: 0 }, path: [] } };
}

/** `severity code at path`, one a fault. */
const faults = (o: RawObject): string[] => read(o).diagnostics.map((d) => `${d.severity} ${d.code} ${pathText(d.origin?.path ?? [])}`);

const base = { tier: 'Admin', priority: 0, subject: { namespaces: {} } };
const cnp = (spec: object): string[] => faults(object('ClusterNetworkPolicy', 'v1alpha2', { ...base, ...spec }));
const rule = (change: object): string[] => cnp({ egress: [{ action: 'Deny', to: [{ namespaces: {} }], ...change }] });
const protocol = (item: unknown): string[] => rule({ protocols: [item] });

describe('what the API server refuses', () => {
  const rows: readonly (readonly [string, string[], string[]])[] = [
    ['nothing wrong', cnp({}), []],
    ['priority 1000', cnp({ priority: 1000 }), []],
    ['no spec', faults(object('ClusterNetworkPolicy', 'v1alpha2', undefined)), ['error missing-field the document']],
    [
      'an empty spec',
      faults(object('ClusterNetworkPolicy', 'v1alpha2', {})),
      ['error missing-field spec', 'error missing-field spec', 'error missing-field spec'],
    ],
    ['a priority beyond', cnp({ priority: 1001 }), ['error out-of-range spec.priority']],
    ['a priority below', cnp({ priority: -1 }), ['error out-of-range spec.priority']],
    ['a priority in quotes', cnp({ priority: '5' }), ['error wrong-type spec.priority']],
    ['another tier', cnp({ tier: 'admin' }), ['error unknown-value spec.tier']],
    ['policy types', cnp({ policyTypes: ['Ingress'] }), ['error unknown-field spec.policyTypes']],
    ['a pod selector', cnp({ podSelector: {} }), ['error unknown-field spec.podSelector']],
    ['another version', faults(object('ClusterNetworkPolicy', 'v1alpha1', base)), ['error unknown-version apiVersion']],
    [
      'the older kind in the newer version',
      faults(object('AdminNetworkPolicy', 'v1alpha2', { priority: 0, subject: base.subject })),
      ['error unknown-version apiVersion'],
    ],
    ['a namespace', faults(object('ClusterNetworkPolicy', 'v1alpha2', base, { namespace: 'ml' })), ['error cluster-scoped metadata.namespace']],
    ['a tier of an admin policy', faults(object('AdminNetworkPolicy', 'v1alpha1', base)), ['error unknown-field spec.tier']],
    [
      'a priority of a baseline policy',
      faults(object('BaselineAdminNetworkPolicy', 'v1alpha1', { priority: 1, subject: base.subject }, {}, 'default')),
      ['error unknown-field spec.priority'],
    ],
    ['no action', rule({ action: undefined }), ['error missing-field spec.egress[0]']],
    ['no peers', rule({ to: undefined }), ['error missing-field spec.egress[0]']],
    ['an empty list of peers', rule({ to: [] }), ['error too-few spec.egress[0].to']],
    ['from in egress', rule({ from: [] }), ['error unknown-field spec.egress[0].from']],
    ['a null rule', cnp({ ingress: [null] }), ['error wrong-type spec.ingress[0]']],
    ['a null peer', rule({ to: [null] }), ['error wrong-type spec.egress[0].to[0]']],
    ['a peer of null', rule({ to: [{ namespaces: null }] }), ['error one-of spec.egress[0].to[0]']],
    ['pods without a podSelector', rule({ to: [{ pods: { namespaceSelector: {} } }] }), ['error missing-field spec.egress[0].to[0].pods']],
    ['a network that is none', rule({ to: [{ networks: ['10.0.0.1'] }] }), ['error bad-cidr spec.egress[0].to[0].networks[0]']],
    ['no networks', rule({ to: [{ networks: [] }] }), ['error too-few spec.egress[0].to[0].networks']],
    ['an empty list of protocols', rule({ protocols: [] }), ['error too-few spec.egress[0].protocols']],
    ['a long name', rule({ name: 'x'.repeat(101) }), ['error too-long spec.egress[0].name']],
    ['port 0', protocol({ tcp: { destinationPort: { number: 0 } } }), ['error out-of-range spec.egress[0].protocols[0].tcp.destinationPort.number']],
    ['no port', protocol({ udp: { destinationPort: {} } }), ['error one-of spec.egress[0].protocols[0].udp.destinationPort']],
    [
      'half a range',
      protocol({ udp: { destinationPort: { range: { start: 4 } } } }),
      ['error missing-field spec.egress[0].protocols[0].udp.destinationPort.range'],
    ],
    ['two protocols in one item', protocol({ tcp: {}, udp: {} }), ['error one-of spec.egress[0].protocols[0]']],
    [
      'a source port',
      protocol({ tcp: { sourcePort: { number: 1 } } }),
      ['error unknown-field spec.egress[0].protocols[0].tcp.sourcePort', 'error missing-field spec.egress[0].protocols[0].tcp'],
    ],
    ['an empty port name', protocol({ destinationNamedPort: '' }), ['error bad-port-name spec.egress[0].protocols[0].destinationNamedPort']],
    ['a bad label key', cnp({ subject: { namespaces: { matchLabels: { 'a b': 'c' } } } }), ['error bad-label-key spec.subject.namespaces.matchLabels["a b"]']],
  ];
  it.each(rows)('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('what a policy means', () => {
  const only = (spec: object): Policy => {
    const result = read(object('ClusterNetworkPolicy', 'v1alpha2', { ...base, ...spec }));
    const [policy] = result.ok ? result.value : [];
    if (policy === undefined) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
    return policy;
  };

  it('never isolates, and keeps the order of its rules', () => {
    const policy = only({
      tier: 'Baseline',
      priority: 7,
      ingress: [
        { action: 'Pass', from: [{ namespaces: {} }] },
        { action: 'Deny', from: [{ namespaces: {} }] },
      ],
    });
    expect(policy).toMatchObject({ tier: { id: 'baseline', end: 'pass' }, order: 7, evaluation: 'first-match', isolates: { ingress: false, egress: false } });
    expect(policy.rules.map((r) => [r.action, pathText(r.origin.path)])).toEqual([
      ['pass', 'spec.ingress[0]'],
      ['deny', 'spec.ingress[1]'],
    ]);
  });

  it('takes a null list of protocols for every protocol, and masks host bits', () => {
    const [first] = only({ egress: [{ action: 'Deny', to: [{ networks: ['10.1.2.3/8', 'fd00::/8'] }], protocols: null }] }).rules;
    expect(first).toMatchObject({ ports: null, peers: [{ cidr: '10.0.0.0/8' }, { cidr: 'fd00::/8' }] });
  });

  it('never changes what it reads, and survives keys that objects have by themselves', () => {
    const raw = object(
      'ClusterNetworkPolicy',
      'v1alpha2',
      JSON.parse('{"tier":"Admin","priority":0,"subject":{"namespaces":{"matchLabels":{"constructor":"x"}}},"__proto__":{}}'),
    );
    const before = JSON.stringify(raw);
    expect(faults(raw)).toEqual(['error unknown-field spec.__proto__']);
    expect(JSON.stringify(raw)).toBe(before);
  });
});
