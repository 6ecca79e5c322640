import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const probed = (probe: string, port = ''): string =>
  job().replace(
    'Worker: {replicas: 3, template: {spec: {containers: [{name: pytorch,',
    `Worker: {replicas: 3, template: {spec: {containers: [{name: pytorch, ${probe},${port}`,
  );
const http = 'readinessProbe: {httpGet: {path: /, port: 8080}}';
const cluster = [space, deny, dns, among('{protocol: TCP}')];
const hostDeny = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: no-host, namespace: ml}
spec: {endpointSelector: {}, ingressDeny: [{fromEntities: [host]}]}`;

describe('probes of the kubelet', () => {
  test.each([
    ['by HTTP', http, '', 'TCP 8080'],
    ['by the name of a port', 'livenessProbe: {tcpSocket: {port: ready}}', ' ports: [{name: ready, containerPort: 9000}],', 'TCP 9000'],
    ['by gRPC', 'startupProbe: {grpc: {port: 7000}}', '', 'TCP 7000'],
  ])('come from the node of the pod, to which it is always open: %s', (_, probe, port, ports) => {
    const found = only(asked(probed(probe, port), cluster));
    expect(found.paths.find((p) => p.id === 'probes/worker')).toMatchObject({ status: 'open', ports, from: 'the kubelet', required: true });
    expect(Object.keys(statuses(found))).not.toContain('probes/master');
    expect(wouldRun(found)).toBe(true);
  });

  test('are stopped by a rule that denies the node, where the CNI lets one', () => {
    expect(statuses(only(asked(probed(http), cluster, 'cilium@1.19')))).toMatchObject({ 'probes/worker': 'open' });
    const found = only(asked(probed(http), [...cluster, hostDeny], 'cilium@1.19'));
    const path = found.paths.find((p) => p.id === 'probes/worker');
    expect(path?.status).toBe('blocked');
    expect(path?.witnesses[0]?.story).toBe('the kubelet cannot reach worker on 8080/TCP');
    expect(wouldRun(found)).toBe(false);
  });

  test('to a port that no container declares by that name are unknown', () => {
    const path = only(asked(probed('livenessProbe: {tcpSocket: {port: lost}}'), cluster)).paths.find((p) => p.id === 'probes/worker');
    expect(path).toMatchObject({ status: 'unknown', reasons: ['no port of the pod is called lost, which its liveness probe names'] });
  });

  test.each(['readinessProbe: {exec: {command: [x]}}', 'readinessProbe: {httpGet: {host: a.example.com, port: 80}}', 'readinessProbe: 3'])(
    'that do not connect to the pod are none: %s',
    (probe) => {
      expect(Object.keys(statuses(only(asked(probed(probe), cluster)))).filter((id) => id.startsWith('probes/'))).toEqual([]);
    },
  );
});

describe('the metrics of Ray', () => {
  const ray = `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: tune, namespace: ml}
spec:
  headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: ray}]}}}
  workerGroupSpecs: [{groupName: gpu, replicas: 1, rayStartParams: {}, template: {spec: {containers: [{name: ray, image: ray}]}}}]`;
  const prometheus =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}}\nspec: {containers: [{name: c, image: p}]}';

  test('are asked for where Prometheus is in the input, and stop nothing', () => {
    const without = only(asked(ray, [space, deny]));
    expect(Object.keys(statuses(without))).not.toContain('ray/metrics');
    const path = only(asked(ray, [space, deny, prometheus])).paths.find((p) => p.id === 'ray/metrics');
    expect(path).toMatchObject({ status: 'blocked', required: false, ports: 'TCP 8080' });
  });
});
