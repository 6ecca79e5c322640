import { describe, expect, it } from 'vitest';
import { clusterwide, egress, namespaced, peersOf, pods, rulesOf } from '../../../cases/support/cilium-objects.ts';
import { read } from './read.ts';

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
    ['reserved:kube-apiserver', 'kube-apiserver'],
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
