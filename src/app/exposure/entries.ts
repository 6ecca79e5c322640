import { matchNamespace } from '../../engine/namespaces.ts';
import { commonHost } from '../../exposure/hosts.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { Service } from '../../model/cluster.ts';
import type {
  AllowedFrom,
  Backend,
  Gateway,
  GatewayRoute,
  Ingress,
  Listener,
  OpenShiftRoute,
  ParentRef,
  Router,
  ServiceDoor,
  TlsMode,
} from '../../model/exposure.ts';
import { selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Gap } from '../../model/verdict.ts';

/** Through what an entry is served. */
export type Through =
  | { readonly kind: 'ingress'; readonly ingress: Ingress }
  | { readonly kind: 'gateway'; readonly gateway: Gateway }
  | { readonly kind: 'router'; readonly routers: readonly Router[] }
  | { readonly kind: 'service'; readonly door: ServiceDoor };

/** One way in, with where it goes. `gaps` is what must be known for it to be in force. */
export interface Entry {
  readonly kind: string;
  readonly id: string;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly protocol: 'TCP' | 'UDP';
  readonly ports: readonly number[];
  readonly tls: readonly TlsMode[];
  readonly through: Through;
  readonly backends: readonly Backend[];
  readonly gaps: readonly Gap[];
  readonly origin: Origin;
}

/** An entry that is not in force, and why. */
export interface Shut {
  readonly id: string;
  readonly because: string;
  readonly origin: Origin;
}

/** Source: openshift/api route/v1 types.go RouteSpec.alternateBackends, RouteTargetReference.weight. */
const allWeightsZero = 'the weight of each of its backends is 0: it serves nobody, and the router answers 503';

/** Every way in that the objects of a snapshot open, and those that are written but not in force. */
export function entriesOf(snapshot: Snapshot): { readonly entries: readonly Entry[]; readonly shut: readonly Shut[] } {
  const shut: Shut[] = [];
  const { ingresses, routes, openshiftRoutes, doors } = snapshot.exposure;
  const services = new Map(snapshot.services.map((s) => [`${s.namespace}/${s.name}`, s]));
  const attach = new Attachment(snapshot, shut);
  const entries = [
    ...ingresses.flatMap(ingressEntries),
    ...routes.flatMap((route) => attach.entries(route)),
    ...openshiftRoutes.flatMap((route) => (route.rule.backends.length === 0 ? [] : [openshiftEntry(snapshot, route)])),
    ...doors.map((door) => doorEntry(services.get(`${door.namespace}/${door.name}`), door)),
  ];
  for (const { namespace, name, rule, origin } of openshiftRoutes)
    if (rule.backends.length === 0) shut.push({ id: `Route ${namespace}/${name}`, because: allWeightsZero, origin });
  return { entries: sortedBy(entries, (e) => e.id), shut };
}

function ingressEntries(ingress: Ingress): readonly Entry[] {
  return ingress.rules.map((rule) => ({
    kind: 'Ingress',
    id: `Ingress ${ingress.namespace}/${ingress.name}`,
    hosts: rule.hosts,
    paths: rule.paths,
    protocol: 'TCP',
    ports: ingress.tls ? [80, 443] : [80],
    tls: ingress.tls ? ['terminate'] : ['none'],
    through: { kind: 'ingress', ingress },
    backends: rule.backends,
    gaps: [],
    origin: rule.origin,
  }));
}

/** The routers whose selectors hold a Route; without any IngressController in the input, the one that OpenShift sets up itself. */
function openshiftEntry(snapshot: Snapshot, route: OpenShiftRoute): Entry {
  const gaps: Gap[] = [];
  const routers = snapshot.exposure.routers.filter((router) => {
    if (router.routes !== null && !selects(router.routes, route.labels)) return false;
    const match = router.namespaces === null ? null : matchNamespace(snapshot, { kind: 'labelled', selector: router.namespaces }, route.namespace);
    if (match?.is === 'maybe') gaps.push(...match.gaps);
    return match === null || match.is !== 'no';
  });
  return {
    kind: 'Route',
    id: `Route ${route.namespace}/${route.name}`,
    hosts: route.rule.hosts,
    paths: route.rule.paths,
    protocol: 'TCP',
    ports: [...(route.plain ? [80] : []), ...(route.tls === 'none' ? [] : [443])],
    tls: [route.tls],
    through: { kind: 'router', routers },
    backends: route.rule.backends,
    gaps,
    origin: route.origin,
  };
}

