import type { Reader } from '../../kernel/reader.ts';
import { stableJson } from '../../kernel/stable.ts';
import { everything } from '../../model/labels.ts';
import { mutualAuthentication } from '../../model/mutual-authentication.ts';
import type { Peer, PortMatch, Rule, RuleApplication } from '../../model/policy.ts';
import { checkPortRule, readApplication } from './application.ts';
import { type IcmpPorts, readIcmps } from './icmps.ts';
import { peerFields, type RuleContext, readPeers } from './peers.ts';
import { readPorts } from './ports.ts';
import { readEndpoints } from './selectors.ts';

/** Ports that ask for the same beyond ports; `first` is the toPorts item that begins them. */
interface PortGroup {
  readonly ports: PortMatch[];
  readonly application: RuleApplication | null;
  readonly first: Reader;
}

/**
 * The model's rules of one ingress, egress or deny rule: one for each different layer 7 condition among its ports; none when it says nothing,
 * for such a rule matches nothing (`egress: [{}]` isolates and opens nothing). Source: cilium 1.19 pkg/policy/rule.go mergeL4Filter.
 */
export function readRule(rule: Reader, context: RuleContext): readonly Rule[] {
  if (rule.absent) rule.error('wrong-type', 'A rule is nothing; expected an object.', 'Write {} for a rule that opens nothing.');
  if (!checkFields(rule, context)) return [];
  const toPorts = rule.field('toPorts');
  const icmps = rule.field('icmps');
  const items = toPorts.each();
  const hasIcmps = icmps.each().length > 0;
  if (items.length > 0 && hasIcmps) icmps.error('icmps-with-ports', 'icmps and toPorts are not allowed in one rule.', 'Make one rule of each.');
  const restricted = items.length > 0 || hasIcmps;
  const peers = narrowed(rule, context, readPeers(rule, context, restricted));
  const authenticated = readAuthentication(rule.field('authentication'));
  const base = { direction: context.direction, action: context.action, peers };
  const { groups, strange } = groupPorts(items, context);
  if (!restricted) {
    const named = peerFields(context).some((key) => rule.has(key) && (peers !== null || rule.field(key).each().length > 0));
    return named ? allowing([{ ...base, ports: null, application: null, origin: rule.origin }], authenticated) : [];
  }
  const rules: Rule[] = groups.map((group) => ({
    ...base,
    ports: group.ports,
    application: group.application,
    origin: groups.length === 1 ? rule.origin : group.first.origin,
  }));
  if (hasIcmps) for (const part of noneOr(readIcmps(icmps))) rules.push({ ...base, ...part, application: null, origin: rule.origin });
  if (strange) rules.push({ ...base, peers: [strangePeer], ports: [{ protocol: 'OTHER', port: null, endPort: null }], application: null, origin: rule.origin });
  return allowing(rules, authenticated);
}

/** A rule on no type at all is a rule, and matches nothing. */
function noneOr(parts: readonly IcmpPorts[]): readonly IcmpPorts[] {
  return parts.length === 0 ? [{ ports: [] }] : parts;
}

/** A rule that asks for authentication takes away what another rule allows without. Source: cilium pkg/policy/mapstate.go, Documentation/network/servicemesh/mutual-authentication. */
function allowing(rules: readonly Rule[], authenticated: boolean): readonly Rule[] {
  if (!authenticated) return rules;
  return rules.flatMap((rule): Rule[] => [
    { ...rule, condition: rule.condition ?? mutualAuthentication },
    { ...rule, action: 'deny', application: null, condition: mutualAuthentication },
  ]);
}

function narrowed(rule: Reader, context: RuleContext, peers: readonly Peer[] | null): readonly Peer[] | null {
  const endpoints = rule.field(context.direction === 'ingress' ? 'fromEndpoints' : 'toEndpoints').each();
  if (peers === null || endpoints.length === 0 || context.required.length === 0) return peers;
  return peers.map((peer) => ({ kind: 'all-of', peers: [peer, ...context.required] }));
}

// The model holds every protocol beyond TCP, UDP, SCTP and ICMP as one, so a rule on one of them may or may not match it.
const strangePeer: Peer = { kind: 'unknown', gap: 'rules on VRRP, IGMP and the like alone are not told apart from other protocols' };

