import { describe, expect, it } from 'vitest';
import { pathText } from '../../kernel/reader.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { read } from './read.ts';

function policy(spec: unknown, extra: Record<string, unknown> = {}): RawObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    namespace: 'ml',
    name: 'p',
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'ml' },
      ...(spec === undefined ? {} : { spec }),
      ...extra,
    },
    origin: { document: { file: 'p.yaml', index: 0 }, path: [] },
  };
}

/** `severity code at path`, one a fault. */
function faults(spec: unknown, extra?: Record<string, unknown>): string[] {
  return read(policy(spec, extra)).diagnostics.map((d) => `${d.severity} ${d.code} ${pathText(d.origin?.path ?? [])}`);
}

function lowered(spec: unknown) {
  const result = read(policy(spec));
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  const [only] = result.value;
  if (only === undefined || result.value.length !== 1) throw new Error('expected one policy');
  return only;
}

const ingress = (...rules: unknown[]) => ({ podSelector: {}, ingress: rules });
const from = (...peers: unknown[]) => ingress({ from: peers });
const ports = (...items: unknown[]) => ingress({ ports: items });
const selector = (podSelector: unknown) => ({ podSelector, policyTypes: ['Ingress'] });
const expression = (e: unknown) => selector({ matchExpressions: [e] });

