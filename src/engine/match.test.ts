import { describe, expect, test } from 'vitest';
import { block, clusterNode, namespaced, nowhere, podsWith, policy, rule, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import type { Service } from '../model/cluster.ts';
import { everything, type LabelSelector, matchLabels } from '../model/labels.ts';
import type { Action, Peer, PortMatch } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import { isOwnNode, type MatchContext, matchesName, matchPods, matchRule, matchRulePeers, type Resolved, resolvableThrough, selectsNode } from './match.ts';
import { no, yes } from './matching.ts';
import { matchNamespace } from './namespaces.ts';
import { profileOf } from './profiles.ts';

const found = profileOf('kubernetes');
const strict = (found.ok ? found.value : undefined) as Profile;
const letters = { yes: 'y', no: 'n', maybe: '?' } as const;

const pod = (w: Workload): Resolved => ({ kind: 'pod', workload: w, labels: w.labels });
const node = (name: string | null): Resolved => ({ kind: 'node', node: name });
const address = (text: string): Resolved => {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`no address: ${text}`);
  return { kind: 'address', ip };
};

const cluster = snapshotOf({
  nodes: [
    clusterNode('n1', { addresses: ['10.0.1.1'] }),
    clusterNode('n2', { addresses: ['10.0.1.2', 'fd00::2'], labels: { 'node-role.kubernetes.io/master': '' } }),
    clusterNode('n3', { labels: { 'node-role.kubernetes.io/control-plane': '' } }),
    clusterNode('n4', { origin: null }),
  ],
});

function context(subject: Resolved, more: Partial<MatchContext> = {}): MatchContext {
  return { snapshot: cluster, profile: strict, subject, via: null, resolvable: () => yes, ...more };
}

const here = pod(workload('here', { node: 'n1' }));
const somewhere = pod(workload('somewhere'));
const host = (name: string | null): Resolved => pod(workload(`host-on-${name}`, { hostNetwork: true, node: name }));

/** Answers for each endpoint in turn: `y`, `n` or `?`. */
function row(peer: Peer, endpoints: readonly Resolved[], at: MatchContext, action: Action = 'allow'): string {
  return endpoints.map((e) => letters[matchRulePeers(at, rule({ peers: [peer], action }), e).is]).join('');
}

describe('entities, seen from a pod on n1', () => {
  //                             pod  | hostNetwork on n1, n2, ?   | nodes n1, n2, n3, n4, ?                                   | outside
  const endpoints = [
    somewhere,
    host('n1'),
    host('n2'),
    host(null),
    node('n1'),
    node('n2'),
    node('n3'),
    node('n4'),
    node(null),
    address('8.8.8.8'),
    { kind: 'name', name: 'example.com' } as const,
  ];
  test.each([
    ['all', 'y yyy yyyyy yy'],
    ['none', 'n nnn nnnnn nn'],
    ['world', 'n nnn nnnnn yy'],
    ['cluster', 'y yyy yyyyy nn'],
    ['host', 'n yn? ynnn? nn'],
    ['remote-node', 'n ny? nyyy? nn'],
    ['kube-apiserver', 'n ny? nyy?? ?n'],
    ['other', '? ??? ????? ??'],
  ] as const)('%s', (entity, wanted) => {
    expect(row({ kind: 'entity', entity }, endpoints, context(here))).toBe(wanted.replaceAll(' ', ''));
  });

  test.each([
    ['host', '??'],
    ['remote-node', '??'],
  ] as const)('%s, seen from a pod that may run anywhere', (entity, wanted) => {
    expect(row({ kind: 'entity', entity }, [node('n1'), node(null)], context(somewhere))).toBe(wanted);
  });

  test('a node is its own host, by any of its words', () => {
    expect(row({ kind: 'entity', entity: 'host' }, [node('n1'), node('10.0.1.1'), node('n2')], context(node('10.0.1.1')))).toBe('yyn');
  });
});

describe('a name of unknown addresses, in a block', () => {
  // A name that is let out is taken to have an address in a block that holds one whole family; to shut it out, the block would have to hold both.
  test.each([
    [block('0.0.0.0/0'), 'y', '?'],
    [block('::/0'), 'y', '?'],
    [block('0.0.0.0/0', '10.0.0.0/8', '100.64.0.0/10'), 'y', '?'],
    [block('2000::/3'), 'y', '?'],
    [block('0.0.0.0/0', '8.8.8.8/32'), '?', '?'],
    [block('0.0.0.0/1'), '?', '?'],
    [block('10.0.0.0/8'), 'n', 'n'],
    [block('169.254.169.254/32'), 'n', 'n'],
    [block('fc00::/7'), 'n', 'n'],
  ])('%j', (peer, allow, deny) => {
    const name: Resolved = { kind: 'name', name: 'example.com' };
    expect([row(peer, [name], context(here)), row(peer, [name], context(here), 'deny')]).toEqual([allow, deny]);
  });
});

