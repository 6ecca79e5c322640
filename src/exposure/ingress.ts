import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Backend, EntryRule } from '../model/exposure.ts';
import { isDnsSubdomain } from '../model/label-syntax.ts';
import { labelOf } from '../model/labels.ts';
import { annotationsOf } from '../model/metadata.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { readHost } from './hosts.ts';
import { readPortName } from './port-name.ts';

/** Source: kubernetes/api networking/v1 annotationIngressClass: what named the class before the field did. */
const classAnnotation = 'kubernetes.io/ingress.class';

/** Ingress. Source: kubernetes/api networking/v1; refusals: kubernetes/kubernetes pkg/apis/networking/validation ValidateIngress. */
export const reader: ExposureReader = {
  kinds: [
    { group: 'networking.k8s.io', kind: 'Ingress' },
    { group: 'extensions', kind: 'Ingress' },
  ],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    const namespace = object.namespace ?? 'default';
    if (object.apiVersion !== 'networking.k8s.io/v1') {
      const version = at.field('apiVersion');
      version.error(
        'unserved-version',
        `Ingress of ${shown(object.apiVersion)} is not served since Kubernetes 1.22.`,
        'Write apiVersion: networking.k8s.io/v1, and its backends as service.name and service.port.',
      );
      return finish(diagnostics, () => ({}));
    }
    if (at.required('spec')) spec.object(['ingressClassName', 'defaultBackend', 'tls', 'rules']);
    const fallback = spec.field('defaultBackend');
    const rules = spec.field('rules').each();
    if (spec.kind === 'an object' && fallback.absent && rules.length === 0)
      spec.error('missing-field', 'This Ingress has neither rules nor defaultBackend; one of them is required.');
    const standard = fallback.present ? readBackend(fallback, namespace) : undefined;
    const read = [
      ...(standard === undefined ? [] : [{ hosts: [], paths: [], backends: [standard], origin: fallback.origin }]),
      ...rules.flatMap((rule) => readRule(rule, namespace, standard)),
    ];
    for (const tls of spec.field('tls').each()) for (const host of tls.field('hosts').each()) readHost(host);
    const className = spec.field('ingressClassName').string();
    if (className !== undefined && !isDnsSubdomain(className))
      spec.field('ingressClassName').error('bad-name', `${shown(className)} is no name of an IngressClass.`);
    const annotations = annotationsOf(object);
    const old = labelOf(annotations, classAnnotation);
    if (className !== undefined && old !== undefined && old !== className)
      spec
        .field('ingressClassName')
        .error('class-named-twice', `ingressClassName is ${shown(className)}, the annotation ${classAnnotation} is ${shown(old)}; they must be the same.`);
    return finish(diagnostics, () => ({
      ingresses: [
        {
          namespace,
          name: object.name,
          className: className ?? old ?? null,
          annotations,
          rules: read,
          tls: spec.field('tls').each().length > 0,
          origin: object.origin,
        },
      ],
    }));
  },
};

function readRule(at: Reader, namespace: string, standard: Backend | undefined): readonly EntryRule[] {
  at.object(['host', 'http']);
  const host = readHost(at.field('host'));
  const hosts = host === undefined ? [] : [host];
  const http = at.field('http');
  // A host without paths goes to the default backend. Source: kubernetes/api networking/v1 IngressRule.
  if (http.absent) return standard === undefined ? [] : [{ hosts, paths: [], backends: [standard], origin: at.origin }];
  http.object(['paths']);
  const paths = http.field('paths').each();
  if (paths.length === 0) http.error('missing-field', 'http has no paths; at least one is required.');
  return paths.flatMap((item) => {
    item.object(['path', 'pathType', 'backend']);
    const path = readPath(item);
    const backend = item.required('backend') ? readBackend(item.field('backend'), namespace) : undefined;
    return backend === undefined ? [] : [{ hosts, paths: path === undefined ? [] : [path], backends: [backend], origin: item.origin }];
  });
}

/** Sequences and ends that paths of the kinds Exact and Prefix may not have. Source: kubernetes/kubernetes pkg/apis/networking/validation. */
const badSequences: readonly string[] = ['//', '/./', '/../', '%2f', '%2F'];
const badEnds: readonly string[] = ['/..', '/.'];

function readPath(item: Reader): string | undefined {
  item.required('pathType');
  const type = item.field('pathType').oneOf(['Exact', 'Prefix', 'ImplementationSpecific']);
  const at = item.field('path');
  const path = at.string() ?? '';
  if (type === undefined) return path === '' ? undefined : path;
  const strict = type !== 'ImplementationSpecific';
  if ((strict || path !== '') && !path.startsWith('/'))
    at.error('bad-path', `${path === '' ? 'path is empty' : `${shown(path)} is no path`}; expected one that starts with "/".`);
  const wrong = strict ? (badSequences.find((s) => path.includes(s)) ?? badEnds.find((s) => path.endsWith(s))) : undefined;
  if (wrong !== undefined)
    at.error('bad-path', `${shown(path)} must not ${badEnds.includes(wrong) && path.endsWith(wrong) ? 'end with' : 'contain'} ${shown(wrong)}.`);
  return path === '' ? undefined : path;
}

function readBackend(at: Reader, namespace: string): Backend | undefined {
  if (!at.object(['service', 'resource'], { serviceName: 'Write service: {name, port: {number}}.', servicePort: 'Write service: {name, port: {number}}.' }))
    return undefined;
  const service = at.field('service');
  const resource = at.field('resource');
  if (service.present && resource.present) at.error('two-backends', 'This backend names a service and a resource; only one may be set.');
  if (resource.present) {
    resource.required('kind');
    resource.required('name');
    const title = `${resource.field('kind').string() ?? ''} ${resource.field('name').string() ?? ''}`;
    return { namespace, service: null, title, port: { kind: 'every' }, origin: at.origin };
  }
  if (service.absent) {
    at.error('missing-field', 'This backend names neither a service nor a resource.');
    return undefined;
  }
  service.object(['name', 'port']);
  service.required('name');
  const name = service.field('name').string();
  if (name !== undefined && (name.length > 63 || !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(name)))
    service.field('name').error('bad-name', `${shown(name)} is no name of a Service.`);
  const port = service.field('port');
  port.object(['name', 'number']);
  const number = port.field('number').value === 0 ? undefined : port.field('number').integer(1, 65535);
  const portName = readPortName(port.field('name'));
  if (number !== undefined && portName !== undefined) port.error('two-ports', 'This backend names its port by name and by number; only one may be set.');
  if (name === undefined) return undefined;
  if (number !== undefined) return { namespace, service: name, title: name, port: { kind: 'number', port: number }, origin: at.origin };
  if (portName !== undefined) return { namespace, service: name, title: name, port: { kind: 'name', name: portName }, origin: at.origin };
  if (port.field('number').absent && port.field('name').absent)
    service.error('missing-field', 'This backend names no port; a name or a number is required.', 'Add port: {number: …}.');
  return undefined;
}
