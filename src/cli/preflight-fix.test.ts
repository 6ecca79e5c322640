import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deny, job, space } from '../../cases/support/asked-job.ts';
import { commandLine } from '../../cases/support/command-line.ts';

const admin = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: no-peers}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  egress: [{action: Deny, to: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: ml}}}]}]
`;

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-fix-'));
  writeFileSync(join(cwd, 'job.yaml'), job());
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test('a patch that leaves paths shut says which, since a rule for the whole cluster comes before it', async () => {
  writeFileSync(join(cwd, 'c.yaml'), [space, deny, admin].join('---\n'));
  const { code, stderr } = await commandLine('preflight job.yaml --policies c.yaml --profile kube-network-policies --fix fix.yaml', cwd);
  expect(code).toBe(1);
  expect(readFileSync(join(cwd, 'fix.yaml'), 'utf8')).toContain('kube-dns');
  expect(stderr).toContain('ml/llm[PyTorchJob]: no policy that could be added opens nccl/collectives, pytorch/store; what was written leaves them shut.');
});

test('one that opens everything has nothing to add, and where nothing can be opened nothing is written', async () => {
  writeFileSync(join(cwd, 'c.yaml'), [space, deny].join('---\n'));
  expect((await commandLine('preflight job.yaml --policies c.yaml --profile calico --fix fix.yaml', cwd)).stderr).not.toContain('leaves them shut');
  writeFileSync(join(cwd, 'c.yaml'), [space, admin].join('---\n'));
  const { stderr } = await commandLine('preflight job.yaml --policies c.yaml --profile kube-network-policies --fix none.yaml', cwd);
  expect(stderr).toContain('No policy that could be added opens what is blocked; nothing was written.');
  expect(existsSync(join(cwd, 'none.yaml'))).toBe(false);
});

const ordered = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: default.train, namespace: ml}
spec:
  order: 100
  types: [Ingress, Egress]
  ingress: [{action: Allow, protocol: TCP, destination: {ports: [22]}}]
  egress:
  - {action: Allow, protocol: UDP, destination: {namespaceSelector: "kubernetes.io/metadata.name == 'kube-system'", ports: [53]}}
  - {action: Deny}
`;

test('before a denial in the order of Calico the patch opens whole paths, for the pods of this job alone, under names of their own', async () => {
  writeFileSync(join(cwd, 'c.yaml'), [space, ordered].join('---\n'));
  const { stdout } = await commandLine('preflight job.yaml --policies c.yaml --profile calico --fix fix.yaml', cwd);
  const fix = readFileSync(join(cwd, 'fix.yaml'), 'utf8');
  expect(fix.match(/order: .*/g)).toEqual(['order: 99', 'order: 99.5']);
  expect(fix.match(/\n {2}name: .*/g)).toEqual(['\n  name: llm-nccl-collectives', '\n  name: llm-dns-tcp']);
  expect(new Set(fix.match(/ selector: .*/g))).toEqual(new Set([" selector: training.kubeflow.org/job-name == 'llm'", " selector: k8s-app == 'kube-dns'"]));
  expect(fix.match(/ports:\n *- .*/g)).toHaveLength(1);
  expect(stdout).toContain('also goes before NetworkPolicy.projectcalico.org ml/default.train (order 100, tier default)');
  expect((await commandLine('preflight job.yaml --policies c.yaml fix.yaml --profile calico', cwd)).code).toBe(0);
});

test('where the name of the job is made up as it starts, the patch goes by the labels of its template, and says who else gets it', async () => {
  const generated = job()
    .replace('name: llm,', 'generateName: llm-,')
    .replaceAll('{template: {spec', '{template: {metadata: {labels: {app: llm}}, spec')
    .replaceAll('replicas: 3, template: {spec', 'replicas: 3, template: {metadata: {labels: {app: llm}}, spec');
  writeFileSync(join(cwd, 'job.yaml'), generated);
  writeFileSync(join(cwd, 'c.yaml'), [space, deny].join('---\n'));
  const { stdout } = await commandLine('preflight job.yaml --policies c.yaml --fix fix.yaml', cwd);
  expect(readFileSync(join(cwd, 'fix.yaml'), 'utf8')).toContain('app: llm');
  expect(stdout.replace(/\s+/g, ' ')).toContain('also opens the same to every other pod made in namespace ml with app=llm');
  expect((await commandLine('preflight job.yaml --policies c.yaml fix.yaml', cwd)).code).toBe(0);
});

test('the patch of a RayJob without a label of its author says that pods of other clusters of Ray get it too', async () => {
  const pod = 'template: {spec: {containers: [{name: r, image: "rayproject/ray:2.46.0"}]}}';
  writeFileSync(
    join(cwd, 'job.yaml'),
    `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: tune, namespace: ml}
spec:
  entrypoint: python t.py
  submissionMode: SidecarMode
  rayClusterSpec:
    headGroupSpec: {rayStartParams: {}, ${pod}}
    workerGroupSpecs: [{groupName: g, replicas: 2, rayStartParams: {}, ${pod}}]
`,
  );
  writeFileSync(join(cwd, 'c.yaml'), [space, deny].join('---\n'));
  const { stdout } = await commandLine('preflight job.yaml --policies c.yaml', cwd);
  expect(stdout).not.toContain('changes nothing else');
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/also opens the same to every other pod made in namespace ml with [^,]*ray.*and isolates it/);
});

test('a patch for several jobs of one world names each policy once, and with all of them the jobs would run', async () => {
  const one = (rank: number): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: node${rank}, namespace: ml}
spec: {template: {metadata: {labels: {rank: "${rank}"}}, spec: {restartPolicy: Never, containers: [{name: c, image: i, command: [torchrun, --nnodes=2, --node_rank=${rank}, --master_addr=node0, --master_port=29500, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]}}}
`;
  const service =
    '\napiVersion: v1\nkind: Service\nmetadata: {name: node0, namespace: ml}\nspec: {clusterIP: None, selector: {rank: "0"}, ports: [{port: 29500}]}\n';
  writeFileSync(join(cwd, 'job.yaml'), [service, one(0), one(1)].join('---\n'));
  writeFileSync(join(cwd, 'c.yaml'), [space, deny].join('---\n'));
  expect((await commandLine('preflight job.yaml --policies c.yaml --fix fix.yaml', cwd)).code).toBe(1);
  const names = [...readFileSync(join(cwd, 'fix.yaml'), 'utf8').matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(2);
  expect(new Set(names).size).toBe(names.length);
  expect((await commandLine('preflight job.yaml --policies c.yaml fix.yaml', cwd)).code).toBe(0);
});
