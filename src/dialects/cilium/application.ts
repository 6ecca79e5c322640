import { type Reader, shown } from '../../kernel/reader.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { NameMatch, PortMatch, RuleApplication } from '../../model/policy.ts';
import { readName } from './fqdn.ts';
import { checkHttp } from './http.ts';
import type { RuleContext } from './peers.ts';
import type { Reading } from './version.ts';

const portRuleFields = ['ports', 'terminatingTLS', 'originatingTLS', 'serverNames', 'listener', 'rules'];
const layer7 = ['http', 'kafka', 'dns', 'l7proto'] as const;

/** Checks the fields of a toPorts item; deny rules have ports and nothing else. Source: cilium pkg/policy/api/l4.go PortRule, PortDenyRule. */
export function checkPortRule(item: Reader, context: RuleContext): boolean {
  if (item.absent) item.error('wrong-type', 'A toPorts item is nothing; expected an object with ports.');
  const elsewhere = {
    port: 'Put it in the list: ports: [{port: …}].',
    protocol: 'Put it beside its port: ports: [{port: …, protocol: …}].',
    http: 'Put http under rules.',
    dns: 'Put dns under rules.',
  };
  if (context.action === 'deny') return item.object(['ports'], elsewhere, 'Deny rules take ports only: no layer 7, no TLS names.');
  return item.object(portRuleFields, elsewhere);
}

/** What a toPorts item of an allow rule asks beyond ports; null when nothing. `ports` are the item's own. Source: cilium pkg/policy/api/rule_validation.go PortRule.sanitize. */
export function readApplication(item: Reader, context: RuleContext, ports: readonly PortMatch[]): RuleApplication | null {
  const rules = item.field('rules');
  rules.object(['http', 'kafka', 'dns', 'l7proto', 'l7']);
  const dropped = warnRemoved(rules) && context.reading.since('1.20');
  const given = layer7.filter((key) => rules.has(key) && !(dropped && removed.includes(key)));
  if (given.length > 1)
    rules.error('one-of', `rules has ${given.join(' and ')}; expected exactly one of ${layer7.join(', ')}.`, 'Make one toPorts item of each.');
  if (rules.has('l7') && !rules.has('l7proto')) rules.field('l7').error('missing-field', 'l7 needs l7proto beside it.');
  const dns = readDns(rules.field('dns'), context, ports);
  const filtered = readFilters(rules, context, ports, dropped);
  const serverNames = readServerNames(item.field('serverNames'), context.reading);
  const active = dns !== null || filtered !== null;
  if (serverNames !== null && active && !item.has('terminatingTLS')) {
    item
      .field('serverNames')
      .error('server-names-with-layer-7', 'serverNames and layer 7 rules go together only with terminatingTLS.', 'Make two toPorts items.');
  }
  if (active && ports.some((port) => port.port === null))
    rules.error('layer-7-on-every-port', 'Layer 7 rules need port numbers; port "0" means every port.', 'Name the port.');
  const listener = item.field('listener');
  if (listener.present && context.direction === 'ingress') listener.error('listener-on-ingress', 'A listener is not allowed in an ingress rule.');
  if (listener.present && active) listener.error('listener-with-layer-7', 'A listener does not go together with layer 7 rules.');
  const others = ['terminatingTLS', 'originatingTLS', 'listener'].filter((key) => item.has(key));
  const otherL7 = filtered !== null || others.length > 0;
  if (dns === null && serverNames === null && !otherL7) return null;
  const text = otherL7 ? { otherText: stableJson([filtered, others.map((key) => [key, item.field(key).value ?? null])]) } : {};
  const http = filtered?.some((f) => f.startsWith('http ')) === true ? ({ http: true } as const) : {};
  return { dns, serverNames, otherL7, ...http, ...text };
}

const removed: readonly string[] = ['kafka', 'l7proto'];

