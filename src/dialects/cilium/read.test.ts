import { describe, expect, it } from 'vitest';
import { pathText } from '../../kernel/reader.ts';
import type { Peer, Policy, Rule } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { read } from './read.ts';

function object(kind: 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy', body: Record<string, unknown>): RawObject {
  const namespace = kind === 'CiliumNetworkPolicy' ? 'ml' : null;
  return {
    apiVersion: 'cilium.io/v2',
    kind,
    namespace,
    name: 'p',
    body: { apiVersion: 'cilium.io/v2', kind, metadata: { name: 'p' }, ...body },
    origin: { document: { file: 'p.yaml', index: 0 }, path: [] },
  };
}

const namespaced = (spec: unknown) => object('CiliumNetworkPolicy', { spec });
const clusterwide = (spec: unknown) => object('CiliumClusterwideNetworkPolicy', { spec });

/** `severity code at path`, one a fault. */
function faults(raw: RawObject): string[] {
  return read(raw).diagnostics.map((d) => `${d.severity} ${d.code} ${pathText(d.origin?.path ?? [])}`);
}

function lowered(raw: RawObject): Policy {
  const result = read(raw);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  const [only] = result.value;
  if (only === undefined || result.value.length !== 1) throw new Error('expected one policy');
  return only;
}

const pods = { endpointSelector: {} };
const egress = (...rules: unknown[]) => ({ ...pods, egress: rules });
const ingress = (...rules: unknown[]) => ({ ...pods, ingress: rules });
const subject = (matchLabels: Record<string, string>) => ({ endpointSelector: { matchLabels }, ingress: [{}] });
const dns = [{ matchName: 'a.com' }];
const port = (item: Record<string, unknown>) => egress({ toPorts: [{ ports: [item] }] });
const to = (...toPorts: unknown[]) => egress({ toPorts });

function rulesOf(raw: RawObject): readonly Rule[] {
  return lowered(raw).rules;
}

function peersOf(rule: Record<string, unknown>, raw: (spec: unknown) => RawObject = namespaced): readonly Peer[] | null | undefined {
  const rules = rulesOf(raw(egress(rule)));
  if (rules.length > 1) throw new Error('expected one rule');
  return rules[0]?.peers;
}

