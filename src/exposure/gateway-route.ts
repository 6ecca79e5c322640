import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Backend, EntryRule, GatewayRouteKind, ParentRef } from '../model/exposure.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { readHost } from './hosts.ts';
import { gatewayGroup } from './listeners.ts';

/** Source: kubernetes-sigs/gateway-api apis/v1 CommonRouteSpec.parentRefs and HTTPRouteSpec.hostnames, MaxItems. */
const mostParents = 32;
const mostHostnames = 16;

/** The reader of one kind of route. `paths` gives the paths (or methods) of one rule, in the author's words. */
export function routeReader(kind: GatewayRouteKind, paths: (rule: Reader) => readonly string[]): ExposureReader {
  return { kinds: [{ group: gatewayGroup, kind }], read: (object) => readRoute(object, kind, paths) };
}

function readRoute(object: RawObject, kind: GatewayRouteKind, paths: (rule: Reader) => readonly string[]): ReturnType<ExposureReader['read']> {
  const diagnostics: Diagnostic[] = [];
  const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
  spec.expect('an object');
  const namespace = object.namespace ?? 'default';
  const refs = spec.field('parentRefs').each();
  if (refs.length > mostParents) spec.field('parentRefs').error('too-many', `parentRefs has ${refs.length} items; the API takes ${mostParents} at most.`);
  const names = spec.field('hostnames').each();
  if (names.length > mostHostnames) spec.field('hostnames').error('too-many', `hostnames has ${names.length} items; the API takes ${mostHostnames} at most.`);
  const route = {
    kind,
    namespace,
    name: object.name,
    parents: refs.flatMap((ref) => readParent(ref, namespace)),
    hostnames: kind === 'TCPRoute' || kind === 'UDPRoute' ? [] : names.flatMap((name) => readHost(name) ?? []),
    rules: spec
      .field('rules')
      .each()
      .map((rule): EntryRule => ({ hosts: [], paths: paths(rule), backends: backendsOf(rule, namespace), origin: rule.origin })),
    origin: object.origin,
  };
  return finish(diagnostics, () => ({ routes: [route] }));
}

function readParent(at: Reader, namespace: string): readonly ParentRef[] {
  at.required('name');
  const group = at.field('group').string() ?? gatewayGroup;
  const kind = at.field('kind').string() ?? 'Gateway';
  const ref = {
    namespace: at.field('namespace').string() ?? namespace,
    name: at.field('name').string() ?? '',
    sectionName: at.field('sectionName').string() ?? null,
    port: at.field('port').integer(1, 65535) ?? null,
    origin: at.origin,
  };
  if (group === gatewayGroup && kind === 'Gateway') return [{ kind: 'Gateway', ...ref }];
  if (kind === 'ListenerSet' || kind === 'XListenerSet') return [{ kind: 'ListenerSet', ...ref }];
  return [];
}

/** Where a rule sends to: its backends, and what requests are mirrored to. */
function backendsOf(rule: Reader, namespace: string): readonly Backend[] {
  const refs = rule.field('backendRefs').each();
  const mirrors = [rule, ...refs].flatMap((at) =>
    at
      .field('filters')
      .each()
      .flatMap((filter) => (filter.field('requestMirror').present ? readBackend(filter.field('requestMirror').field('backendRef'), namespace) : [])),
  );
  return [...refs.flatMap((ref) => readBackend(ref, namespace)), ...mirrors];
}

/** Source: kubernetes-sigs/gateway-api apis/v1 BackendObjectReference, BackendRef: weight is 1 when left out; a Service needs a port. */
function readBackend(at: Reader, namespace: string): readonly Backend[] {
  at.required('name');
  const group = at.field('group').string() ?? '';
  const kind = at.field('kind').string() ?? 'Service';
  const name = at.field('name').string() ?? '';
  const weight = at.field('weight').integer(0, 1_000_000) ?? 1;
  const port = at.field('port').integer(1, 65535);
  const isService = group === '' && kind === 'Service';
  if (isService && at.field('port').absent) at.error('missing-field', `This backend names no port of Service ${shown(name)}; a port is required.`, 'Add port.');
  if (weight === 0) return [];
  return [
    {
      namespace: at.field('namespace').string() ?? namespace,
      service: isService ? name : null,
      title: isService ? name : `${kind} ${name}`,
      port: port === undefined ? { kind: 'every' } : { kind: 'number', port },
      origin: at.origin,
    },
  ];
}
