import { describe, expect, test } from 'vitest';
import { asked, deny, only, space, statuses } from '../../cases/support/asked-job.ts';
import { loadSnapshot } from '../app/load.ts';

const controller = `
apiVersion: slinky.slurm.net/v1beta1
kind: Controller
metadata: {name: research, namespace: ml}
spec: {slurmctld: {image: slurmctld}}`;
const nodes = (more = ''): string => `
apiVersion: slinky.slurm.net/v1beta1
kind: NodeSet
metadata: {name: h100, namespace: ml}
spec: {controllerRef: {name: research}, replicas: 2, slurmd: {image: slurmd}${more}}`;
const letIn = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: slurm, namespace: ml}
spec:
  podSelector: {matchLabels: {slinky.slurm.net/cluster: research}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}]}]
  egress: [{}]`;

const slurm = (found: Record<string, string>) => Object.fromEntries(Object.entries(found).filter(([id]) => id.startsWith('slurm/')));

describe('nodes of Slurm in pods', () => {
  test('need their controller, each other, and ports that srun picks', () => {
    const found = only(asked(nodes(), [space, deny, controller]));
    expect(slurm(statuses(found))).toEqual({ 'slurm/controller': 'blocked', 'slurm/nodes': 'blocked', 'slurm/forward': 'blocked', 'slurm/steps': 'blocked' });
    const [dialled] = found.paths;
    expect([dialled?.ports, dialled?.witnesses[0]?.packet.port]).toEqual(['TCP 6817', 6817]);
    const mended = only(asked(nodes(), [space, deny, controller, ...(found.patch?.edits ?? []).map((e) => e.manifest ?? '')]));
    expect(slurm(statuses(mended))).toEqual({ 'slurm/controller': 'open', 'slurm/nodes': 'open', 'slurm/forward': 'open', 'slurm/steps': 'open' });
  });

  test('have a controller that may be elsewhere', () => {
    const found = only(asked(nodes(), [space, letIn]));
    expect(slurm(statuses(found))).toEqual({ 'slurm/controller': 'unknown', 'slurm/nodes': 'unknown', 'slurm/forward': 'open', 'slurm/steps': 'open' });
    expect(found.paths.find((p) => p.id === 'slurm/nodes')?.reasons).toEqual([
      'the Slurm controller research is not in the input, and policies say who may come in: give its manifests',
    ]);
  });

  test.each([
    [', template: 3', ['wrong-type']],
    [', template: {metadata: {labels: {a: "b c"}}}', ['bad-label-value']],
    [', template: {spec: {containers: [{name: x, ports: [{containerPort: 70000}]}]}}', ['out-of-range']],
    [', scalingMode: Both', ['unknown-value']],
  ])('are told what is wrong with them: %s', (more, codes) => {
    const { diagnostics } = loadSnapshot([{ file: 'n.yaml', text: nodes(more) }]);
    expect(diagnostics.map((d) => d.code)).toEqual(codes);
  });
});