/** Whether there are rules that 1.20 no longer has. The API server drops fields that no schema knows. Source: cilium 1.20 pkg/policy/api/l4.go L7Rules. */
function warnRemoved(rules: Reader): boolean {
  const given = removed.filter((key) => rules.has(key));
  for (const key of given)
    rules
      .field(key)
      .warning(
        'removed-in-1.20',
        `Cilium 1.20 has no ${key} rules: the field is dropped, and the ports are then open without a filter.`,
        'Filter in the application, or list who may reach these ports with fromEndpoints.',
      );
  return given.length > 0;
}

function readDns(list: Reader, context: RuleContext, ports: readonly PortMatch[]): readonly NameMatch[] | null {
  const items = list.each();
  if (items.length === 0) {
    if (list.present) list.warning('no-effect', 'dns is an empty list: it restricts nothing.', 'Add names, or remove it.');
    return null;
  }
  if (context.direction === 'ingress')
    list.error('dns-on-ingress', 'DNS rules are not allowed in an ingress rule.', 'Put them in the egress rule that leads to the DNS server.');
  if (ports.length === 0) list.error('dns-without-port', 'DNS rules need port 53 beside them.', 'Add ports: [{port: "53", protocol: ANY}].');
  if (ports.some((port) => port.endPort !== null && port.endPort !== port.port)) list.error('dns-on-range', 'DNS rules do not go with a range of ports.');
  return items.map((item) => readName(item, context.reading)).filter((name) => name !== undefined);
}

/** Layer 7 rules other than DNS that filter what passes, alternatives in one order; null where nothing is filtered. */
function readFilters(rules: Reader, context: RuleContext, ports: readonly PortMatch[], dropped: boolean): readonly string[] | null {
  const filters: string[] = [];
  for (const key of dropped ? (['http'] as const) : (['http', 'kafka'] as const)) {
    const list = rules.field(key);
    const items = list.each();
    if (items.length === 0 && list.present) list.warning('no-effect', `${key} is an empty list: it restricts nothing.`, 'Add rules, or remove it.');
    if (key === 'http') for (const item of items) checkHttp(item);
    filters.push(...items.map((item) => `${key} ${stableJson(item.value ?? null)}`));
  }
  const proto = dropped ? undefined : rules.field('l7proto').string();
  if (proto !== undefined) filters.push(`${proto} ${stableJson(rules.field('l7').value ?? null)}`);
  if (filters.length > 0 && context.nodes) rules.error('layer-7-on-nodes', 'Host policies take no layer 7 rules but DNS.');
  const stranger = filters.length > 0 ? ports.find((port) => port.protocol !== 'TCP') : undefined;
  if (stranger !== undefined)
    rules.error('layer-7-not-tcp', `Layer 7 rules other than DNS apply to TCP only; a port here is ${stranger.protocol}.`, 'Write protocol: TCP.');
  return filters.length > 0 ? filters.sort() : null;
}

/** A name, after `*.` or `**.` at most; since 1.20 with stars anywhere. Source: the pattern of ServerName in cilium 1.18 to 1.20 pkg/policy/api/l4.go. */
function readServerNames(list: Reader, reading: Reading): readonly string[] | null {
  const items = list.items();
  if (items === undefined) return null;
  if (items.length === 0) list.error('empty-list', 'serverNames is an empty list; expected at least one name.', 'Add a name, or remove it.');
  return items.flatMap((item) => {
    if (item.absent) item.error('wrong-type', 'A server name is nothing; expected text.');
    const name = item.string();
    if (name === undefined) return [];
    const labels = (name.endsWith('.') ? name.slice(0, -1) : name).split('.');
    if (name.length > 255 || !labels.every((label) => /^[-a-zA-Z0-9_*]+$/.test(label))) {
      item.error('bad-name', `${shown(name)} is no server name; expected a DNS name, with stars at most.`);
      return [];
    }
    const [first, ...rest] = labels;
    const prefixed = rest.length > 0 && (first === '*' || first === '**') ? rest : labels;
    if (prefixed.some((label) => label.includes('*'))) reading.needs('1.20', item, 'stars elsewhere than as "*." or "**." in front of a server name');
    return [name];
  });
}