describe('what the API server refuses', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['a peer that says nothing', from({}), 'error empty-peer spec.ingress[0].from[0]'],
    ['a null peer', from(null), 'error empty-peer spec.ingress[0].from[0]'],
    ['a peer whose only field is null', from({ podSelector: null }), 'error empty-peer spec.ingress[0].from[0]'],
    ['ipBlock with podSelector', from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }), 'error mixed-peer spec.ingress[0].from[0]'],
    ['ipBlock with namespaceSelector', from({ ipBlock: { cidr: '10.0.0.0/8' }, namespaceSelector: {} }), 'error mixed-peer spec.ingress[0].from[0]'],
    ['a cidr that is none', from({ ipBlock: { cidr: '10.0.0.0/33' } }), 'error bad-cidr spec.ingress[0].from[0].ipBlock.cidr'],
    ['an address for a cidr', from({ ipBlock: { cidr: '10.0.0.1' } }), 'error bad-cidr spec.ingress[0].from[0].ipBlock.cidr'],
    ['no cidr', from({ ipBlock: { except: [] } }), 'error missing-field spec.ingress[0].from[0].ipBlock'],
    ['a number for a cidr', from({ ipBlock: { cidr: 10 } }), 'error wrong-type spec.ingress[0].from[0].ipBlock.cidr'],
    [
      'an exception outside',
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
      'error except-outside spec.ingress[0].from[0].ipBlock.except[0]',
    ],
    [
      'an exception as large as the cidr',
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
      'error except-outside spec.ingress[0].from[0].ipBlock.except[0]',
    ],
    [
      'an exception of the other family',
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/64'] } }),
      'error except-outside spec.ingress[0].from[0].ipBlock.except[0]',
    ],
    ['an exception that is no cidr', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['x'] } }), 'error bad-cidr spec.ingress[0].from[0].ipBlock.except[0]'],
    ['host bits', from({ ipBlock: { cidr: '10.0.0.5/8' } }), 'warning host-bits spec.ingress[0].from[0].ipBlock.cidr'],
    ['port 0', ports({ port: 0 }), 'error out-of-range spec.ingress[0].ports[0].port'],
    ['port 65536', ports({ port: 65536 }), 'error out-of-range spec.ingress[0].ports[0].port'],
    ['half a port', ports({ port: 80.5 }), 'error out-of-range spec.ingress[0].ports[0].port'],
    ['a number in quotes', ports({ port: '80' }), 'error bad-port-name spec.ingress[0].ports[0].port'],
    ['a name with capitals', ports({ port: 'Http' }), 'error bad-port-name spec.ingress[0].ports[0].port'],
    ['a name too long', ports({ port: 'a234567890123456' }), 'error bad-port-name spec.ingress[0].ports[0].port'],
    ['a name with two hyphens', ports({ port: 'a--b' }), 'error bad-port-name spec.ingress[0].ports[0].port'],
    ['a list for a port', ports({ port: [80] }), 'error wrong-type spec.ingress[0].ports[0].port'],
    ['endPort before port', ports({ port: 80, endPort: 79 }), 'error end-port-before-port spec.ingress[0].ports[0].endPort'],
    ['endPort without port', ports({ endPort: 80 }), 'error end-port-without-port spec.ingress[0].ports[0].endPort'],
    ['endPort with a name', ports({ port: 'http', endPort: 80 }), 'error end-port-with-name spec.ingress[0].ports[0].endPort'],
    ['endPort 65536', ports({ port: 80, endPort: 65536 }), 'error out-of-range spec.ingress[0].ports[0].endPort'],
    ['an unknown protocol', ports({ protocol: 'ICMP' }), 'error unknown-value spec.ingress[0].ports[0].protocol'],
    ['a protocol in lower case', ports({ protocol: 'tcp' }), 'error unknown-value spec.ingress[0].ports[0].protocol'],
    ['a null port', ports(null), 'error wrong-type spec.ingress[0].ports[0]'],
    ['In without values', expression({ key: 'a', operator: 'In' }), 'error missing-values spec.podSelector.matchExpressions[0].values'],
    ['NotIn with an empty list', expression({ key: 'a', operator: 'NotIn', values: [] }), 'error missing-values spec.podSelector.matchExpressions[0].values'],
    ['Exists with values', expression({ key: 'a', operator: 'Exists', values: ['x'] }), 'error unexpected-values spec.podSelector.matchExpressions[0].values'],
    [
      'DoesNotExist with values',
      expression({ key: 'a', operator: 'DoesNotExist', values: ['x'] }),
      'error unexpected-values spec.podSelector.matchExpressions[0].values',
    ],
    ['an unknown operator', expression({ key: 'a', operator: 'Equals', values: ['x'] }), 'error unknown-value spec.podSelector.matchExpressions[0].operator'],
    ['no operator', expression({ key: 'a', values: ['x'] }), 'error missing-field spec.podSelector.matchExpressions[0]'],
    ['no key', expression({ operator: 'Exists' }), 'error missing-field spec.podSelector.matchExpressions[0]'],
    ['a bad key in an expression', expression({ key: '-a', operator: 'Exists' }), 'error bad-label-key spec.podSelector.matchExpressions[0].key'],
    [
      'a bad value in an expression',
      expression({ key: 'a', operator: 'In', values: ['b', '*'] }),
      'error bad-label-value spec.podSelector.matchExpressions[0].values[1]',
    ],
    ['a bad key', selector({ matchLabels: { 'a b': 'c' } }), 'error bad-label-key spec.podSelector.matchLabels["a b"]'],
    ['a key with two slashes', selector({ matchLabels: { 'a/b/c': 'd' } }), 'error bad-label-key spec.podSelector.matchLabels["a/b/c"]'],
    ['a value too long', selector({ matchLabels: { a: 'x'.repeat(64) } }), 'error bad-label-value spec.podSelector.matchLabels.a'],
    ['a boolean label', selector({ matchLabels: { gpu: true } }), 'error wrong-type spec.podSelector.matchLabels.gpu'],
    ['an unknown policy type', { podSelector: {}, policyTypes: ['ingress'] }, 'error unknown-value spec.policyTypes[0]'],
    ['three policy types', { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] }, 'error too-many-policy-types spec.policyTypes'],
    ['a rule that is text', ingress('x'), 'error wrong-type spec.ingress[0]'],
    ['ingress that is an object', { podSelector: {}, ingress: {} }, 'error wrong-type spec.ingress'],
    ['typo: podSelectors', { podSelectors: {} }, 'error unknown-field spec.podSelectors'],
    ['typo: matchLabel', selector({ matchLabel: { a: 'b' } }), 'error unknown-field spec.podSelector.matchLabel'],
    ['labels outside matchLabels', selector({ app: 'web' }), 'error unknown-field spec.podSelector.app'],
    ['port for ports', ingress({ port: 80 }), 'error unknown-field spec.ingress[0].port'],
    ['ports for port', ports({ ports: 80 }), 'error unknown-field spec.ingress[0].ports[0].ports'],
    ['to in an ingress rule', ingress({ to: [] }), 'error unknown-field spec.ingress[0].to'],
    ['from in an egress rule', { podSelector: {}, egress: [{ from: [] }] }, 'error unknown-field spec.egress[0].from'],
    ['a selector outside the list of peers', ingress({ podSelector: {} }), 'error unknown-field spec.ingress[0].podSelector'],
    ['rules of a direction that does not count', { podSelector: {}, policyTypes: ['Ingress'], egress: [{}] }, 'warning ignored-section spec.egress'],
  ];
  it.each(rows)('%s', (_name, spec, expected) => {
    expect(faults(spec)).toEqual([expected]);
  });

  it('names every fault, not the first', () => {
    expect(faults(from({}, { ipBlock: { cidr: 'x' } }, { podSelector: { matchLabel: {} } }))).toEqual([
      'error empty-peer spec.ingress[0].from[0]',
      'error bad-cidr spec.ingress[0].from[1].ipBlock.cidr',
      'error unknown-field spec.ingress[0].from[2].podSelector.matchLabel',
    ]);
  });

  it('suggests the name that was meant', () => {
    const hint = (spec: unknown) => read(policy(spec)).diagnostics[0]?.hint;
    expect(hint({ podSelectors: {} })).toBe('Did you mean podSelector?');
    expect(hint(selector({ app: 'web' }))).toBe('Put labels under matchLabels.');
    expect(hint(ports({ port: '80' }))).toBe('Write 80 without quotes: in quotes it is a name.');
    expect(read(policy({}, { podSelector: {} })).diagnostics[0]?.hint).toBe('Put podSelector under spec.');
  });
});