describe('nodes in a block', () => {
  const ranged = { ...cluster, ranges: { pods: [], nodes: ['10.8.0.0/16'], services: [] } };
  test.each<readonly [string, string, Snapshot, string]>([
    // n1 has one address, n2 one of each family, n3 none that is known; then a node that is known by an address alone, and one that is not known at all.
    ['the block of n1 and n2', '10.0.1.0/24', cluster, 'yy? n ?'],
    ['n1 alone', '10.0.1.1/32', cluster, 'yn? n ?'],
    ['n2 by its other family', 'fd00::/64', cluster, 'ny? n ?'],
    ['the one known by an address', '10.9.9.9/32', cluster, 'nn? y ?'],
    ['public addresses', '8.8.8.0/24', cluster, 'nnn n n'],
    ['the whole range', '10.8.0.0/16', ranged, 'nny n y'],
    ['half of the range', '10.8.0.0/17', ranged, 'nn? n ?'],
    ['beside the range', '10.7.0.0/16', ranged, 'nnn n n'],
  ])('%s', (_, cidr, snapshot, wanted) => {
    const nodes = [node('n1'), node('n2'), node('n3'), node('10.9.9.9'), node(null)];
    expect(row(block(cidr), nodes, context(here, { snapshot }))).toBe(wanted.replaceAll(' ', ''));
  });

  test('a node whose name is an address need not have that address', () => {
    const snapshot = snapshotOf({ nodes: [clusterNode('10.9.9.9'), clusterNode('10.9.9.8', { addresses: ['10.1.1.1'] })] });
    const at = context(here, { snapshot });
    expect(row(block('10.0.0.0/24'), [node('10.9.9.9')], at)).toBe('?');
    expect(row(block('10.9.9.8/32'), [node('10.9.9.8')], at)).toBe('n');
  });

  test('hostNetwork pods have the addresses of their node, and perhaps those of a pod', () => {
    expect(row(block('10.0.1.1/32'), [host('n1'), host('n2')], context(here))).toBe('?n');
    expect(row(block('10.0.1.1/32'), [host('n1'), host('n2')], context(here, { profile: { ...strict, hostNetworkAsNode: 'yes' } }))).toBe('yn');
    expect(row(block('10.0.1.1/32'), [host('n1')], context(here, { profile: { ...strict, hostNetworkAsNode: 'yes', cidrMatchesNodes: 'no' } }))).toBe('n');
  });
});

describe('pods in a block, by profile', () => {
  const at = (cidrMatchesPods: Profile['cidrMatchesPods']): MatchContext => context(here, { profile: { ...strict, cidrMatchesPods } });
  const pods = [pod(workload('in', { ips: ['10.1.0.1'] })), pod(workload('out', { ips: ['10.2.0.1'] })), pod(workload('unknown'))];
  test.each([
    ['yes', 'yn?'],
    ['no', 'nnn'],
    ['unknown', '?n?'],
  ] as const)('%s', (allows, wanted) => {
    expect(row(block('10.1.0.0/16'), pods, at(allows))).toBe(wanted);
  });
});

describe('namespaces', () => {
  const snapshot = snapshotOf({
    namespaces: new Map([
      ['read', namespaced('read', { env: 'a' })],
      ['implied', namespaced('implied', {}, null)],
    ]),
  });
  const ask = (selector: LabelSelector): string =>
    ['read', 'implied', 'absent'].map((name) => letters[matchNamespace(snapshot, { kind: 'labelled', selector }, name).is]).join('');
  const requires = (key: string, operator: 'Exists' | 'DoesNotExist'): LabelSelector => ({ requirements: [{ key, operator, values: [] }] });
  test.each<readonly [string, LabelSelector, string]>([
    ['everything', everything, 'yyy'],
    ['a label', matchLabels({ env: 'a' }), 'y??'],
    ['another value', matchLabels({ env: 'b' }), 'n??'],
    ['no such label', requires('team', 'DoesNotExist'), 'y??'],
    ['a name', matchLabels({ 'kubernetes.io/metadata.name': 'implied' }), 'nyn'],
    ['a name and a label', matchLabels({ 'kubernetes.io/metadata.name': 'implied', env: 'a' }), 'n?n'],
    ['a name, in any case', requires('kubernetes.io/metadata.name', 'Exists'), 'yyy'],
  ])('%s', (_, selector, wanted) => {
    expect(ask(selector)).toBe(wanted);
  });

  test('pods need the namespace, the labels and the service account', () => {
    const match = { namespaces: { kind: 'named', name: 'ns' } as const, pods: matchLabels({ app: 'a' }), serviceAccounts: ['trainer'] };
    const is = (more: Partial<Workload>): string => {
      const w = workload('a', { serviceAccount: 'trainer', ...more });
      return letters[matchPods(cluster, match, w, w.labels).is];
    };
    expect([is({}), is({ namespace: 'other' }), is({ labels: { app: 'b' } }), is({ serviceAccount: 'default' })].join('')).toBe('ynnn');
  });
});

