import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { reachAt } from '../../laws/agreement.ts';
import { trials } from '../../laws/runs.ts';
import { loadSnapshot } from '../../src/app/load.ts';
import { type Expression, evaluate, parseSelector, prefixed } from '../../src/dialects/calico/selector.ts';
import { decide } from '../../src/engine/decide.ts';
import { profileOf } from '../../src/engine/profiles.ts';
import { reach } from '../../src/engine/reach.ts';
import type { Endpoint } from '../../src/model/verdict.ts';
import { ipHas, parseCidr, parseIp } from '../../src/space/ip-set.ts';
import type { Protocol } from '../../src/space/transport-set.ts';

/**
 * Calico said a second time, straight from how Felix walks its objects, with nothing of the model: random policies on one cluster, and every answer of
 * `decide` and `reach` must be this one's. Source: projectcalico/calico app-policy/checker/check.go, libcalico-go/lib/backend/syncersv1/updateprocessors.
 */

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly account: string;
  readonly ip: string;
  readonly ports: Readonly<Record<string, readonly [Protocol, number]>>;
}

const namespaces: Readonly<Record<string, Readonly<Record<string, string>>>> = { ml: { team: 'blue' }, prod: { team: 'red', env: 'prod' } };
const accounts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ml/trainer': { role: 'gpu' },
  'ml/default': {},
  'prod/trainer': {},
  'prod/default': { role: 'web' },
};
const pods: readonly Pod[] = [
  { namespace: 'ml', name: 'web', labels: { app: 'web' }, account: 'default', ip: '10.1.0.1', ports: { http: ['TCP', 8080] } },
  { namespace: 'ml', name: 'db', labels: { app: 'db', env: 'dev' }, account: 'trainer', ip: '10.1.5.2', ports: { http: ['UDP', 8080] } },
  { namespace: 'prod', name: 'web', labels: { app: 'web', env: 'prod' }, account: 'trainer', ip: '10.2.0.3', ports: { http: ['TCP', 80] } },
  { namespace: 'prod', name: 'bare', labels: {}, account: 'default', ip: '10.2.0.4', ports: {} },
  { namespace: 'prod', name: 'six', labels: { app: 'six' }, account: 'default', ip: 'fd00::5', ports: { http: ['TCP', 80] } },
];
const sets = [
  { kind: 'GlobalNetworkSet', namespace: null, name: 'out', labels: { app: 'web', env: 'out' }, nets: ['8.8.8.0/24', '2001:db8::/32'] },
  { kind: 'NetworkSet', namespace: 'prod', name: 'near', labels: { app: 'db' }, nets: ['203.0.113.0/24'] },
] as const;
const outside: readonly string[] = ['8.8.8.8', '203.0.113.5', '9.9.9.9', '2001:db8::1'];

const podLabels = (pod: Pod): Readonly<Record<string, string>> => ({
  ...pod.labels,
  'projectcalico.org/namespace': pod.namespace,
  'projectcalico.org/orchestrator': 'k8s',
  'projectcalico.org/serviceaccount': pod.account,
  ...inherited('pcns.', { ...namespaces[pod.namespace], 'projectcalico.org/name': pod.namespace, 'kubernetes.io/metadata.name': pod.namespace }),
  ...inherited('pcsa.', { ...accounts[`${pod.namespace}/${pod.account}`], 'projectcalico.org/name': pod.account }),
});

function inherited(prefix: string, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
}

interface Entity {
  readonly selector?: string | undefined;
  readonly notSelector?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly serviceAccounts?: { readonly names?: readonly string[] | undefined; readonly selector?: string | undefined } | undefined;
  readonly nets?: readonly string[] | undefined;
  readonly notNets?: readonly string[] | undefined;
  readonly ports?: readonly (number | string)[] | undefined;
  readonly notPorts?: readonly (number | string)[] | undefined;
}

interface CalicoRule {
  readonly action: 'Allow' | 'Deny' | 'Pass' | 'Log';
  readonly protocol?: string | number | undefined;
  readonly notProtocol?: string | undefined;
  readonly icmp?: { readonly type: number } | undefined;
  readonly notICMP?: { readonly type: number } | undefined;
  readonly ipVersion?: number | undefined;
  readonly source?: Entity | undefined;
  readonly destination?: Entity | undefined;
}