function doorEntry(service: Service | undefined, door: ServiceDoor): Entry {
  return {
    kind: 'Service',
    id: `Service ${door.namespace}/${door.name}`,
    hosts: [],
    paths: [],
    protocol: 'TCP',
    ports: (service?.ports ?? []).map((p) => (door.type === 'NodePort' ? (p.nodePort ?? p.port) : p.port)),
    tls: ['none'],
    through: { kind: 'service', door },
    backends: [{ namespace: door.namespace, service: door.name, title: door.name, port: { kind: 'every' }, origin: door.origin }],
    gaps: [],
    origin: door.origin,
  };
}

/** Which protocols of a listener a kind of route attaches to. Source: kubernetes-sigs/gateway-api apis/v1 ProtocolType; site-src/concepts/api-overview.md, route summary table. */
const fits: Readonly<Record<GatewayRoute['kind'], readonly string[]>> = {
  HTTPRoute: ['HTTP', 'HTTPS'],
  GRPCRoute: ['HTTP', 'HTTPS'],
  TLSRoute: ['TLS'],
  TCPRoute: ['TCP', 'TLS'],
  UDPRoute: ['UDP'],
};

const ownProtocols: ReadonlySet<string> = new Set(['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP']);

/** A listener that a route attaches to, with the hosts they have in common; `gaps` when that is not certain. */
interface Attached {
  readonly listener: Listener;
  readonly hosts: readonly string[];
  readonly gaps: readonly Gap[];
}

/** What stands behind a parent; `gaps` when that is not certain. */
interface Behind {
  readonly gateway: Gateway;
  readonly listeners: readonly Listener[];
  readonly gaps: readonly Gap[];
}

/** Attaches routes to listeners. Source: kubernetes-sigs/gateway-api apis/v1 ParentReference, AllowedRoutes, ReferenceGrant. */
class Attachment {
  readonly #snapshot: Snapshot;
  readonly #shut: Shut[];
  readonly #gateways: ReadonlyMap<string, Gateway>;

  constructor(snapshot: Snapshot, shut: Shut[]) {
    this.#snapshot = snapshot;
    this.#shut = shut;
    this.#gateways = new Map(snapshot.exposure.gateways.map((g) => [`${g.namespace}/${g.name}`, g]));
  }