describe('pods as peers', () => {
  const peer = podsWith({ app: 'a' });
  const a = pod(workload('a'));
  const hostA = pod(workload('a', { hostNetwork: true }));
  test('a hostNetwork pod is one perhaps, or by profile never', () => {
    expect(row(peer, [a, somewhere, hostA, node('n1'), address('10.0.0.1')], context(here))).toBe('yn?nn');
    expect(row(peer, [hostA], context(here, { profile: { ...strict, hostNetworkAsNode: 'yes' } }))).toBe('n');
  });

  test('not, all-of and unknown', () => {
    const unknown: Peer = { kind: 'unknown', gap: 'a group' };
    expect(row({ kind: 'not', peer }, [a, somewhere, hostA], context(here))).toBe('ny?');
    expect(row({ kind: 'all-of', peers: [peer, unknown] }, [a, somewhere], context(here))).toBe('?n');
    expect(row({ kind: 'all-of', peers: [] }, [a, address('8.8.8.8')], context(here))).toBe('yy');
    expect(row({ kind: 'not', peer: unknown }, [a], context(here))).toBe('?');
  });
});

describe('Services as peers', () => {
  const service = (more: Partial<Service>): Service => ({
    namespace: 'ns',
    name: 's',
    labels: {},
    type: 'ClusterIP',
    headless: false,
    selector: matchLabels({ app: 'a' }),
    ports: [],
    clusterIps: [],
    externalIps: [],
    externalName: null,
    endpoints: null,
    origin: nowhere,
    ...more,
  });
  const peer: Peer = { kind: 'services', namespace: 'ns', name: 's', selector: null };
  const ask = (services: readonly Service[]): string =>
    row(
      peer,
      [pod(workload('a')), pod(workload('b')), pod(workload('a', { namespace: 'other' })), address('8.8.8.8')],
      context(here, { snapshot: { ...cluster, services } }),
    );
  test.each<readonly [string, readonly Service[], string]>([
    ['its backends', [service({})], 'ynnn'],
    ['none there: a rule that names it may be for everybody', [], '????'],
    ['another one there', [service({ name: 't' })], '????'],
    ['one of that name elsewhere', [service({ namespace: 'other' })], '????'],
    ['one whose endpoints are kept by hand', [service({ selector: null })], '????'],
  ])('%s', (_, services, wanted) => {
    expect(ask(services)).toBe(wanted);
  });

  test('an ipBlock may see the address that was dialled', () => {
    const via = service({ clusterIps: ['10.96.0.7'], ports: [{ name: null, protocol: 'TCP', port: 443, targetPort: 8443, nodePort: null }] });
    const ask = (cidr: string, port: number, more: Partial<MatchContext> = {}): string =>
      letters[
        matchRule(
          context(here, { via, ...more }),
          rule({ peers: [block(cidr)], ports: [{ protocol: 'TCP', port, endPort: null }] }),
          pod(workload('a', { ips: ['8.8.8.8'] })),
          'TCP',
          8443,
          null,
        ).is
      ];
    expect([ask('10.96.0.7/32', 443), ask('10.96.0.8/32', 443), ask('10.96.0.7/32', 8443), ask('10.96.0.7/32', 443, { via: null })].join('')).toBe('?nnn');
    expect(ask('10.96.0.7/32', 443, { profile: { ...strict, egressAfterTranslation: 'yes' } })).toBe('n');
  });
});