interface CalicoPolicy {
  readonly namespace: string | null;
  readonly name: string;
  readonly spec: {
    readonly tier?: string | undefined;
    readonly order?: number | undefined;
    readonly selector?: string | undefined;
    readonly namespaceSelector?: string | undefined;
    readonly serviceAccountSelector?: string | undefined;
    readonly types: readonly string[];
    readonly ingress?: readonly CalicoRule[] | undefined;
    readonly egress?: readonly CalicoRule[] | undefined;
  };
}

interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  readonly port: number;
}

const parse = (text: string): Expression => {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const holds = (expression: Expression, labels: Readonly<Record<string, string>>): boolean => evaluate(expression, (key) => ({ value: labels[key] })) === 'yes';
const inNet = (cidr: string, ip: string): boolean => {
  const address = parseIp(ip);
  return address !== undefined && ipHas(parseCidr(cidr)?.set ?? { v4: [], v6: [] }, address);
};
const podAt = (ip: string): Pod | undefined => pods.find((p) => p.ip === ip);

/** The addresses that a selector stands for. */
function found(expression: Expression, ip: string): boolean {
  const pod = podAt(ip);
  if (pod !== undefined && holds(expression, podLabels(pod))) return true;
  return sets.some(({ namespace, labels, nets }) => {
    const all = {
      ...labels,
      ...(namespace === null
        ? {}
        : { 'projectcalico.org/namespace': namespace, ...inherited('pcns.', { ...namespaces[namespace], 'projectcalico.org/name': namespace }) }),
    };
    return nets.some((net) => inNet(net, ip)) && holds(expression, all);
  });
}

function namespacePart(text: string): Expression {
  if (text === 'global()') return parse('!has(projectcalico.org/namespace)');
  return text === 'all()' ? parse('has(projectcalico.org/namespace)') : prefixed(parse(text), 'pcns.');
}

function entityMatches(entity: Entity | undefined, namespace: string | null, ip: string): boolean {
  if (entity === undefined) return true;
  const { selector, notSelector, namespaceSelector, serviceAccounts, nets, notNets } = entity;
  const positive: Expression[] = [];
  if (selector !== undefined) positive.push(parse(selector));
  if (serviceAccounts?.selector !== undefined) positive.push(prefixed(parse(serviceAccounts.selector), 'pcsa.'));
  if (serviceAccounts?.names !== undefined) positive.push({ kind: 'among', label: 'projectcalico.org/serviceaccount', values: serviceAccounts.names });
  if (namespaceSelector !== undefined) positive.push(namespacePart(namespaceSelector));
  else if (namespace !== null && (positive.length > 0 || notSelector !== undefined)) positive.push(parse(`projectcalico.org/namespace == '${namespace}'`));
  if (positive.length > 0 && !found({ kind: 'and', of: positive }, ip)) return false;
  if (notSelector !== undefined && found(parse(notSelector), ip)) return false;
  if (nets !== undefined && !nets.some((net) => inNet(net, ip))) return false;
  return notNets?.some((net) => inNet(net, ip)) !== true;
}

const protocolOf = (word: string | number): readonly [Protocol, 4 | 6 | null] => {
  const known: Readonly<Record<string, readonly [Protocol, 4 | 6 | null]>> = {
    TCP: ['TCP', null],
    UDP: ['UDP', null],
    17: ['UDP', null],
    SCTP: ['SCTP', null],
    ICMP: ['ICMP', 4],
    ICMPv6: ['ICMP', 6],
  };
  return known[word] as readonly [Protocol, 4 | 6 | null];
};

function portListed(list: readonly (number | string)[], packet: Packet): boolean {
  return list.some((item) => {
    if (typeof item === 'number') return item === packet.port;
    const [low, high] = item.split(':').map(Number);
    if (low !== undefined && high !== undefined) return low <= packet.port && packet.port <= high;
    const named = podAt(packet.to)?.ports[item];
    return named !== undefined && named[0] === packet.protocol && named[1] === packet.port;
  });
}

function ruleMatches(rule: CalicoRule, namespace: string | null, packet: Packet): boolean {
  const { protocol, notProtocol, icmp, notICMP, ipVersion, source, destination } = rule;
  const family = packet.from.includes(':') || packet.to.includes(':') ? 6 : 4;
  const same = (word: string | number): boolean => protocolOf(word)[0] === packet.protocol && (protocolOf(word)[1] ?? family) === family;
  if (ipVersion !== undefined && ipVersion !== family) return false;
  if (protocol !== undefined && !same(protocol)) return false;
  if (notProtocol !== undefined && same(notProtocol)) return false;
  if (icmp !== undefined && icmp.type !== packet.port) return false;
  if (notICMP !== undefined && notICMP.type === packet.port) return false;
  const hasPorts = packet.protocol === 'TCP' || packet.protocol === 'UDP' || packet.protocol === 'SCTP';
  if (destination?.ports !== undefined && !(hasPorts && portListed(destination.ports, packet))) return false;
  if (destination?.notPorts !== undefined && hasPorts && portListed(destination.notPorts, packet)) return false;
  return entityMatches(source, namespace, packet.from) && entityMatches(destination, namespace, packet.to);
}

const tierOrders: Readonly<Record<string, readonly [number, 'Deny' | 'Pass']>> = {
  first: [10, 'Deny'],
  audit: [20, 'Pass'],
  default: [1_000_000, 'Deny'],
  last: [Number.POSITIVE_INFINITY, 'Deny'],
};

/** May the packet leave (egress) or enter (ingress) this pod? */
function sideAllows(policies: readonly CalicoPolicy[], direction: 'ingress' | 'egress', packet: Packet): boolean {
  const pod = podAt(direction === 'egress' ? packet.from : packet.to);
  if (pod === undefined) return true;
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  const selecting = policies.filter(({ namespace, spec }) => {
    const labels = podLabels(pod);
    if (!spec.types.includes(type) || (namespace !== null && namespace !== pod.namespace)) return false;
    if (spec.selector !== undefined && !holds(parse(spec.selector), labels)) return false;
    if (spec.namespaceSelector !== undefined && !holds(namespacePart(spec.namespaceSelector), labels)) return false;
    return spec.serviceAccountSelector === undefined || holds(prefixed(parse(spec.serviceAccountSelector), 'pcsa.'), labels);
  });
  for (const [tier, [, end]] of Object.entries(tierOrders)) {
    const mine = selecting
      .filter((p) => (p.spec.tier ?? 'default') === tier)
      .sort((a, b) => compare(a.spec.order ?? Number.POSITIVE_INFINITY, b.spec.order ?? Number.POSITIVE_INFINITY) || compare(key(a), key(b)));
    if (mine.length === 0) continue;
    const rule = mine.flatMap((p) => (p.spec[direction] ?? []).filter((r) => r.action !== 'Log' && ruleMatches(r, p.namespace, packet)))[0];
    if (rule?.action === 'Allow') return true;
    if (rule?.action === 'Deny' || (rule === undefined && end === 'Deny')) return false;
  }
  return true;
}

const key = (p: CalicoPolicy): string => `${p.name}/${p.namespace ?? ''}`;
const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
const selector = fc.constantFrom(
  'all()',
  `app == 'web'`,
  `app != 'web'`,
  'has(env)',
  `!has(env) || app in {'db', 'six'}`,
  `app contains 'b' && env not in {'prod'}`,
  `!(app starts with 'w' || env == 'dev')`,
  `projectcalico.org/orchestrator == 'k8s'`,
  `app == 'db' || projectcalico.org/namespace == 'prod'`,
  `pcns.team == 'blue' && pcsa.role == 'gpu' || env == 'out'`,
);
const namespaceSelector = fc.constantFrom(
  'all()',
  `team == 'red'`,
  `team != 'red'`,
  `projectcalico.org/name in {'ml'}`,
  `team contains 'e' && !has(env)`,
  '!has(team)',
);
const accountSelector = fc.constantFrom(
  `role == 'gpu'`,
  '!has(role)',
  `projectcalico.org/name == 'trainer'`,
  `role in {'gpu', 'web'} || projectcalico.org/name != 'default'`,
);
const clean = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
const entity = (nets: readonly string[], ports: boolean): fc.Arbitrary<Entity> =>
  fc
    .record({
      selector: maybe(selector),
      notSelector: maybe(selector),
      namespaceSelector: maybe(fc.oneof(namespaceSelector, fc.constant('global()'))),
      serviceAccounts: maybe(fc.record({ names: maybe(fc.constantFrom(['trainer'], ['default', 'x'])), selector: maybe(accountSelector) }).map(clean)),
      nets: maybe(fc.subarray([...nets], { minLength: 1, maxLength: 2 })),
      notNets: maybe(fc.subarray([...nets], { minLength: 1, maxLength: 2 })),
      ports: ports ? maybe(fc.constantFrom<readonly (number | string)[]>([80], ['79:81', 8080], ['http'], [22, 'http'])) : fc.constant(undefined),
      notPorts: ports ? maybe(fc.constantFrom<readonly (number | string)[]>([80], ['1:1023'])) : fc.constant(undefined),
    })
    // Where a port is left out, a named one may be it: that is not known, and not asked here.
    .map((e) => clean({ ...e, ...(e.notPorts !== undefined && e.ports?.includes('http') === true ? { notPorts: undefined } : {}) }));
const addresses = {
  4: ['10.0.0.0/8', '10.1.0.0/16', '10.1.5.0/24', '8.8.8.8/32', '203.0.113.0/24'],
  6: ['fd00::/8', '2001:db8::/32', '2001:db8::1/128'],
} as const;
const withoutNear = ({ nets: _nets, notNets: _notNets, ...rest }: Entity): Entity => rest;
const rule = (direction: 'ingress' | 'egress'): fc.Arbitrary<CalicoRule> =>
  fc
    .record({
      family: fc.constantFrom(4 as const, 4 as const, 6 as const),
      action: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const, 'Pass' as const, 'Log' as const),
      transport: fc.constantFrom<Omit<CalicoRule, 'action'>>(
        {},
        {},
        { protocol: 'TCP' },
        { protocol: 'TCP' },
        { protocol: 17 },
        { notProtocol: 'TCP' },
        { protocol: 'ICMP' },
        { protocol: 'ICMP', icmp: { type: 8 } },
        { protocol: 'ICMPv6', notICMP: { type: 8 } },
        { notProtocol: 'ICMP' },
        { protocol: 'TCP', notProtocol: 'UDP' },
      ),
      version: fc.boolean(),
    })
    .chain(({ family, action, transport, version }) => {
      const ports = transport.protocol === 'TCP' || transport.protocol === 17;
      const icmp = transport.protocol === 'ICMP' || transport.notProtocol === 'ICMP' ? 4 : transport.protocol === 'ICMPv6' ? 6 : family;
      return fc.record({ source: maybe(entity(addresses[icmp], false)), destination: maybe(entity(addresses[icmp], ports)) }).map(({ source, destination }) =>
        clean({
          action,
          ...transport,
          ipVersion: version ? icmp : undefined,
          // The near end's own address is a condition that is not known.
          source: direction === 'egress' && source !== undefined ? withoutNear(source) : source,
          destination: direction === 'ingress' && destination !== undefined ? withoutNear(destination) : destination,
        }),
      );
    });