describe('what Cilium or its CRD refuses', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['no selector', { egress: [{}] }, 'error missing-field spec'],
    ['a null selector', { endpointSelector: null, egress: [{}] }, 'error missing-field spec'],
    ['no rules', pods, 'error no-rules spec'],
    ['nodes in a namespace', { nodeSelector: {}, egress: [{}] }, 'error nodes-in-namespace spec.nodeSelector'],
    ['two sorts of peer', egress({ toEndpoints: [{}], toCIDR: ['10.0.0.0/8'] }), 'error mixed-peers spec.egress[0].toCIDR'],
    ['names beside entities', egress({ toEntities: ['host'], toFQDNs: dns }), 'error mixed-peers spec.egress[0].toFQDNs'],
    ['toRequires', egress({ toEndpoints: [{}], toRequires: [{}] }), 'warning requires-removed spec.egress[0].toRequires'],
    ['fromRequires', ingress({ fromEndpoints: [{}], fromRequires: [{}] }), 'warning requires-removed spec.ingress[0].fromRequires'],
    [
      'icmps beside toPorts',
      egress({ toPorts: [{ ports: [{ port: '1' }] }], icmps: [{ fields: [{ type: 8 }] }] }),
      'error icmps-with-ports spec.egress[0].icmps',
    ],
    ['an unknown entity', egress({ toEntities: ['internet'] }), 'error unknown-value spec.egress[0].toEntities[0]'],
    ['an entity that only selectors know', egress({ toEntities: ['world-ipv4'] }), 'error unknown-value spec.egress[0].toEntities[0]'],
    ['a bad CIDR', egress({ toCIDR: ['10.0.0/8'] }), 'error bad-cidr spec.egress[0].toCIDR[0]'],
    ['a bare address in toCIDRSet', egress({ toCIDRSet: [{ cidr: '10.0.0.1' }] }), 'error bad-cidr spec.egress[0].toCIDRSet[0].cidr'],
    [
      'an exception outside',
      egress({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] }] }),
      'error except-outside spec.egress[0].toCIDRSet[0].except[0]',
    ],
    ['a CIDR and a group', egress({ toCIDRSet: [{ cidr: '10.0.0.0/8', cidrGroupRef: 'g' }] }), 'error one-of spec.egress[0].toCIDRSet[0]'],
    ['an empty toCIDRSet item', egress({ toCIDRSet: [{}] }), 'error one-of spec.egress[0].toCIDRSet[0]'],
    ['names in a deny rule', { ...pods, egressDeny: [{ toFQDNs: dns }] }, 'error unknown-field spec.egressDeny[0].toFQDNs'],
    [
      'layer 7 in a deny rule',
      { ...pods, egressDeny: [{ toPorts: [{ ports: [{ port: '1' }], rules: {} }] }] },
      'error unknown-field spec.egressDeny[0].toPorts[0].rules',
    ],
    [
      'authentication in a deny rule',
      { ...pods, ingressDeny: [{ authentication: { mode: 'required' } }] },
      'error unknown-field spec.ingressDeny[0].authentication',
    ],
    ['to in an ingress rule', ingress({ toEndpoints: [{}] }), 'error unknown-field spec.ingress[0].toEndpoints'],
    ['names in an ingress rule', ingress({ toFQDNs: dns }), 'error unknown-field spec.ingress[0].toFQDNs'],
    ['a typo', egress({ toEndpoint: [{}] }), 'error unknown-field spec.egress[0].toEndpoint'],
    ['the words of NetworkPolicy', { endpointSelector: {}, policyTypes: ['Egress'], egress: [{}] }, 'error unknown-field spec.policyTypes'],
    ['a number for a port', port({ port: 443 }), 'error wrong-type spec.egress[0].toPorts[0].ports[0].port'],
    ['no port', port({ protocol: 'TCP' }), 'error missing-field spec.egress[0].toPorts[0].ports[0]'],
    ['port 65536', port({ port: '65536' }), 'error bad-port spec.egress[0].toPorts[0].ports[0].port'],
    ['a port with a leading zero', port({ port: '080' }), 'error bad-port spec.egress[0].toPorts[0].ports[0].port'],
    ['a protocol in lower case', port({ port: '1', protocol: 'tcp' }), 'error unknown-value spec.egress[0].toPorts[0].ports[0].protocol'],
    ['endPort with a name', port({ port: 'http', endPort: 90 }), 'error end-port-with-name spec.egress[0].toPorts[0].ports[0].endPort'],
    ['endPort from zero', port({ port: '0', endPort: 90 }), 'error end-port-with-zero spec.egress[0].toPorts[0].ports[0].endPort'],
    ['endPort before port', port({ port: '90', endPort: 80 }), 'warning end-port-before-port spec.egress[0].toPorts[0].ports[0].endPort'],
    ['41 ports', to({ ports: Array.from({ length: 41 }, (_, i) => ({ port: String(i + 1) })) }), 'error too-many-ports spec.egress[0].toPorts[0].ports'],
    ['IGMP with a port', port({ port: '5', protocol: 'IGMP' }), 'error bad-port spec.egress[0].toPorts[0].ports[0].port'],
    ['DNS and HTTP', to({ ports: [{ port: '53', protocol: 'TCP' }], rules: { dns, http: [{}] } }), 'error one-of spec.egress[0].toPorts[0].rules'],
    ['DNS on a range', to({ ports: [{ port: '53', endPort: 60 }], rules: { dns } }), 'error dns-on-range spec.egress[0].toPorts[0].rules.dns'],
    ['DNS on every port', to({ ports: [{ port: '0' }], rules: { dns } }), 'error layer-7-on-every-port spec.egress[0].toPorts[0].rules'],
    ['DNS on ingress', ingress({ toPorts: [{ ports: [{ port: '53' }], rules: { dns } }] }), 'error dns-on-ingress spec.ingress[0].toPorts[0].rules.dns'],
    ['HTTP on any protocol', to({ ports: [{ port: '80' }], rules: { http: [{}] } }), 'error layer-7-not-tcp spec.egress[0].toPorts[0].rules'],
    [
      'an unknown field of HTTP',
      to({ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ paths: '/' }] } }),
      'error unknown-field spec.egress[0].toPorts[0].rules.http[0].paths',
    ],
    [
      'server names with HTTP',
      to({ ports: [{ port: '443', protocol: 'TCP' }], serverNames: ['a.com'], rules: { http: [{}] } }),
      'error server-names-with-layer-7 spec.egress[0].toPorts[0].serverNames',
    ],
    ['a star inside a server name', to({ ports: [{ port: '443' }], serverNames: ['a.*.com'] }), 'error bad-name spec.egress[0].toPorts[0].serverNames[0]'],
    ['no server names', to({ ports: [{ port: '443' }], serverNames: [] }), 'error empty-list spec.egress[0].toPorts[0].serverNames'],
    [
      'a listener on ingress',
      ingress({ toPorts: [{ ports: [{ port: '80' }], listener: { name: 'x' } }] }),
      'error listener-on-ingress spec.ingress[0].toPorts[0].listener',
    ],
    ['an authentication mode', egress({ toEndpoints: [{}], authentication: { mode: 'on' } }), 'error unknown-value spec.egress[0].authentication.mode'],
    ['a star in matchName', egress({ toFQDNs: [{ matchName: '*.a.com' }] }), 'error bad-name spec.egress[0].toFQDNs[0].matchName'],
    ['a URL for a name', egress({ toFQDNs: [{ matchPattern: 'https://a.com' }] }), 'error bad-name spec.egress[0].toFQDNs[0].matchPattern'],
    ['two dots', egress({ toFQDNs: [{ matchName: 'a..com' }] }), 'error bad-name spec.egress[0].toFQDNs[0].matchName'],
    ['a name too long', egress({ toFQDNs: [{ matchName: 'a'.repeat(256) }] }), 'error bad-name spec.egress[0].toFQDNs[0].matchName'],
    ['name and pattern', egress({ toFQDNs: [{ matchName: 'a.com', matchPattern: '*' }] }), 'error one-of spec.egress[0].toFQDNs[0]'],
    [
      'an ICMP name of the other family',
      egress({ icmps: [{ fields: [{ family: 'IPv4', type: 'PacketTooBig' }] }] }),
      'error unknown-value spec.egress[0].icmps[0].fields[0].type',
    ],
    ['an ICMP type of 256', egress({ icmps: [{ fields: [{ type: 256 }] }] }), 'error out-of-range spec.egress[0].icmps[0].fields[0].type'],
    ['a service without a name', egress({ toServices: [{ k8sService: { namespace: 'x' } }] }), 'error missing-field spec.egress[0].toServices[0].k8sService'],
    ['a cluster that may be another', subject({ 'io.cilium.k8s.policy.cluster': 'east' }), 'error unsupported-selector spec.endpointSelector'],
    ['an empty section beside another', { ...ingress({}), egress: [] }, 'warning no-effect spec.egress'],
    ['default deny without rules', { ...ingress({}), enableDefaultDeny: { egress: true } }, 'warning no-effect spec.enableDefaultDeny.egress'],
    ['a label outside identities', subject({ 'pod-template-hash': 'x' }), 'warning label-not-in-identity spec.endpointSelector.matchLabels.pod-template-hash'],
    [
      'another namespace',
      subject({ 'k8s:io.kubernetes.pod.namespace': 'other' }),
      'warning namespace-overwritten spec.endpointSelector.matchLabels["k8s:io.kubernetes.pod.namespace"]',
    ],
    ['another namespace, any source', subject({ 'io.kubernetes.pod.namespace': 'other' }), 'warning selects-nothing spec.endpointSelector'],
    ['no peers of endpoints', egress({ toEndpoints: [] }), 'warning matches-nothing spec.egress[0].toEndpoints'],
    ['no names, with ports', egress({ toFQDNs: [], toPorts: [{ ports: [{ port: '1' }] }] }), 'warning matches-everything spec.egress[0].toFQDNs'],
    ['an empty list of DNS names', to({ ports: [{ port: '53' }], rules: { dns: [] } }), 'warning no-effect spec.egress[0].toPorts[0].rules.dns'],
    ['ports left empty', to({ ports: [] }), 'warning matches-nothing spec.egress[0].toPorts[0]'],
  ];
  it.each(rows)('%s', (_name, spec, expected) => {
    expect(faults(namespaced(spec))).toEqual([expected]);
  });

  it('refuses DNS rules without ports, which match nothing anyway', () => {
    expect(faults(namespaced(to({ rules: { dns } })))).toContain('error dns-without-port spec.egress[0].toPorts[0].rules.dns');
  });

  it('refuses empty sections alone: Cilium stores such a policy and enforces nothing', () => {
    expect(faults(namespaced({ ...pods, egress: [] }))).toContain('error no-rules spec');
  });

  it('refuses HTTP in a host policy, and both selectors', () => {
    const http = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}] } }] };
    expect(faults(clusterwide({ nodeSelector: {}, egress: [http] }))).toEqual(['error layer-7-on-nodes spec.egress[0].toPorts[0].rules']);
    expect(faults(clusterwide({ nodeSelector: {}, endpointSelector: {}, egress: [{}] }))).toEqual(['error one-of spec.nodeSelector']);
  });

  it('refuses an object without spec, and other versions', () => {
    expect(faults(object('CiliumNetworkPolicy', {}))).toEqual(['error no-spec the document']);
    expect(faults({ ...namespaced(egress({})), apiVersion: 'cilium.io/v3' })).toEqual(['error unknown-version apiVersion']);
  });
});

