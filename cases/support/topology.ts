import { dump } from 'js-yaml';
import type { ClusterSpec, PodSpec } from './case-file.ts';

/** The manifests that a compact topology stands for, as multi-document YAML. */
export function topologyText(cluster: ClusterSpec): string {
  const objects = [
    ...Object.entries(cluster.namespaces ?? {}).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...given('labels', labels ?? undefined) },
    })),
    ...Object.entries(cluster.nodes ?? {}).map(([name, node]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, ...given('labels', node?.labels) },
      spec: { ...given('podCIDRs', node?.podCidrs) },
      status: { addresses: (node?.addresses ?? []).map((address) => ({ type: 'InternalIP', address })) },
    })),
    ...Object.entries(cluster.pods ?? {}).map(([key, pod]) => workloadObject(key, pod ?? {})),
  ];
  return [...objects.map((o) => dump(o, { noRefs: true })), ...(cluster.manifests === undefined ? [] : [cluster.manifests])].join('---\n');
}

function workloadObject(key: string, pod: PodSpec): object {
  const [namespace, name] = key.split('/');
  if (namespace === undefined || name === undefined) throw new Error(`pod key must be namespace/name, not ${key}`);
  const kind = pod.kind ?? (pod.replicas === undefined ? 'Pod' : 'Deployment');
  const labels = pod.labels ?? {};
  if (kind === 'Pod') {
    return {
      apiVersion: 'v1',
      kind,
      metadata: {
        name,
        namespace,
        uid: `${namespace}-${name}`,
        labels,
        ...given('annotations', pod.annotations),
        ...(pod.unowned ? {} : { ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Owner', name: 'owner', uid: 'owner' }] }),
        ...(pod.terminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      },
      spec: podSpec(pod),
      status: {
        phase: pod.phase ?? 'Running',
        ...given('reason', pod.reason),
        ...(pod.ips === undefined ? {} : { podIP: pod.ips[0], podIPs: pod.ips.map((ip) => ({ ip })) }),
      },
    };
  }
  const template = { metadata: { labels: { app: name, ...labels }, ...given('annotations', pod.annotations) }, spec: podSpec(pod) };
  const metadata = { name, namespace };
  const selector = { matchLabels: { app: name } };
  switch (kind) {
    case 'Job':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata,
        spec: { completionMode: 'Indexed', parallelism: pod.replicas ?? 1, completions: pod.replicas ?? 1, template },
      };
    case 'StatefulSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { serviceName: name, replicas: pod.replicas ?? 1, selector, template } };
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector, template } };
    case 'Deployment':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { replicas: pod.replicas ?? 1, selector, template } };
  }
}

function podSpec(pod: PodSpec): object {
  const container = (name: string, ports: PodSpec['ports'], more: object = {}): object => ({
    name,
    image: 'example.com/app:1',
    ...more,
    ports: portList(ports, pod.hostPorts),
  });
  const inits = [
    ...(pod.sidecarPorts === undefined ? [] : [container('sidecar', pod.sidecarPorts, { restartPolicy: 'Always' })]),
    ...(pod.initPorts === undefined ? [] : [container('init', pod.initPorts)]),
  ];
  return {
    ...(inits.length > 0 ? { initContainers: inits } : {}),
    containers: [container('main', pod.ports)],
    ...given('hostNetwork', pod.hostNetwork),
    ...given('nodeName', pod.node),
    ...given('serviceAccountName', pod.serviceAccount),
  };
}

function portList(ports: PodSpec['ports'], hostPorts: PodSpec['hostPorts']): object[] {
  return Object.entries(ports ?? {}).map(([name, text]) => {
    const [port, protocol] = String(text).split('/');
    const hostPort = hostPorts?.[name];
    return { name, containerPort: Number(port), protocol: protocol ?? 'TCP', ...given('hostPort', hostPort) };
  });
}

function given<K extends string, V>(key: K, value: V | undefined): Record<string, V> {
  return value === undefined ? {} : { [key]: value };
}
