import { Reader } from '../../kernel/reader.ts';
import type { Direction, PortMatch, Rule, RuleApplication } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Protocol } from '../../space/transport-set.ts';
import type { Surroundings } from '../dialect.ts';
import { checkFamilies, type Entity, inFamily, ownAddressCondition, peersOf, readEntity, sourcePortCondition } from './entity.ts';
import { factsOf } from './facts.ts';
import { readIcmp, readProtocol } from './protocol-syntax.ts';
import { conjunction, type Expression } from './selector.ts';
import { type TransportPart, type TransportTests, transportParts } from './transport.ts';

/** What surrounds a rule. `namespace` is null in a GlobalNetworkPolicy. */
export interface RuleContext {
  readonly direction: Direction;
  readonly namespace: string | null;
  readonly around: Surroundings;
}

/** The model's rules of one rule, in order; `near` is what must hold of the pod that the policy is about, beyond the policy's own selector. */
export interface ReadRule {
  readonly near: Expression | null;
  readonly rules: readonly Rule[];
}

const fields = ['action', 'ipVersion', 'protocol', 'notProtocol', 'icmp', 'notICMP', 'source', 'destination', 'http', 'metadata'];
const actions = { Allow: 'allow', Deny: 'deny', Pass: 'pass', Log: null } as const;

/** Lowers one rule; a Log rule decides nothing and makes none. Source: projectcalico/api v3 Rule, libcalico-go/lib/validator/v3 validateRule. */
export function readRule(rule: Reader, context: RuleContext): ReadRule {
  const facts = factsOf(context.around);
  rule.object(fields, {
    from: 'Calico says source.',
    to: 'Calico says destination.',
    ports: 'Put ports under destination (or source).',
    selector: 'Put selector under source or destination.',
    nets: 'Put nets under source or destination.',
  });
  if (rule.absent) rule.error('wrong-type', 'A rule is nothing; expected an object.', 'Write {action: Allow} for a rule that matches everything.');
  else rule.required('action');
  const action = rule.field('action').oneOf(['Allow', 'Deny', 'Log', 'Pass']);
  rule.field('metadata').object(['annotations']);
  const source = readEntity(rule.field('source'), context.namespace);
  const destination = readEntity(rule.field('destination'), context.namespace);
  const tests = readTransport(rule, destination);
  checkPorts(rule, tests, source);
  checkFamilies(rule, tests.family ?? undefined);
  const application = readHttp(rule, action, context.direction);
  const egress = context.direction === 'egress';
  const [far, near] = egress ? [destination, source] : [source, destination];
  checkServices(rule, context.direction);
  const peers = peersOf(far, facts, rule.field(egress ? 'destination' : 'source'));
  const lowered = action === undefined ? null : actions[action];
  const make = (part: TransportPart): Rule => ({
    direction: context.direction,
    action: lowered ?? 'allow',
    peers: inFamily(peers, part.family),
    ports: part.ports,
    application,
    ...condition([part.condition, ownAddressCondition(near), sourcePortCondition(source)]),
    origin: rule.origin,
  });
  const parts = egress && far.service !== null ? servicePorts(far.service, tests, context.around) : transportParts(tests);
  return {
    near: conjunction([near.among, near.notAmong === null ? null : { kind: 'not', of: near.notAmong }]),
    rules: lowered === null ? [] : parts.map(make),
  };
}

function condition(parts: readonly (string | null)[]): { readonly condition?: string } {
  const given = parts.filter((part) => part !== null);
  return given.length === 0 ? {} : { condition: given.join('; ') };
}

function readTransport(rule: Reader, destination: Entity): TransportTests {
  const version = rule.field('ipVersion').integer(4, 6);
  if (version === 5) rule.field('ipVersion').error('out-of-range', 'ipVersion is 5; expected 4 or 6.');
  const family = version === 4 || version === 6 ? version : null;
  const protocol = readProtocol(rule.field('protocol')) ?? null;
  const notProtocol = readProtocol(rule.field('notProtocol')) ?? null;
  for (const [key, value] of [
    ['protocol', protocol],
    ['notProtocol', notProtocol],
  ] as const) {
    if (value?.kind === 'icmp' && family !== null && value.family !== family)
      rule.field(key).error('mixed-families', `${key} is ICMP of IP version ${value.family}, and ipVersion is ${family}.`);
  }
  const icmp = readIcmp(rule.field('icmp'));
  if (icmp !== null && protocol?.kind !== 'icmp')
    rule.field('icmp').error('icmp-without-protocol', 'icmp needs the protocol ICMP or ICMPv6 beside it.', 'Add protocol: ICMP.');
  const notIcmp = readIcmp(rule.field('notICMP'));
  if (notIcmp !== null && protocol?.kind !== 'icmp')
    rule.field('notICMP').error('icmp-without-protocol', 'notICMP needs the protocol ICMP or ICMPv6 beside it.', 'Add protocol: ICMP.');
  // HTTP is spoken over TCP alone.
  const http = rule.has('http') && protocol === null;
  const tcp = { kind: 'ports', protocol: 'TCP' } as const;
  return { protocol: http ? tcp : protocol, notProtocol, icmp, notIcmp, ports: destination.ports, notPorts: destination.notPorts, family };
}