describe('default deny', () => {
  it.each([
    ['an empty rule', egress({}), { ingress: false, egress: true }],
    ['a deny rule alone', { ...pods, ingressDeny: [{ fromEntities: ['world'] }] }, { ingress: true, egress: false }],
    ['switched off', { ...ingress({ fromEndpoints: [{}] }), enableDefaultDeny: { ingress: false } }, { ingress: false, egress: false }],
    ['asked for without rules', { ...ingress({}), enableDefaultDeny: { egress: true } }, { ingress: true, egress: false }],
    ['an empty list', { ...ingress({}), egress: [] }, { ingress: true, egress: false }],
  ])('%s', (_name, spec, isolates) => {
    expect(lowered(namespaced(spec)).isolates).toEqual(isolates);
  });

  it('takes an empty rule for one that opens nothing', () => {
    expect(rulesOf(namespaced(egress({})))).toEqual([]);
  });
});

describe('peers', () => {
  const own = { kind: 'named', name: 'ml' };
  const named = (name: string) => ({ kind: 'named', name });
  const everywhere = { kind: 'labelled', selector: { requirements: [] } };
  const label = (key: string, value: string) => ({ key, operator: 'In', values: [value] });
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['{} is its own namespace', {}, { namespaces: own, pods: { requirements: [] }, serviceAccounts: null }],
    ['a label, any source', { matchLabels: { app: 'x' } }, { namespaces: own, pods: { requirements: [label('app', 'x')] }, serviceAccounts: null }],
    ['a label, k8s source', { matchLabels: { 'k8s:app': 'x' } }, { namespaces: own, pods: { requirements: [label('app', 'x')] }, serviceAccounts: null }],
    [
      'a namespace',
      { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } },
      { namespaces: named('kube-system'), pods: { requirements: [label('k8s-app', 'kube-dns')] }, serviceAccounts: null },
    ],
    [
      'every namespace',
      { matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] },
      { namespaces: everywhere, pods: { requirements: [] }, serviceAccounts: null },
    ],
    [
      'a label of the namespace',
      { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'a' } },
      { namespaces: { kind: 'labelled', selector: { requirements: [label('team', 'a')] } }, pods: { requirements: [] }, serviceAccounts: null },
    ],
    [
      'a service account',
      { matchLabels: { 'io.cilium.k8s.policy.serviceaccount': 'job' } },
      { namespaces: own, pods: { requirements: [] }, serviceAccounts: ['job'] },
    ],
  ];
  it.each(rows)('toEndpoints: %s', (_name, selector, match) => {
    expect(peersOf({ toEndpoints: [selector] })).toEqual([{ kind: 'pods', match }]);
  });

  it('means every namespace by {} in a clusterwide policy', () => {
    expect(peersOf({ toEndpoints: [{}] }, clusterwide)).toEqual([
      { kind: 'pods', match: { namespaces: everywhere, pods: { requirements: [] }, serviceAccounts: null } },
    ]);
  });

  it.each([
    ['reserved:host', 'host'],
    ['reserved.host', 'host'],
    ['$kube-apiserver', 'kube-apiserver'],
    ['reserved:health', 'other'],
  ])('toEndpoints: %s is an entity', (key, entity) => {
    expect(peersOf({ toEndpoints: [{ matchLabels: { [key]: '' } }] })).toEqual([{ kind: 'entity', entity }]);
  });

  it.each([
    ['two reserved labels', { matchLabels: { 'reserved:host': '', app: 'x' } }],
    ['everything but the host', { matchExpressions: [{ key: 'reserved:host', operator: 'DoesNotExist' }] }],
    ['a label of addresses', { matchLabels: { 'cidr:10.0.0.0/8': '' } }],
    ['service accounts left out', { matchExpressions: [{ key: 'io.cilium.k8s.policy.serviceaccount', operator: 'NotIn', values: ['x'] }] }],
    ['a named cluster', { matchLabels: { 'k8s:io.cilium.k8s.policy.cluster': 'east' } }],
  ])('toEndpoints: %s cannot be known', (_name, selector) => {
    const peers = read(namespaced(egress({ toEndpoints: [selector] })));
    expect(peers.ok && peers.value[0]?.rules[0]?.peers?.map((peer) => peer.kind)).toEqual(['unknown']);
  });

  it('keeps a label outside identities, for the profile to leave out', () => {
    const positive = { matchLabels: { 'batch.kubernetes.io/job-completion-index': '0' } };
    const [peer] = peersOf({ toEndpoints: [positive] }) ?? [];
    expect(peer?.kind === 'pods' && peer.match.pods.requirements.map((r) => r.operator)).toEqual(['In']);
    const negative = { matchExpressions: [{ key: 'pod-template-hash', operator: 'NotIn', values: ['x'] }] };
    const [other] = peersOf({ toEndpoints: [negative] }) ?? [];
    expect(other?.kind === 'pods' && other.match.pods.requirements.map((r) => r.operator)).toEqual(['NotIn']);
  });

  it.each([
    ['toEndpoints', []],
    ['toEntities', []],
    ['toCIDR', []],
    ['toCIDRSet', []],
  ])('%s: [] matches nothing', (key, list) => {
    expect(peersOf({ [key]: list })).toEqual([]);
    expect(peersOf({ [key]: list, toPorts: [{ ports: [{ port: '1' }] }] })).toEqual([]);
  });

  it.each([['toFQDNs'], ['toServices'], ['toGroups']])('%s: [] is as if it were not there', (key) => {
    expect(peersOf({ [key]: [], toPorts: [{ ports: [{ port: '1' }] }] })).toBeNull();
    expect(peersOf({ [key]: [] })).toBeUndefined();
  });

  it('takes ports alone, and the entity all, for any peer', () => {
    expect(peersOf({ toPorts: [{ ports: [{ port: '1' }] }] })).toBeNull();
    expect(peersOf({ toEntities: ['host', 'all'] })).toBeNull();
  });

  it('reads addresses, with and without length', () => {
    expect(peersOf({ toCIDR: ['10.0.0.1', '10.0.0.0/8', 'fd00::1'] })?.map((p) => p.kind === 'cidr' && p.cidr)).toEqual([
      '10.0.0.1/32',
      '10.0.0.0/8',
      'fd00::1/128',
    ]);
    expect(peersOf({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] })).toEqual([{ kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }]);
    expect(peersOf({ toCIDRSet: [{ cidrGroupRef: 'g' }] })?.[0]?.kind).toBe('unknown');
  });

  it('reads names, services, nodes and groups', () => {
    const [names] = peersOf({ toFQDNs: [{ matchName: 'A.com.' }, { matchPattern: '*.b.com' }] }) ?? [];
    expect(names?.kind === 'names' && names.names.map((n) => n.kind)).toEqual(['exact', 'pattern']);
    expect(
      peersOf({ toServices: [{ k8sService: { serviceName: 's', namespace: 'n' } }, { k8sServiceSelector: { selector: { matchLabels: { a: 'b' } } } }] }),
    ).toEqual([
      { kind: 'services', namespace: 'n', name: 's', selector: null },
      { kind: 'services', namespace: null, name: null, selector: { requirements: [label('a', 'b')] } },
    ]);
    expect(peersOf({ toNodes: [{ matchLabels: { 'node-role.kubernetes.io/control-plane': '' } }] })).toEqual([
      { kind: 'nodes', selector: { requirements: [label('node-role.kubernetes.io/control-plane', '')] } },
    ]);
    expect(peersOf({ toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] })?.[0]?.kind).toBe('unknown');
  });

  it('does not know what toServices in a deny rule matches', () => {
    const [rule] = rulesOf(namespaced({ ...pods, egressDeny: [{ toServices: [{ k8sService: { serviceName: 's' } }] }] }));
    expect(rule?.peers?.[0]?.kind).toBe('unknown');
  });
});

