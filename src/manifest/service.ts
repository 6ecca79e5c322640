import { type Reader, shown } from '../kernel/reader.ts';
import type { Service, ServicePort } from '../model/cluster.ts';
import { readLabels } from '../model/label-map.ts';
import { matchLabels } from '../model/labels.ts';
import { labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

/**
 * A Service with the API server's defaults: type ClusterIP, protocol TCP, targetPort = port. An empty selector is none: its endpoints are kept by hand.
 * Load-balancer addresses count as external addresses. Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service.
 */
export function readService(object: RawObject, at: Reader): Service {
  const spec = at.field('spec');
  if (at.required('spec')) spec.expect('an object');
  const type = spec.field('type').oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']) ?? 'ClusterIP';
  const selector = readLabels(spec.field('selector'));
  const listed = textItems(spec.field('clusterIPs'));
  const clusterIps = listed.length > 0 ? listed : [spec.field('clusterIP').string() ?? ''];
  const balancers = at
    .field('status')
    .field('loadBalancer')
    .field('ingress')
    .each()
    .flatMap((i) => i.field('ip').string() || []);
  const requested = spec.field('loadBalancerIP').string() || [];
  return {
    namespace: object.namespace ?? 'default',
    name: object.name,
    labels: labelsOf(object),
    type,
    headless: type !== 'ExternalName' && clusterIps.includes('None'),
    selector: type === 'ExternalName' || Object.keys(selector).length === 0 ? null : matchLabels(selector),
    endpoints: null,
    ports: spec
      .field('ports')
      .each()
      .flatMap((p) => readPort(p) ?? []),
    clusterIps: clusterIps.filter((ip) => ip !== '' && ip !== 'None'),
    externalIps: [...new Set([...textItems(spec.field('externalIPs')), ...balancers, ...(type === 'LoadBalancer' ? [requested].flat() : [])])],
    externalName: type === 'ExternalName' ? (spec.field('externalName').string() ?? null) : null,
    origin: object.origin,
  };
}

function readPort(at: Reader): ServicePort | undefined {
  if (!at.required('port')) return undefined;
  const port = at.field('port').integer(1, 65535);
  const protocol = at.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) ?? 'TCP';
  const nodePort = at.field('nodePort').integer(0, 65535) ?? 0;
  const targetPort = readTargetPort(at.field('targetPort'));
  if (port === undefined) return undefined;
  return { name: at.field('name').string() || null, protocol, port, targetPort: targetPort ?? port, nodePort: nodePort === 0 ? null : nodePort };
}

/** A number, or the name of a container port; 0 and '' count as left out. */
function readTargetPort(at: Reader): number | string | undefined {
  if (at.value === 0 || at.value === '') return undefined;
  if (typeof at.value === 'number') return at.integer(1, 65535);
  const name = at.string();
  if (name !== undefined && !/[a-z]/i.test(name)) {
    at.error(
      'bad-port-name',
      `${shown(name)} is text, so it is the name of a port, and a name has a letter in it.`,
      /^\d+$/.test(name) ? `Write ${name} without quotes.` : undefined,
    );
  }
  return name;
}

function textItems(at: Reader): readonly string[] {
  return at.each().flatMap((item) => item.string() || []);
}
