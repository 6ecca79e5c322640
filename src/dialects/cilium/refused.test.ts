import { describe, expect, it } from 'vitest';
import { clusterwide, dns, egress, faults, ingress, namespaced, object, pods, port, subject, to } from '../../../cases/support/cilium-objects.ts';
import { read } from './read.ts';

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
    ['a star inside a server name', to({ ports: [{ port: '443' }], serverNames: ['a.*.com'] }), 'warning since-1.20 spec.egress[0].toPorts[0].serverNames[0]'],
    ['a space in a server name', to({ ports: [{ port: '443' }], serverNames: ['a b.com'] }), 'error bad-name spec.egress[0].toPorts[0].serverNames[0]'],
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
    [
      'an ICMP name that the pattern of the CRD misspells',
      egress({ icmps: [{ fields: [{ family: 'IPv6', type: 'ExtendedEchoReply' }] }] }),
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
    ['a dollar before an entity', subject({ $host: '' }), 'warning key-refused spec.endpointSelector.matchLabels["$host"]'],
    ['a colon before a key', subject({ ':app': 'x' }), 'warning key-refused spec.endpointSelector.matchLabels[":app"]'],
    ['a group without a name', egress({ toCIDRSet: [{ cidrGroupRef: '' }] }), 'error one-of spec.egress[0].toCIDRSet[0]'],
    ['a dot after reserved', subject({ 'reserved.host': '' }), 'warning reserved-with-dot spec.endpointSelector.matchLabels["reserved.host"]'],
    ['another namespace, any source', subject({ 'io.kubernetes.pod.namespace': 'other' }), 'warning selects-nothing spec.endpointSelector'],
    ['no peers of endpoints', egress({ toEndpoints: [] }), 'warning matches-nothing spec.egress[0].toEndpoints'],
    ['no names, with ports', egress({ toFQDNs: [], toPorts: [{ ports: [{ port: '1' }] }] }), 'warning matches-everything spec.egress[0].toFQDNs'],
    ['an empty list of DNS names', to({ ports: [{ port: '53' }], rules: { dns: [] } }), 'warning no-effect spec.egress[0].toPorts[0].rules.dns'],
    ['ports left empty', to({ ports: [] }), 'warning matches-nothing spec.egress[0].toPorts[0]'],
  ];
  it.each(rows)('%s', (_name, spec, expected) => {
    expect(faults(namespaced(spec))).toEqual([expected]);
  });

  it('refuses protocols without ports on a port', () => {
    const at = 'spec.egress[0].toPorts[0].ports[0]';
    expect(faults(namespaced(port({ port: '5', protocol: 'IGMP' })))).toEqual([`warning since-1.19 ${at}.protocol`, `error bad-port ${at}.port`]);
    expect(faults(namespaced(port({ port: '5', protocol: 'ESP' })))).toEqual([`warning since-1.20 ${at}.protocol`, `error bad-port ${at}.port`]);
  });

  it.each([
    ['[', 'a bracket'],
    ['(a', 'not closed'],
    ['a)', 'not opened'],
    ['a\\', 'backslash'],
    ['[^]', 'a bracket'],
    ['/v1/(a|b)[^/]+', null],
    ['[]a]', null],
    ['[[:alpha:]]+', null],
    ['\\(\\[', null],
    ['[\\]]', null],
    ['\\Q(\\E', null],
  ])('takes %j for an expression of HTTP only where its brackets are in order', (path, says) => {
    const { diagnostics } = read(namespaced(to({ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ path }] } })));
    expect(diagnostics.map((d) => d.code)).toEqual(says === null ? [] : ['bad-expression']);
    if (says !== null) expect(diagnostics[0]?.message).toContain(says);
  });

  it('refuses headers without a name, and what they do not do', () => {
    const http = (match: Record<string, unknown>) => to({ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ headerMatches: [match] }] } });
    const at = 'spec.egress[0].toPorts[0].rules.http[0].headerMatches[0]';
    expect(faults(namespaced(http({ value: 'y' })))).toEqual([`error missing-field ${at}`]);
    expect(faults(namespaced(http({ name: 'X', mismatch: 'DROP' })))).toEqual([`error unknown-value ${at}.mismatch`]);
    expect(faults(namespaced(http({ name: 'X', mismatch: 'LOG' })))).toEqual([]);
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