function checkFields(rule: Reader, context: RuleContext): boolean {
  const egress = context.direction === 'egress';
  const here = egress ? 'to' : 'from';
  const there = egress ? 'from' : 'to';
  const sorts = ['Endpoints', 'CIDR', 'CIDRSet', 'Entities', 'Groups', 'Nodes'];
  const elsewhere: Readonly<Record<string, string>> = {
    ports: 'Write toPorts: [{ports: […]}].',
    port: 'Write toPorts: [{ports: [{port: …}]}].',
    ...Object.fromEntries(sorts.map((sort) => [`${there}${sort}`, `${context.direction} rules say ${here}${sort}.`])),
    ...(egress ? {} : { toFQDNs: 'It belongs in egress rules.', toServices: 'It belongs in egress rules.' }),
    ...(context.action === 'deny' ? { toFQDNs: 'Deny rules take no names.', authentication: 'Deny rules take no authentication.' } : {}),
  };
  const requires = requiresKey(context);
  const known = [...peerFields(context), requires, 'toPorts', 'icmps', ...(context.action === 'allow' ? ['authentication'] : [])];
  if (rule.present && !rule.object(known, elsewhere)) return false;
  return true;
}

function requiresKey({ direction }: RuleContext): 'fromRequires' | 'toRequires' {
  return direction === 'ingress' ? 'fromRequires' : 'toRequires';
}

/**
 * What the rules of a section require of each of their endpoint selectors. Up to 1.18 that holds for all rules of the policies that select the same pods;
 * since 1.19 such a policy is refused. Source: cilium 1.18 pkg/policy/rules.go resolveL4IngressPolicy; cilium 1.19 pkg/policy/api/ingress.go, FromRequires.
 */
export function readRequired(section: readonly Reader[], context: RuleContext): readonly Peer[] {
  const key = requiresKey(context);
  return section.flatMap((rule) => {
    const list = rule.field(key);
    const items = list.each();
    if (items.length === 0) return [];
    const hint = `Add what it requires to each selector of ${context.direction === 'ingress' ? 'from' : 'to'}Endpoints.`;
    if (context.action === 'deny') list.error('requires-in-deny', `${key} in a deny rule cannot be judged, and is refused since Cilium 1.19.`, hint);
    else if (context.reading.since('1.19')) context.reading.refuse();
    list.warning('requires-removed', `Cilium 1.19 and later refuse this whole policy because of ${key}: its pods are then as if it were not there.`, hint);
    return items.map((item) => readEndpoints(item, context.namespace, context.reading));
  });
}

/** Stands for what a requirement may take from the rules of other policies on the same pods. */
export function narrowsOthers(context: RuleContext, origin: Rule['origin']): Rule {
  const anyPod: Peer = {
    kind: 'pods',
    match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null },
  };
  return {
    direction: context.direction,
    action: 'deny',
    peers: [{ kind: 'all-of', peers: [anyPod, { kind: 'not', peer: { kind: 'all-of', peers: context.required } }] }],
    ports: null,
    application: null,
    condition: `whether ${requiresKey(context)} narrows the rule of another policy that allows this`,
    origin,
  };
}

function groupPorts(items: readonly Reader[], context: RuleContext): { readonly groups: readonly PortGroup[]; readonly strange: boolean } {
  const groups = new Map<string, PortGroup>();
  let strange = false;
  for (const item of items) {
    if (!checkPortRule(item, context)) continue;
    const list = readPorts(item.field('ports'), context.reading);
    strange ||= list.strange;
    if (item.field('ports').each().length === 0)
      item.warning('matches-nothing', 'This toPorts item has no ports: it matches nothing.', 'Add ports; port "0" means every port.');
    const application = context.action === 'deny' ? null : readApplication(item, context, list.ports);
    if (list.strange && list.ports.length === 0) continue;
    const key = stableJson(application);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ports: [...list.ports], application, first: item });
    else group.ports.push(...list.ports);
  }
  return { groups: [...groups.values()], strange };
}

/** Source: cilium pkg/policy/api/rule.go AuthenticationMode. */
function readAuthentication(field: Reader): boolean {
  if (!field.object(['mode'])) return false;
  field.required('mode');
  const mode = field.field('mode').oneOf(['disabled', 'required', 'test-always-fail']);
  return mode === 'required' || mode === 'test-always-fail';
}