describe('another version', () => {
  it('is refused', () => {
    const { diagnostics } = read({ ...policy({ podSelector: {} }), apiVersion: 'networking.k8s.io/v2' });
    expect(diagnostics.map((d) => `${d.severity} ${d.code} ${pathText(d.origin?.path ?? [])}`)).toEqual(['error unknown-version apiVersion']);
  });
});

describe('lowering', () => {
  it.each([
    ['absent', {}, { ingress: true, egress: false }],
    ['absent with egress: []', { egress: [] }, { ingress: true, egress: false }],
    ['absent with an egress rule', { egress: [{}] }, { ingress: true, egress: true }],
    ['empty with an egress rule', { policyTypes: [], egress: [{}] }, { ingress: true, egress: true }],
    ['Egress with an ingress section', { policyTypes: ['Egress'], ingress: [{}] }, { ingress: false, egress: true }],
    ['both', { policyTypes: ['Egress', 'Ingress'] }, { ingress: true, egress: true }],
  ])('policyTypes %s', (_name, spec, isolates) => {
    const read = lowered(spec);
    expect(read.isolates).toEqual(isolates);
    expect(read.rules.filter((rule) => !read.isolates[rule.direction])).toEqual([]);
  });

  it.each([[undefined], [null], [{}]])('podSelector %j selects all of its own namespace', (podSelector) => {
    expect(lowered({ podSelector }).subject).toEqual({
      kind: 'pods',
      match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: null },
    });
  });

  it.each([
    ['no peers', {}, null],
    ['null peers', { from: null }, null],
    ['empty peers', { from: [] }, null],
    ['own namespace', { from: [{ podSelector: {} }] }, { kind: 'named', name: 'ml' }],
    ['all namespaces', { from: [{ namespaceSelector: {} }] }, { kind: 'labelled', selector: { requirements: [] } }],
    [
      'one namespace by name',
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'x' } }, podSelector: {} }] },
      { kind: 'named', name: 'x' },
    ],
  ])('%s', (_name, rule, namespaces) => {
    const [read] = lowered(ingress(rule)).rules;
    const peer = read?.peers?.[0];
    expect(peer === undefined ? read?.peers : peer.kind === 'pods' && peer.match.namespaces).toEqual(namespaces);
  });

  it('joins both selectors of one peer, and keeps two peers apart', () => {
    const pods = { matchLabels: { app: 'web' } };
    const namespaces = { matchLabels: { team: 'a' } };
    const [joined] = lowered(from({ podSelector: pods, namespaceSelector: namespaces })).rules;
    expect(joined?.peers).toHaveLength(1);
    const [apart] = lowered(from({ podSelector: pods }, { namespaceSelector: namespaces })).rules;
    expect(apart?.peers).toHaveLength(2);
  });

  it.each([
    ['protocol alone', { protocol: 'UDP' }, { protocol: 'UDP', port: null, endPort: null }],
    ['nothing', {}, { protocol: 'TCP', port: null, endPort: null }],
    ['a range of one', { port: 80, endPort: 80 }, { protocol: 'TCP', port: 80, endPort: 80 }],
    ['a name', { port: 'http' }, { protocol: 'TCP', port: 'http', endPort: null }],
    ['the last port', { protocol: 'SCTP', port: 65535 }, { protocol: 'SCTP', port: 65535, endPort: null }],
  ])('port: %s', (_name, item, expected) => {
    expect(lowered(ports(item)).rules[0]?.ports).toEqual([expected]);
  });

  it('takes an absent and an empty list of ports for every port', () => {
    expect(lowered(ingress({})).rules[0]?.ports).toBeNull();
    expect(lowered(ports()).rules[0]?.ports).toBeNull();
  });

  it('points each rule at its place', () => {
    expect(lowered({ egress: [{}, {}] }).rules.map((rule) => pathText(rule.origin.path))).toEqual(['spec.egress[0]', 'spec.egress[1]']);
  });

  it('masks host bits', () => {
    expect(lowered(from({ ipBlock: { cidr: '10.1.2.3/8', except: ['10.2.3.4/16'] } })).rules[0]?.peers).toEqual([
      { kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.2.0.0/16'] },
    ]);
  });

  it('never changes what it reads', () => {
    const object = policy(from({ podSelector: { matchLabels: { a: 'b' } } }));
    const before = JSON.stringify(object);
    read(object);
    expect(JSON.stringify(object)).toBe(before);
  });

  it('survives keys that objects have by themselves', () => {
    expect(faults(JSON.parse('{"podSelector": {"matchLabels": {"constructor": "x"}}, "policyTypes": ["Ingress"]}'))).toEqual([]);
    expect(faults(JSON.parse('{"__proto__": {}, "policyTypes": ["Ingress"]}'))).toEqual(['error unknown-field spec.__proto__']);
  });
});

it.each([
  ['rail-0', 'rail-0'],
  ['default', undefined],
  ['', undefined],
])('the annotation of GKE for another network, %j', (network, wanted) => {
  const result = read(policy({ podSelector: {} }, { metadata: { name: 'p', namespace: 'ml', annotations: { 'networking.gke.io/network': network } } }));
  expect(result.ok && result.value[0]?.gkeNetwork).toBe(wanted);
});