const policy: fc.Arbitrary<Omit<CalicoPolicy, 'name'>> = fc
  .record({
    namespace: fc.constantFrom(null, null, 'ml', 'prod'),
    spec: fc
      .record({
        tier: maybe(fc.constantFrom('first', 'audit', 'last')),
        order: maybe(fc.constantFrom(1, 2, 2)),
        selector: maybe(selector),
        namespaceSelector: maybe(namespaceSelector),
        serviceAccountSelector: maybe(accountSelector),
        types: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
        ingress: fc.array(rule('ingress'), { maxLength: 4 }),
        egress: fc.array(rule('egress'), { maxLength: 4 }),
      })
      .map(clean),
  })
  .map(({ namespace, spec: { namespaceSelector: where, ...spec } }) => ({
    namespace,
    spec: namespace !== null || where === undefined ? spec : { ...spec, namespaceSelector: where },
  }));

const v3 = 'projectcalico.org/v3';
const cluster: readonly object[] = [
  ...Object.entries(namespaces).map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
  ...Object.entries(accounts).map(([id, labels]) => {
    const [namespace, name] = id.split('/');
    return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels } };
  }),
  ...pods.map((p) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: p.name, namespace: p.namespace, labels: p.labels },
    spec: {
      serviceAccountName: p.account,
      containers: [
        {
          name: 'main',
          image: 'example.com/app:1',
          ports: Object.entries(p.ports).map(([name, [protocol, containerPort]]) => ({ name, protocol, containerPort })),
        },
      ],
    },
    status: { phase: 'Running', podIP: p.ip },
  })),
  ...sets.map(({ kind, namespace, name, labels, nets }) => ({
    apiVersion: v3,
    kind,
    metadata: { name, labels, ...(namespace === null ? {} : { namespace }) },
    spec: { nets },
  })),
  ...Object.entries(tierOrders)
    .filter(([name]) => name !== 'default')
    .map(([name, [order, defaultAction]]) => ({
      apiVersion: v3,
      kind: 'Tier',
      metadata: { name },
      spec: { ...(Number.isFinite(order) ? { order } : {}), defaultAction },
    })),
];

