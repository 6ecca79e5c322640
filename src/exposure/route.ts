import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Backend, BackendPort, TlsMode } from '../model/exposure.ts';
import { labelsOf } from '../model/metadata.ts';
import type { ExposureReader } from './exposure-reader.ts';
import { readHost } from './hosts.ts';

/** Source: openshift/api route/v1 RouteSpec.alternateBackends. */
const mostAlternates = 3;

const terminations: Readonly<Record<'edge' | 'passthrough' | 'reencrypt', TlsMode>> = { edge: 'terminate', passthrough: 'passthrough', reencrypt: 'reencrypt' };

/** Route of OpenShift. Source: openshift/api route/v1 types.go; refusals: openshift/library-go pkg/route/validation. */
export const reader: ExposureReader = {
  kinds: [{ group: 'route.openshift.io', kind: 'Route' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    const namespace = object.namespace ?? 'default';
    if (at.required('spec') && spec.expect('an object')) spec.required('to');
    const host = readHost(spec.field('host'));
    const wildcard = spec.field('wildcardPolicy').oneOf(['None', 'Subdomain']) === 'Subdomain';
    if (wildcard && host === undefined) spec.field('wildcardPolicy').error('missing-field', 'wildcardPolicy Subdomain needs a host.', 'Add host.');
    const path = spec.field('path').string() ?? '';
    if (path !== '' && !path.startsWith('/')) spec.field('path').error('bad-path', `${shown(path)} is no path; expected one that starts with "/".`);
    const tls = spec.field('tls');
    if (tls.present) tls.required('termination');
    const termination = tls.field('termination').oneOf(['edge', 'passthrough', 'reencrypt']);
    if (termination === 'passthrough' && path !== '')
      spec.field('path').error('bad-path', 'A Route that passes TLS through has no path: the router does not see it.');
    const insecure = tls.field('insecureEdgeTerminationPolicy').oneOf(['None', 'Allow', 'Redirect']);
    const port = readPort(spec.field('port'));
    const alternates = spec.field('alternateBackends').each();
    if (alternates.length > mostAlternates)
      spec.field('alternateBackends').error('too-many', `alternateBackends has ${alternates.length} items; the API takes ${mostAlternates} at most.`);
    const targets = [...(spec.has('to') ? [spec.field('to')] : []), ...alternates];
    const backends = targets.flatMap((target) => readBackend(target, namespace, port));
    const hosts = host === undefined ? [] : [wildcard && host.includes('.') ? `*${host.slice(host.indexOf('.'))}` : host];
    return finish(diagnostics, () => ({
      openshiftRoutes: [
        {
          namespace,
          name: object.name,
          labels: labelsOf(object),
          rule: { hosts, paths: path === '' ? [] : [path], backends, origin: object.origin },
          tls: termination === undefined ? 'none' : terminations[termination],
          plain: termination === undefined || insecure === 'Allow' || insecure === 'Redirect',
          origin: object.origin,
        },
      ],
    }));
  },
};

function readPort(at: Reader): BackendPort {
  const target = at.field('targetPort');
  if (at.absent) return { kind: 'every' };
  if (target.absent || target.value === 0 || target.value === '') {
    at.error('missing-field', 'port names no targetPort, which is required.', 'Add targetPort, or leave port out.');
    return { kind: 'every' };
  }
  const port = typeof target.value === 'number' ? target.integer(1, 65535) : target.string();
  return port === undefined ? { kind: 'every' } : { kind: 'endpoint', port };
}

/** Weight 0 gets no traffic; 100 is the default. */
function readBackend(at: Reader, namespace: string, port: BackendPort): readonly Backend[] {
  at.required('name');
  const kind = at.field('kind').string() ?? 'Service';
  if (kind !== 'Service') at.field('kind').error('unknown-value', `kind is ${shown(kind)}; a Route sends to a Service.`);
  const name = at.field('name').string();
  const weight = at.field('weight').integer(0, 256) ?? 100;
  return name === undefined || weight === 0 ? [] : [{ namespace, service: name, title: name, port, origin: at.origin }];
}
