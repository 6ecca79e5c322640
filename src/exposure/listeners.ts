import { type Reader, shown } from '../kernel/reader.ts';
import type { AllowedFrom, Listener, TlsMode } from '../model/exposure.ts';
import { readSelector } from '../model/selector-syntax.ts';
import { readHost } from './hosts.ts';

export const gatewayGroup = 'gateway.networking.k8s.io';

/** Source: kubernetes-sigs/gateway-api apis/v1 GatewaySpec.listeners, MaxItems. */
const mostListeners = 64;

/**
 * Listeners of a Gateway or a ListenerSet, with the rules of the CRD: names are unique, TLS only where the protocol has it, no host name on TCP and UDP.
 * Source: kubernetes-sigs/gateway-api apis/v1 gateway_types.go, XValidation of listeners.
 */
export function readListeners(at: Reader): readonly Listener[] {
  const items = at.each();
  if (at.kind === 'a list' && items.length === 0) at.error('too-few', 'listeners is empty; expected one or more.');
  if (items.length > mostListeners) at.error('too-many', `listeners has ${items.length} items; the API takes ${mostListeners} at most.`);
  const names = new Set<string>();
  return items.flatMap((item) => {
    const listener = readListener(item);
    if (listener === undefined) return [];
    if (names.has(listener.name)) item.field('name').error('duplicate-name', `${shown(listener.name)} is the name of another listener too; names are unique.`);
    names.add(listener.name);
    return [listener];
  });
}

function readListener(at: Reader): Listener | undefined {
  for (const key of ['name', 'port', 'protocol']) at.required(key);
  const name = at.field('name').string();
  const port = at.field('port').integer(1, 65535);
  const protocol = at.field('protocol').string()?.toUpperCase();
  const hostname = readHost(at.field('hostname')) ?? null;
  const tls = at.field('tls');
  const mode = tls.field('mode').oneOf(['Terminate', 'Passthrough']);
  if (protocol === 'TCP' || protocol === 'UDP') {
    if (hostname !== null) at.field('hostname').error('hostname-not-allowed', `A listener for ${protocol} has no host name.`);
  }
  if (tls.present && (protocol === 'TCP' || protocol === 'UDP' || protocol === 'HTTP'))
    tls.error('tls-not-allowed', `A listener for ${protocol} has no tls.`, 'Use protocol HTTPS or TLS.');
  if (mode === 'Passthrough' && protocol === 'HTTPS')
    tls.field('mode').error('bad-tls-mode', 'A listener for HTTPS ends TLS itself; its mode is Terminate.', 'Use protocol TLS to pass TLS through.');
  const { from, kinds } = readAllowed(at.field('allowedRoutes'));
  if (name === undefined || port === undefined || protocol === undefined) return undefined;
  const secure: TlsMode =
    protocol === 'HTTPS' || (protocol === 'TLS' && mode !== 'Passthrough') ? 'terminate' : mode === 'Passthrough' ? 'passthrough' : 'none';
  return { name, hostname, port, protocol, tls: secure, from, kinds, origin: at.origin };
}

function readAllowed(at: Reader): { readonly from: AllowedFrom; readonly kinds: readonly string[] | null } {
  const kinds = at
    .field('kinds')
    .each()
    .flatMap((k) => (k.required('kind') ? [`${k.field('group').string() ?? gatewayGroup}/${k.field('kind').string() ?? ''}`] : []));
  return { from: readFrom(at.field('namespaces'), { kind: 'same' }), kinds: kinds.length === 0 ? null : kinds };
}

/** `{from, selector}`; what is left out is `otherwise`. Source: kubernetes-sigs/gateway-api apis/v1 RouteNamespaces, ListenerNamespaces. */
export function readFrom(at: Reader, otherwise: AllowedFrom): AllowedFrom {
  switch (at.field('from').oneOf(['All', 'Selector', 'Same', 'None'])) {
    case 'All':
      return { kind: 'all' };
    case 'Same':
      return { kind: 'same' };
    case 'None':
      return { kind: 'none' };
    case 'Selector':
      if (!at.required('selector')) return { kind: 'none' };
      return { kind: 'selector', selector: readSelector(at.field('selector')) };
    default:
      return otherwise;
  }
}