describe('ports and more', () => {
  const ports = (...items: unknown[]) => rulesOf(namespaced(to(...items))).map((rule) => rule.ports);
  it.each([
    ['port "0"', { port: '0', protocol: 'TCP' }, { protocol: 'TCP', port: null, endPort: null }],
    ['port "0", any', { port: '0' }, { protocol: 'ANY', port: null, endPort: null }],
    ['protocol left empty', { port: '53', protocol: '' }, { protocol: 'ANY', port: 53, endPort: null }],
    ['a range', { port: '1', endPort: 9, protocol: 'UDP' }, { protocol: 'UDP', port: 1, endPort: 9 }],
    ['endPort 0', { port: '1', endPort: 0, protocol: 'UDP' }, { protocol: 'UDP', port: 1, endPort: null }],
    ['a name', { port: 'HTTP', protocol: 'TCP' }, { protocol: 'TCP', port: 'http', endPort: null }],
    ['a name like a number', { port: '0x10', protocol: 'TCP' }, { protocol: 'TCP', port: '0x10', endPort: null }],
  ])('%s', (_name, item, expected) => {
    expect(ports({ ports: [item] })).toEqual([[expected]]);
  });

  it('makes one rule of all ports that ask for the same', () => {
    const plain = { ports: [{ port: '1', protocol: 'TCP' }] };
    const rules = rulesOf(namespaced(to(plain, { ports: [{ port: '53' }], rules: { dns } }, plain, { ports: [{ port: '443' }], serverNames: ['a.com'] })));
    expect(rules.map((rule) => [rule.ports?.length, pathText(rule.origin.path)])).toEqual([
      [2, 'spec.egress[0].toPorts[0]'],
      [1, 'spec.egress[0].toPorts[1]'],
      [1, 'spec.egress[0].toPorts[3]'],
    ]);
    expect(rules.map((rule) => rule.application)).toEqual([
      null,
      { dns: [{ kind: 'exact', name: 'a.com' }], serverNames: null, otherL7: false },
      { dns: null, serverNames: ['a.com'], otherL7: false },
    ]);
  });

  it.each([
    ['http', { rules: { http: [{ method: 'GET' }] } }],
    ['terminatingTLS', { terminatingTLS: { secret: { name: 's' } } }],
    ['listener', { listener: { name: 'l' } }],
  ])('notes %s', (_name, more) => {
    const [rule] = rulesOf(namespaced(to({ ports: [{ port: '80', protocol: 'TCP' }], ...more })));
    expect(rule?.application?.otherL7).toBe(true);
  });

  it('notes authentication, with and without ports', () => {
    const authentication = { mode: 'required' };
    expect(rulesOf(namespaced(egress({ toEndpoints: [{}], authentication })))[0]?.application?.otherL7).toBe(true);
    expect(rulesOf(namespaced(egress({ toPorts: [{ ports: [{ port: '1' }] }], authentication: { mode: 'disabled' } })))[0]?.application).toBeNull();
  });

  it('reads ICMP types by number and name, each once', () => {
    const fields = [{ type: 8 }, { type: 'EchoRequest' }, { family: 'IPv6', type: 'EchoRequest' }, { type: '3' }];
    expect(rulesOf(namespaced(egress({ icmps: [{ fields }] })))[0]?.ports?.map((p) => p.port)).toEqual([8, 128, 3]);
  });

  it('does not take one rare protocol for all of them', () => {
    const [tcp, other] = rulesOf(
      namespaced({
        ...pods,
        egressDeny: [
          {
            toEntities: ['all'],
            toPorts: [
              {
                ports: [
                  { port: '1', protocol: 'TCP' },
                  { port: '0', protocol: 'IGMP' },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(tcp?.ports).toHaveLength(1);
    expect(other?.peers?.[0]?.kind).toBe('unknown');
  });

  it('reads allow and deny sections, of which deny wins', () => {
    const rules = rulesOf(namespaced({ ...egress({ toEndpoints: [{}] }), egressDeny: [{ toEntities: ['world'] }] }));
    expect(rules.map((rule) => rule.action)).toEqual(['allow', 'deny']);
  });
});

describe('subjects', () => {
  it('joins its own namespace with labels of the namespace', () => {
    const { subject: read } = lowered(namespaced(subject({ 'io.cilium.k8s.namespace.labels.team': 'a' })));
    expect(read.kind === 'pods' && read.match.namespaces).toEqual({
      kind: 'labelled',
      selector: {
        requirements: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['ml'] },
          { key: 'team', operator: 'In', values: ['a'] },
        ],
      },
    });
  });

  it('reads a host policy', () => {
    expect(lowered(clusterwide({ nodeSelector: { matchLabels: { gpu: 'yes' } }, ingress: [{}] })).subject).toEqual({
      kind: 'nodes',
      selector: { requirements: [{ key: 'gpu', operator: 'In', values: ['yes'] }] },
    });
  });

  it('reads spec and specs as policies of their own', () => {
    const result = read(object('CiliumNetworkPolicy', { spec: egress({}), specs: [ingress({}), egress({})] }));
    expect(result.ok && result.value.map((p) => [p.id, pathText(p.origin.path)])).toEqual([
      ['CiliumNetworkPolicy ml/p spec', 'spec'],
      ['CiliumNetworkPolicy ml/p specs 0', 'specs[0]'],
      ['CiliumNetworkPolicy ml/p specs 1', 'specs[1]'],
    ]);
    expect(lowered(object('CiliumNetworkPolicy', { specs: [egress({})] })).id).toBe('CiliumNetworkPolicy ml/p');
  });
});