/** Numbers of ports need a protocol that has ports; names alone do not. Source: libcalico-go/lib/validator/v3 validateRule. */
function checkPorts(rule: Reader, { protocol }: TransportTests, source: Entity): void {
  for (const end of ['source', 'destination'] as const)
    for (const key of ['ports', 'notPorts'] as const) {
      const at = rule.field(end).field(key);
      const items = at.each();
      if (items.length === 0 || protocol?.kind === 'ports') continue;
      const numbers = items.some((item) => typeof item.value === 'number' || /^\d/.test(String(item.value)));
      if (protocol !== null) at.error('ports-without-protocol', `${key} needs the protocol TCP, UDP or SCTP; this one has no ports.`);
      else if (numbers) at.error('ports-without-protocol', `${key} needs a protocol beside it.`, 'Add protocol: TCP.');
    }
  if (source.ports !== null && rule.field('destination').has('ports') === false)
    rule
      .field('source')
      .field('ports')
      .warning(
        'source-ports',
        'These are ports of the source, which clients choose at random.',
        'To name the ports that are dialled, put them under destination.',
      );
}

/** Source: libcalico-go/lib/validator/v3 validateNetworkPolicySpec; projectcalico/api v3 Rule, its CEL rules. */
function checkServices(rule: Reader, direction: Direction): void {
  const near = rule.field(direction === 'egress' ? 'source' : 'destination').field('services');
  if (near.present)
    near.error('misplaced-services', `services in ${direction} rules belongs under ${direction === 'egress' ? 'destination' : 'source'}.`, 'Move it.');
  const destination = rule.field('destination');
  if (destination.has('services'))
    for (const key of ['ports', 'notPorts'])
      if (destination.field(key).each().length > 0)
        destination.field(key).error('mixed-peers', `${key} stands beside services, which brings its own ports.`, `Remove ${key}.`);
}

/** Source: projectcalico/api v3 Rule and HTTPMatch; libcalico-go/lib/validator/v3 validateHTTPRule. */
function readHttp(rule: Reader, action: keyof typeof actions | undefined, direction: Direction): RuleApplication | null {
  const http = rule.field('http');
  if (http.absent) return null;
  http.object(['methods', 'paths']);
  if (action !== undefined && action !== 'Allow') http.error('http-not-allowed', `http is allowed in Allow rules only; this one says ${action}.`);
  if (direction === 'egress') http.error('http-not-allowed', 'http is allowed in ingress rules only.');
  const protocol = rule.field('protocol').value;
  if (protocol !== undefined && protocol !== null && protocol !== 'TCP' && protocol !== 6)
    http.error('http-not-allowed', 'http needs the protocol TCP, or none.', 'Write protocol: TCP.');
  for (const method of http.field('methods').each()) method.string();
  for (const path of http.field('paths').each()) {
    path.object(['exact', 'prefix']);
    if (path.has('exact') === path.has('prefix')) path.error('one-of', 'A path is exact or prefix; expected exactly one of them.');
    path.field('exact').string();
    path.field('prefix').string();
  }
  return { dns: null, serverNames: null, otherL7: true };
}

/**
 * A rule for a Service matches its endpoints on its target ports only. Without the Service in the input its ports are not known, nor its endpoints.
 * Source: felix/calc/rule_scanner.go, ServiceIncludePorts.
 */
function servicePorts(service: NonNullable<Entity['service']>, tests: TransportTests, around: Surroundings): readonly TransportPart[] {
  const object = servicesOf(around).get(`${service.namespace}/${service.name}`);
  const whole = transportParts(tests);
  if (object === undefined) return whole;
  const spec = new Reader(object.body, object.origin, []).field('spec');
  const ports = spec
    .field('ports')
    .each()
    .map((port): PortMatch => {
      const target = port.has('targetPort') ? port.field('targetPort').value : port.field('port').value;
      const protocol = (port.field('protocol').string() ?? 'TCP') as Protocol;
      return { protocol, port: typeof target === 'string' || typeof target === 'number' ? target : null, endPort: null };
    });
  const allowed = new Set(whole.flatMap((part) => (part.ports === null ? ['TCP', 'UDP', 'SCTP'] : part.ports.map((p) => p.protocol))));
  return [{ ports: ports.filter((port) => allowed.has(port.protocol)), family: tests.family, condition: null }];
}

const services = new WeakMap<Surroundings, ReadonlyMap<string, RawObject>>();

function servicesOf(around: Surroundings): ReadonlyMap<string, RawObject> {
  const known = services.get(around);
  if (known !== undefined) return known;
  const made = new Map(around.of('', 'Service').map((s) => [`${s.namespace ?? 'default'}/${s.name}`, s] as const));
  services.set(around, made);
  return made;
}