describe('names', () => {
  test('a rule on names holds where DNS may be asked, and a pattern may mean any address', () => {
    const exact: Peer = { kind: 'names', names: [{ kind: 'exact', name: 'a.example.com' }] };
    const pattern: Peer = { kind: 'names', names: [{ kind: 'pattern', text: '*.example.com', source: '^[^.]*[.]example[.]com$' }] };
    const ends: readonly Resolved[] = [{ kind: 'name', name: 'A.example.com.' }, { kind: 'name', name: 'example.com' }, address('8.8.8.8'), somewhere];
    expect(row(exact, ends, context(here))).toBe('ynnn');
    expect(row(pattern, ends, context(here))).toBe('yn?n');
    expect(row(exact, ends, context(here, { resolvable: () => no }))).toBe('nnnn');
  });

  test('a name that is longer than names are is none', () => {
    expect(matchesName({ kind: 'pattern', text: '*', source: '^.*$' }, 'a'.repeat(255))).toBe(true);
    expect(matchesName({ kind: 'pattern', text: '*', source: '^.*$' }, 'a'.repeat(256))).toBe(false);
  });

  const asks = { dns: [{ kind: 'exact', name: 'a.example.com' }] as const, serverNames: null, otherL7: false };
  test.each<readonly [string, Parameters<typeof rule>[0], string]>([
    ['a rule that lets it be asked', { application: asks }, 'y'],
    ['a rule without names of DNS', { application: null }, 'n'],
    ['a rule on other names', { application: { ...asks, dns: [{ kind: 'exact', name: 'b.example.com' }] } }, 'n'],
    ['a rule that denies', { application: asks, action: 'deny' }, 'n'],
    ['a rule that passes', { application: asks, action: 'pass' }, 'n'],
    ['a rule for ingress', { application: asks, direction: 'ingress' }, 'n'],
    ['a rule with nobody to ask', { application: asks, peers: [] }, 'n'],
  ])('may be resolved through %s', (_, more, wanted) => {
    expect(letters[resolvableThrough([{ policy: policy('p', [rule(more)]), selected: yes }], 'a.example.com').is]).toBe(wanted);
  });
});

describe('ports', () => {
  const web = workload('web', { ports: [{ name: 'http', port: 8080, protocol: 'TCP', hostPort: null }] });
  const item = (port: PortMatch['port'], endPort: number | null = null, protocol: PortMatch['protocol'] = 'TCP'): PortMatch => ({ protocol, port, endPort });
  test.each<readonly [string, readonly PortMatch[] | null, string]>([
    // TCP 79, 80, 90, 91, 8080; UDP 80; ICMP 8
    ['no list', null, 'yyyyy y ?'],
    ['an empty list', [], 'nnnnn n n'],
    ['one port', [item(80)], 'nynnn n n'],
    ['a range, both ends in it', [item(80, 90)], 'nyynn n n'],
    ['all of TCP', [item(null)], 'yyyyy n n'],
    ['any protocol', [item(80, null, 'ANY')], 'nynnn y n'],
    ['all of any protocol', [item(null, null, 'ANY')], 'yyyyy y n'],
    ['a name', [item('http')], 'nnnny n n'],
    ['a name of another protocol', [item('http', null, 'UDP')], 'nnnnn n n'],
    ['an ICMP type', [item(8, null, 'ICMP')], 'nnnnn n y'],
  ])('%s', (_, ports, wanted) => {
    const asked = [
      ['TCP', 79],
      ['TCP', 80],
      ['TCP', 90],
      ['TCP', 91],
      ['TCP', 8080],
      ['UDP', 80],
      ['ICMP', 8],
    ] as const;
    expect(asked.map(([protocol, port]) => letters[matchRule(context(here), rule({ ports }), pod(web), protocol, port, web).is]).join('')).toBe(
      wanted.replaceAll(' ', ''),
    );
  });

  test('a condition that addresses and ports do not tell makes it a perhaps', () => {
    expect(matchRule(context(here), rule({ condition: 'from source port 1' }), somewhere, 'TCP', 80, null).is).toBe('maybe');
  });
});

test('own nodes, by name, by address, and where that is not known', () => {
  const own = (subject: Resolved, word: string | null): string => letters[isOwnNode(cluster, subject, word).is];
  expect([own(here, 'n1'), own(here, '10.0.1.1'), own(here, 'n2'), own(here, null), own(somewhere, 'n1'), own(address('8.8.8.8'), 'n1')].join('')).toBe(
    'yyn??n',
  );
});

test('labels of nodes that no input shows are not known', () => {
  const selector = matchLabels({ 'node-role.kubernetes.io/master': '' });
  expect(['n1', 'n2', 'n4', 'n5', null].map((name) => letters[selectsNode(cluster, selector, name).is]).join('')).toBe('ny???');
  expect(letters[selectsNode(cluster, everything, null).is]).toBe('y');
});
