import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diagnose } from '../src/app/diagnose/diagnose.ts';
import { LogScanner, type ScannedLog } from '../src/app/diagnose/log-scanner.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { profileOf } from '../src/engine/profiles.ts';
import type { Diagnosis } from '../src/model/diagnosis.ts';
import { families } from '../src/signatures/registry.gen.ts';

/** A log as some program prints it, what policies its job ran under, and what has to be said. */
interface LogCase {
  readonly title: string;
  readonly log: string;
  readonly policies?: keyof typeof policies;
  /** The jobs that were given; that of PyTorch where left out. */
  readonly jobs?: readonly (keyof typeof jobs)[];
  readonly want: {
    readonly verdict?: Diagnosis['verdict'];
    readonly blames?: string;
    readonly likelihood?: string;
    readonly packet?: string;
    /** Of the first line that shows it. */
    readonly line?: number;
    /** When it was first seen, and on whom. */
    readonly first?: string;
    /** What stands in its title, in why, and in the mend. */
    readonly says?: readonly string[];
    /** What failed and worked afterwards: the line that shows it. */
    readonly passed?: readonly number[];
  };
}

const container = '{containers: [{name: pytorch, image: "train:1", command: [torchrun, train.py], env: [{name: NCCL_DEBUG, value: INFO}]}]}';
const pod = (name: string, role: string, index: number, ip: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: ml
  uid: ${name}
  labels: {training.kubeflow.org/job-name: llm, training.kubeflow.org/operator-name: pytorchjob-controller, training.kubeflow.org/replica-type: ${role}, training.kubeflow.org/replica-index: "${index}"${role === 'master' ? ', training.kubeflow.org/job-role: master' : ''}}
  ownerReferences: [{apiVersion: kubeflow.org/v1, kind: PyTorchJob, name: llm, controller: true, uid: j}]
spec: {nodeName: node-1, containers: [{name: pytorch, image: "train:1", command: [torchrun, train.py], env: [{name: NCCL_DEBUG, value: INFO}], ports: [{name: pytorchjob-port, containerPort: 23456}]}]}
status: {phase: Running, podIP: ${ip}}
`;
const job = [
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n',
  `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml, uid: j, resourceVersion: "1"}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: ${container}}}
    Worker: {replicas: 3, template: {spec: ${container}}}
`,
  pod('llm-master-0', 'master', 0, '10.244.0.10'),
  ...[0, 1, 2].map((i) => pod(`llm-worker-${i}`, 'worker', i, `10.244.0.${11 + i}`)),
].join('---\n');

const template = '{spec: {containers: [{name: main, image: "train:1"}]}}';
const mpi = `
apiVersion: kubeflow.org/v2beta1
kind: MPIJob
metadata: {name: solve, namespace: ml}
spec: {mpiReplicaSpecs: {Launcher: {replicas: 1, template: {spec: {containers: [{name: main, image: "train:1", command: [mpirun]}]}}}, Worker: {replicas: 2, template: ${template}}}}
`;
const node =
  'apiVersion: v1\nkind: Node\nmetadata: {name: cp, labels: {node-role.kubernetes.io/control-plane: ""}}\nstatus: {addresses: [{type: InternalIP, address: 172.18.0.2}]}\n';
const mpiV1 = `${mpi.replace('v2beta1', 'v1')}---\n${node}`;
const ray = `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: rc, namespace: ml}
spec: {rayVersion: 2.55.0, headGroupSpec: {template: ${template}}, workerGroupSpecs: [{groupName: gpu, replicas: 2, template: ${template}}]}
`;
const eval2 = job.split('---\n')[1]?.replace('name: llm,', 'name: llm-eval,') ?? '';
const jobs = { pytorch: job, mpi, 'mpi-v1': mpiV1, ray, eval: eval2 };

const policy = (name: string, rules: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]${rules}}
`;
const dns = policy('dns', ', egress: [{ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}]');
const among = (ports: string): string =>
  policy('among', `, ingress: [{from: [{podSelector: {}}], ports: [${ports}]}], egress: [{to: [{podSelector: {}}], ports: [${ports}]}]`);
const policies = {
  open: [dns, among('{protocol: TCP}')],
  'store-only': [dns, among('{port: 29500}, {port: 23456}')],
  'dns-only': [dns],
  'peers-only': [among('{protocol: TCP}')],
  'ssh-only': [dns, among('{port: 22}, {port: 2222}')],
  'no-ssh': [dns, among('{port: 1024, endPort: 2221}, {port: 2223, endPort: 65535}')],
  'eval-shut': [
    dns,
    among('{protocol: TCP}').replace('podSelector: {}', 'podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}'),
    policy('shut', '').replace('podSelector: {}', 'podSelector: {matchLabels: {training.kubeflow.org/job-name: llm-eval}}'),
  ],
};

function scanned(text: string): ScannedLog {
  const scanner = new LogScanner('job.log');
  scanner.feed(Buffer.from(text, 'utf8'));
  return scanner.end();
}

function diagnosed({ log, policies: given, jobs: which = ['pytorch'] }: LogCase): Diagnosis {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  if (given === undefined) return diagnose([scanned(log)], null);
  const { snapshot, diagnostics } = loadSnapshot([
    { file: 'job.yaml', text: which.map((w) => jobs[w]).join('---\n') },
    { file: 'policies.yaml', text: policies[given].join('---\n') },
  ]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return diagnose([scanned(log)], { snapshot, profile: profile.value, files: new Set(['job.yaml']), hasCluster: true });
}

const folder = join(import.meta.dirname, 'logs');
const all = readdirSync(folder)
  .filter((f) => f.endsWith('.yaml'))
  .map((file) => ({ file, cases: parse(readFileSync(join(folder, file), 'utf8')) as readonly LogCase[] }));

for (const { file, cases } of all)
  describe(`logs of ${file.replace('.yaml', '')}`, () => {
    test.each(cases.map((c) => [c.title, c] as const))('%s', (_, logCase) => {
      const { verdict, causes, passed } = diagnosed(logCase);
      const [first] = causes;
      const { want } = logCase;
      const packet = first?.witness?.packet;
      const end = (e: NonNullable<typeof packet>['from']): string =>
        e.kind === 'pod' ? `${e.workload.split('/').slice(2).join(' ')} ${e.replica}` : JSON.stringify(e);
      const said = {
        verdict,
        blames: first?.blames,
        likelihood: first?.likelihood,
        line: first?.quotes[0]?.line,
        first: `${first?.first?.time} on ${first?.first?.pod}`,
        passed: passed.map((p) => p.by.line),
        says: (want.says ?? []).filter((text) => [first?.title, ...(first?.because ?? []), first?.fix].join('\n').includes(text)),
        packet: packet === undefined ? undefined : `Pod ${end(packet.from)} -> ${end(packet.to)} ${packet.port}`,
      };
      expect(Object.fromEntries(Object.keys(want).map((key) => [key, said[key as keyof typeof said]]))).toEqual(want);
      if (want.verdict !== 'nothing') expect(first?.quotes[0]?.line).toBeGreaterThan(0);
    });
  });

test('every signature is met by a log', () => {
  const met = new Set(
    all.flatMap(({ cases }) =>
      cases.flatMap((c) => [...scanned(c.log).sighted.map((s) => s.sighting.signature), ...scanned(c.log).works.map((w) => w.signature)].map((s) => s.id)),
    ),
  );
  expect(families.flatMap((f) => f.signatures.map((s) => s.id)).filter((id) => !met.has(id))).toEqual([]);
});
