import { expect, test } from 'vitest';
import { between, claimsIn, networkPolicy, type World } from '../../../cases/support/claims.ts';

const peers = 'liveness/peers/train';
const labels = '{matchLabels: {app: train}}';

/** A PyTorchJob whose master and workers have the labels of the zone's workload. */
function job(more: { readonly sysctl?: string; readonly env?: string; readonly image?: string } = {}): string {
  const sysctls = more.sysctl === undefined ? '' : `securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: "${more.sysctl}"}]}, `;
  const env = `[{name: NCCL_DEBUG, value: INFO}${more.env ?? ''}]`;
  const template = `{metadata: {labels: {app: train}}, spec: {${sysctls}containers: [{name: pytorch, image: "train:1", env: ${env}}]}}`;
  return `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec: {pytorchReplicaSpecs: {Master: {template: ${template}}, Worker: {replicas: 3, template: ${template}}}}
`;
}

const only = (ports: string) => networkPolicy('job', between(labels, ports));
const rule = '{protocol: TCP, port: 23456}, {protocol: TCP, port: 29400}, {protocol: TCP, port: 29500}, {protocol: TCP, port: 50000, endPort: 52000}';
const pinned = { collectives: { ports: '50000-52000' } };
const withSsh = `{protocol: TCP, port: 22}, {protocol: TCP, port: 2222}, ${rule}`;
const underMpi = { collectives: { ports: '50000-52000', backend: 'mpi' } };
const btl = (first: string): string => `, {name: OMPI_MCA_btl_tcp_port_min_v4, value: "${first}"}, {name: OMPI_MCA_btl_tcp_port_range_v4, value: "2001"}`;
const world = (objects: readonly string[], workload: World['workload'] = {}): World => ({ omit: ['policy peers', 'ml/train'], objects, workload });

test('a PyTorchJob with NCCL under rules that open 29500 alone hangs, and the packet shown is one to a port that the kernel picks', () => {
  const claim = claimsIn(world([job(), only('{protocol: TCP, port: 23456}, {protocol: TCP, port: 29500}')])).get(peers);
  expect(claim?.status).toBe('fails');
  const port = claim?.counterexamples[0]?.packet.port ?? 0;
  expect(port).toBeGreaterThanOrEqual(32768);
  expect(port).toBeLessThanOrEqual(60999);
});

test.each<readonly [string, World, 'holds' | 'fails']>([
  ['pinned in rule and pods', world([job({ sysctl: '50000 52000' }), only(rule)], pinned), 'holds'],
  ['pinned in the rule alone', world([job(), only(rule)], pinned), 'fails'],
  ['pods pinned to another range', world([job({ sysctl: '40000 42000' }), only(rule)], pinned), 'fails'],
  ['under MPI, pinned in rule, pods and variables', world([job({ sysctl: '50000 52000', env: btl('50000') }), only(withSsh)], underMpi), 'holds'],
  ['under MPI, with variables that name other ports', world([job({ sysctl: '50000 52000', env: btl('40000') }), only(withSsh)], underMpi), 'fails'],
  [
    'under MPI, without the variables',
    world([job({ sysctl: '50000 52000', env: ', {name: OMPI_MCA_btl, value: "tcp,self"}' }), only(withSsh)], underMpi),
    'fails',
  ],
  ['a framework that no sysctl pins', world([job({ sysctl: '50000 52000', env: ', {name: HOROVOD_RANK, value: "0"}' }), only(rule)], pinned), 'fails'],
  [
    'a store at a port of its own',
    world([job({ sysctl: '50000 52000', env: '], ports: [{name: pytorchjob-port, containerPort: 1234}' }), only(rule)], pinned),
    'fails',
  ],
  ['of a framework that the zone names, with pods that pin nothing', world([job(), only(rule)], { ...pinned, framework: 'pytorch' }), 'fails'],
  [
    'of a framework that the zone names, where variables suggest another',
    world([job({ sysctl: '50000 52000', env: ', {name: HOROVOD_RANK, value: "0"}' }), only(rule)], { ...pinned, framework: 'pytorch' }),
    'holds',
  ],
])('a job %s', (_, input, status) => {
  expect(claimsIn(input).get(peers)?.status).toBe(status);
});

test('what was read off the job is shown', () => {
  const claim = claimsIn(world([job({ sysctl: '50000 52000' }), only(rule)], pinned)).get(peers);
  expect(claim?.evidence.slice(1)).toEqual(['NCCL, read off the job: container pytorch sets NCCL_DEBUG', 'PyTorch, read off the job: kind PyTorchJob']);
});