function objectOf({ namespace, name, spec }: CalicoPolicy): object {
  return {
    apiVersion: v3,
    kind: namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    metadata: { name, ...(namespace === null ? {} : { namespace }) },
    spec,
  };
}

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 8080],
  ['TCP', 22],
  ['UDP', 8080],
  ['SCTP', 80],
  ['ICMP', 8],
  ['ICMP', 0],
  ['OTHER', 0],
];

const profile = profileOf('calico@3.32');
const endpointAt = (ip: string): Endpoint => {
  const pod = podAt(ip);
  return pod === undefined ? { kind: 'address', ip } : { kind: 'pod', workload: `Pod/${pod.namespace}/${pod.name}`, replica: 0 };
};

describe('Calico, said twice', () => {
  test('every packet meets the same end', () => {
    if (!profile.ok) throw new Error('no profile');
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 4 }), (list) => {
        const policies = list.map((p, i): CalicoPolicy => ({ ...p, name: `p${(i * 7) % 10}` }));
        const { snapshot, diagnostics } = loadSnapshot([
          { file: 'all.yaml', text: [...cluster, ...policies.map(objectOf)].map((o) => dump(o, { noRefs: true })).join('---\n') },
        ]);
        expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
        const reachability = reach(snapshot, profile.value);
        const wrong: string[] = [];
        for (const from of [...pods.map((p) => p.ip), ...outside])
          for (const to of [...pods.map((p) => p.ip), ...outside]) {
            const [source, target] = [endpointAt(from), endpointAt(to)];
            // Packets have one family, and some pod at one end.
            if (from === to || from.includes(':') !== to.includes(':') || (source.kind !== 'pod' && target.kind !== 'pod')) continue;
            for (const [protocol, port] of points) {
              const packet = { from, to, protocol, port };
              const wanted = sideAllows(policies, 'egress', packet) && sideAllows(policies, 'ingress', packet) ? 'allowed' : 'denied';
              const { decision, gaps } = decide(snapshot, profile.value, { from: source, to: target, protocol, port });
              // Other protocols by number, and service accounts that the input lacks, may be unknown; nothing here is either.
              if (decision !== wanted) wrong.push(`${from} -> ${to} ${protocol}/${port}: ${wanted}; decide ${decision} ${gaps.map((g) => g.text).join()}`);
              if (source.kind !== 'pod' || target.kind !== 'pod') continue;
              const reached = reachAt(
                reachability,
                { kind: 'workload', id: source.workload },
                { kind: 'workload', id: target.workload },
                protocol,
                port,
                'every',
              );
              if (reached !== wanted) wrong.push(`${from} -> ${to} ${protocol}/${port}: ${wanted}; reach ${reached}`);
            }
          }
        expect(wrong).toEqual([]);
      }),
      trials(40),
    );
  });
});