  entries(route: GatewayRoute): readonly Entry[] {
    const id = `${route.kind} ${route.namespace}/${route.name}`;
    const found = new Map<Gateway, Attached[]>();
    for (const parent of route.parents) {
      const { gateway, listeners, gaps } = this.#listeners(parent);
      const attached = listeners.flatMap((listener) => this.#attach(route, parent, listener, gaps));
      if (attached.length === 0) {
        const because =
          listeners.length === 0
            ? `${parent.kind} ${parent.namespace}/${parent.name} adds no listener`
            : `no listener of ${parent.kind} ${parent.namespace}/${parent.name} takes it`;
        this.#shut.push({ id, because, origin: parent.origin });
      } else found.set(gateway, [...(found.get(gateway) ?? []), ...attached]);
    }
    return [...found].flatMap(([gateway, attached]) =>
      route.rules.map((rule): Entry => {
        const hosts = [...new Set(attached.flatMap((a) => a.hosts))];
        return {
          kind: route.kind,
          id,
          hosts: attached.some((a) => a.hosts.length === 0) ? [] : hosts,
          paths: rule.paths,
          protocol: route.kind === 'UDPRoute' ? 'UDP' : 'TCP',
          ports: [...new Set(attached.map((a) => a.listener.port))].filter((p) => p > 0).sort((a, b) => a - b),
          tls: [...new Set(attached.map((a) => a.listener.tls))],
          through: { kind: 'gateway', gateway },
          backends: rule.backends.filter((b) => this.#granted(route, b, id)),
          // One way that is certain is enough.
          gaps: attached.some((a) => a.gaps.length === 0) ? [] : attached.flatMap((a) => a.gaps),
          origin: rule.origin,
        };
      }),
    );
  }

  /** The listeners behind a parent. A Gateway that is not in the input may have one that takes the route. */
  #listeners(parent: ParentRef): Behind {
    if (parent.kind === 'Gateway') {
      const gateway = this.#gateways.get(`${parent.namespace}/${parent.name}`);
      return gateway === undefined ? this.#absent('Gateway', parent) : { gateway, listeners: gateway.listeners, gaps: [] };
    }
    const set = this.#snapshot.exposure.listenerSets.find((s) => s.namespace === parent.namespace && s.name === parent.name);
    if (set === undefined) return this.#absent('ListenerSet', parent);
    const gateway = this.#gateways.get(`${set.gateway.namespace}/${set.gateway.name}`);
    if (gateway === undefined) return { ...this.#absent('Gateway', { ...parent, ...set.gateway }), listeners: set.listeners };
    const allowed = this.#allowed(gateway.listenersFrom, gateway.namespace, set.namespace);
    return { gateway, listeners: allowed.is === 'no' ? [] : set.listeners, gaps: allowed.gaps };
  }

  #absent(kind: string, at: { readonly namespace: string; readonly name: string; readonly origin: Origin }): Behind {
    const gap: Gap = { code: 'gateway-absent', text: `${kind} ${at.namespace}/${at.name}, which a route names`, mend: `give the ${kind}` };
    const any: Listener = { name: '', hostname: null, port: 0, protocol: '', tls: 'none', from: { kind: 'all' }, kinds: null, origin: at.origin };
    return {
      gateway: { namespace: at.namespace, name: at.name, className: '', listeners: [any], listenersFrom: { kind: 'none' }, origin: at.origin },
      listeners: [any],
      gaps: [gap],
    };
  }

  #attach(route: GatewayRoute, parent: ParentRef, listener: Listener, gaps: readonly Gap[]): readonly Attached[] {
    const shown = listener.port > 0;
    if (shown && parent.sectionName !== null && parent.sectionName !== listener.name) return [];
    if (shown && parent.port !== null && parent.port !== listener.port) return [];
    if (ownProtocols.has(listener.protocol) && !fits[route.kind].includes(listener.protocol)) return [];
    if (listener.kinds !== null && !listener.kinds.includes(`gateway.networking.k8s.io/${route.kind}`)) return [];
    const allowed = this.#allowed(listener.from, parent.namespace, route.namespace);
    if (allowed.is === 'no') return [];
    const hosts = hostsOf(route.hostnames, listener.hostname);
    return hosts === undefined ? [] : [{ listener, hosts, gaps: [...gaps, ...allowed.gaps] }];
  }

  #allowed(from: AllowedFrom, own: string, other: string): { readonly is: 'yes' | 'no' | 'maybe'; readonly gaps: readonly Gap[] } {
    switch (from.kind) {
      case 'all':
        return { is: 'yes', gaps: [] };
      case 'none':
        return { is: 'no', gaps: [] };
      case 'same':
        return { is: own === other ? 'yes' : 'no', gaps: [] };
      case 'selector':
        return matchNamespace(this.#snapshot, { kind: 'labelled', selector: from.selector }, other);
    }
  }

  /** A backend in another namespace needs a ReferenceGrant there; without one nothing is sent to it. */
  #granted(route: GatewayRoute, backend: Backend, id: string): boolean {
    if (backend.namespace === route.namespace) return true;
    const granted = this.#snapshot.exposure.grants.some(
      (g) =>
        g.namespace === backend.namespace &&
        g.from.some((f) => f.kind === route.kind && f.namespace === route.namespace) &&
        g.to.some((name) => backend.service !== null && (name === null || name === backend.service)),
    );
    if (!granted) this.#shut.push({ id, because: `no ReferenceGrant in ${backend.namespace} lets it send to ${backend.title} there`, origin: backend.origin });
    return granted;
  }
}

/** The hosts of a route that a listener serves; empty is every host, undefined none. */
function hostsOf(hostnames: readonly string[], listener: string | null): readonly string[] | undefined {
  if (hostnames.length === 0) return listener === null ? [] : [listener];
  const common = hostnames.flatMap((h) => commonHost(h, listener) ?? []);
  return common.length === 0 ? undefined : common;
}
