import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { Cause } from '../../model/diagnosis.ts';
import { loadSnapshot } from '../load.ts';
import { diagnose } from './diagnose.ts';
import { LogScanner } from './log-scanner.ts';

const job = `{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {name: llm, namespace: ml}, spec: {pytorchReplicaSpecs: {Master: {replicas: 1, template: &t {spec: {automountServiceAccountToken: false, containers: [{name: pytorch, image: x, command: [torchrun, train.py], resources: {limits: {nvidia.com/gpu: 8}}}]}}}, Worker: {replicas: 3, template: *t}}}}`;

/** Every pod of the namespace may reach every other, and nobody else. */
const inside = `{apiVersion: v1, kind: Namespace, metadata: {name: ml}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: inside, namespace: ml}, spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}]}], egress: [{to: [{podSelector: {}}]}]}}`;

const shut = `{apiVersion: v1, kind: Namespace, metadata: {name: ml}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shut, namespace: ml}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}`;

function causesOf(log: string, policies: string, manifest: string = job): readonly Cause[] {
  const { snapshot, diagnostics } = loadSnapshot([
    { file: 'job.yaml', text: manifest },
    { file: 'policies.yaml', text: policies },
  ]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profileOf('calico');
  if (!profile.ok) throw new Error('no profile');
  const scanner = new LogScanner('x.log');
  scanner.feed(Buffer.from(`${log}\n`, 'utf8'));
  return diagnose([scanner.end()], { snapshot, profile: profile.value, files: new Set(['job.yaml']), hasCluster: policies !== '' }).causes;
}

function firstCause(log: string, policies: string): Pick<Cause, 'blames' | 'likelihood'> & { readonly to: unknown; readonly replica: number | null } {
  const [first] = causesOf(log, policies);
  const from = first?.witness?.packet.from;
  if (first === undefined) throw new Error('nothing was recognised');
  return { blames: first.blames, likelihood: first.likelihood, to: first.witness?.packet.to.kind ?? null, replica: from?.kind === 'pod' ? from.replica : null };
}

const nccl = (host: string, ending = 'Connection timed out'): string => `NCCL WARN socketPollConnect: Connect to ${host}<43211> returned ${ending}`;
const store = (host: string): string => `The client socket has failed to connect to ${host}:23456 (errno: 110 - Connection timed out).`;
const curl = (host: string, port = 443): string => `curl: (28) Failed to connect to ${host} port ${port} after 1 ms: Connection timed out`;

test('a resolver that the policies let a pod ask is not mended by opening port 53', () => {
  const open = `${inside}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: dns, namespace: ml}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 53}, {port: 53}]}]}}`;
  const log = 'The IPv6 network addresses of (llm-master-0, 23456) cannot be retrieved (gai error: -3 - Temporary failure in name resolution).';
  const [cause] = causesOf(log, open);
  expect(cause?.because.join()).toContain('look at the resolver itself');
  expect(cause?.fix).toContain('Look at the pods of the cluster DNS');
});

describe('who is at the far end', () => {
  test.each([
    ['a private address that nobody knows, between pods', nccl('10.244.3.7'), inside, 'unsettled', 'possible', null],
    ['the same in IPv6', nccl('fd00::7'), inside, 'unsettled', 'possible', null],
    ['the same, for a store', store('[::ffff:10.244.3.7]'), inside, 'unsettled', 'possible', null],
    ['the same, where the path is shut', nccl('10.244.3.7'), shut, 'policy', 'likely', 'pod'],
    ['a private address that nobody knows, of something else', curl('100.64.0.9'), inside, 'unsettled', 'possible', null],
    ['a public address', curl('93.184.216.34'), inside, 'policy', 'certain', 'address'],
    [
      'a public address that a log gives to a pod',
      `llm-worker-1:1:1 [0] NCCL INFO Bootstrap : Using eth0:93.184.216.34<0>\n${curl('93.184.216.34')}`,
      inside,
      'policy',
      'certain',
      'address',
    ],
    [
      'an address in IPv6 that a pod told in IPv4',
      `llm-worker-1:1:1 [0] NCCL INFO Bootstrap : Using eth0:10.244.3.7<0>\n${store('[::ffff:10.244.3.7]')}`,
      shut,
      'policy',
      'certain',
      'pod',
    ],
    ['a pod of the job', nccl('llm-worker-2.ml.svc'), inside, 'network', 'likely', 'pod'],
    ['a name outside that begins like the job', curl('llm.example.com'), inside, 'policy', 'certain', 'name'],
    ['another that does', curl('llm-hub.example.com'), inside, 'policy', 'certain', 'name'],
    ['a Service that begins like the job', curl('llm-tracker.ml.svc'), inside, 'unsettled', 'possible', null],
    ['a pod with a number that is not there', nccl('llm-worker-99'), inside, 'unsettled', 'possible', null],
    ['a pod of another job', nccl('llm-eval-worker-0'), inside, 'unsettled', 'possible', null],
    ['a pod of another namespace', nccl('llm-worker-0.llm.other.svc'), inside, 'unsettled', 'possible', null],
  ])('%s', (_, log, policies, blames, likelihood, to) => {
    expect(firstCause(log, policies)).toMatchObject({ blames, likelihood, to });
  });
});

describe('what policies have to do with it', () => {
  test.each([
    ['what is refused is seldom denied', nccl('llm-worker-1', 'Connection refused'), shut, 'policy', 'possible', 'pod'],
    ['a port that no packet has', nccl('llm-worker-1').replace('43211', '99999'), inside, 'network', 'possible', null],
    [
      'a URL without a port',
      'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://s3.us-east-1.amazonaws.com/data"',
      shut,
      'policy',
      'certain',
      'name',
    ],
  ])('%s', (_, log, policies, blames, likelihood, to) => {
    expect(firstCause(log, policies)).toMatchObject({ blames, likelihood, to });
  });
});

describe('Services and nodes', () => {
  const tracking = (allowed: string): string => `${inside}
---
{apiVersion: v1, kind: Namespace, metadata: {name: tracking}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: mlflow, namespace: tracking}, spec: {selector: {matchLabels: {app: mlflow}}, template: {metadata: {labels: {app: mlflow}}, spec: {containers: [{name: a, image: x, ports: [{containerPort: 5000}]}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: mlflow, namespace: tracking}, spec: {clusterIP: 10.96.0.7, selector: {app: mlflow}, ports: [{port: 80, targetPort: 5000}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: gone, namespace: tracking}, spec: {clusterIP: 10.96.0.8, selector: {app: gone}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-7}, status: {addresses: [{type: InternalIP, address: 10.0.1.7}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: tracking, namespace: ml}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: mlflow}}}], ports: [{port: ${allowed}}]}]}}`;
  test.each([
    ['an address of a Service is its pods, at their port', curl('10.96.0.7', 80), '80', 'policy', 'certain', 'pod', 5000],
    ['and is not denied where that port is open', curl('10.96.0.7', 80), '5000', 'network', 'likely', 'pod', 5000],
    ['so is its name', curl('mlflow.tracking.svc.cluster.local', 80), '80', 'policy', 'certain', 'pod', 5000],
    ['and its name without the domain', curl('mlflow.tracking', 80), '80', 'policy', 'certain', 'pod', 5000],
    ['but not without the namespace, which is another', curl('mlflow', 80), '80', 'unsettled', 'possible', null, undefined],
    ['a port that the Service has not', curl('10.96.0.7', 5000), '80', 'unsettled', 'possible', null, undefined],
    ['a Service with nothing behind it', curl('10.96.0.8', 80), '80', 'unsettled', 'possible', null, undefined],
    ['an address of a node', curl('10.0.1.7', 9100), '80', 'policy', 'certain', 'node', 9100],
  ])('%s', (_, log, allowed, blames, likelihood, to, port) => {
    const [cause] = causesOf(log, tracking(allowed));
    expect([cause?.blames, cause?.likelihood, cause?.witness?.packet.to.kind ?? null, cause?.witness?.packet.port]).toEqual([blames, likelihood, to, port]);
  });

  test('say which Service it was, and why nobody is known', () => {
    const [denied] = causesOf(curl('10.96.0.7', 80), tracking('80'));
    expect(denied?.title).toMatch(/could not reach tracking\/mlflow\[Deployment\] through Service tracking\/mlflow on 5000\/TCP$/);
    expect(denied?.because).toContain('Service port 80 leads to port 5000 of the pod; policies see 5000');
    expect(causesOf(curl('10.96.0.8', 80), tracking('80'))[0]?.because).toEqual([
      'a Service of the input is at 10.96.0.8, and no pod or endpoint of the input is behind it',
    ]);
    expect(causesOf(curl('10.96.0.7', 81), tracking('80'))[0]?.because).toEqual(['10.96.0.7 is that of Service tracking/mlflow, which has no port 81']);
  });
});

describe('the patch for a packet that is denied', () => {
  const withTracker = job.replaceAll(
    'command: [torchrun, train.py]',
    'env: [{name: MLFLOW_TRACKING_URI, value: "http://93.184.216.34:5000"}], command: [torchrun, train.py]',
  );
  test.each([
    ['what the job shows that it needs opens it', curl('93.184.216.34', 5000), 'llm-'],
    ['another port of a place that it needs is opened by itself', curl('93.184.216.34', 8443), null],
    ['a port that no path tells of is opened by what opens every port', nccl('llm-worker-1'), 'llm-'],
  ])('%s', (_, log, patch) => {
    const [cause] = causesOf(log, shut, withTracker);
    expect(cause?.blames).toBe('policy');
    if (patch === null) {
      expect([cause?.patch, cause?.fix, cause?.advice?.proposals.length]).toEqual([null, 'Open it in the policies: see below.', 1]);
      expect(cause?.because).toContain('what preflight writes for the job does not open it: nothing in the job tells of it');
    } else expect([cause?.patch?.edits[0]?.policy, cause?.advice]).toEqual([expect.stringContaining(patch), null]);
  });
});

describe('who printed a line', () => {
  const master = 'llm-worker-1:1:1 [0] NCCL WARN socketPollConnect: Connect to llm-master-0<43211> returned Connection timed out';
  test.each([
    ['kubectl, whatever the line says', `[pod/llm-worker-2/pytorch] ${master}`, 2],
    ['kubectl, whatever JSON in the line says', `[pod/llm-worker-2/pytorch] ${JSON.stringify({ log: master, pod: 'llm-worker-0' })}`, 2],
    ['a collector, whatever the line says', JSON.stringify({ log: master, kubernetes: { pod_name: 'llm-worker-0' } }), 0],
    ['kubectl, where the line has the name of a node', `[pod/llm-worker-2/pytorch] ${master.replace('llm-worker-1', 'ip-10-0-1-5')}`, 2],
    ['the line, where nobody else says', master, 1],
    ['a pod of another job', `[pod/llm-eval-worker-2/pytorch] ${master}`, null],
  ])('is told by %s', (_, log, replica) => {
    expect(firstCause(log, shut)).toMatchObject({ replica });
  });
});

describe('what may still be asked of policies', () => {
  const dropped = nccl('llm-worker-1');
  const fixOf = (log: string, policies: string): string | undefined => causesOf(log, policies)[0]?.fix;

  test('is the cluster, where the job alone was given, and no policy is said to let anything pass', () => {
    const [cause] = causesOf(dropped, '');
    expect(cause).toMatchObject({ blames: 'network', fix: 'Ask the policies: give the cluster with --policies.' });
    expect(cause?.because.join()).not.toContain('the policies that were given');
  });

  test('is the job of other pods, where the lines are theirs', () => {
    const line = `[pod/other-worker-0/main] ${dropped.replace('llm', 'other')}`;
    expect(fixOf(line, inside)).toBe('Ask the policies: no job that was given has a pod other-worker-0; give theirs with --job too.');
  });

  test('is nothing, where all was given', () => {
    expect(fixOf(dropped, inside)).toBe('Look at firewalls between nodes, at the interface that is used, and whether the address is still a pod of the job.');
  });
});

test('lines about other pods and ports are told beside a cause that the same policies mend, and not quoted for it', () => {
  const log = [
    `[pod/llm-worker-2/pytorch] ${store('llm-master-0')}`,
    '[pod/llm-worker-1/pytorch] ssh: connect to host llm-worker-0 port 22: Connection timed out',
  ].join('\n');
  const causes = causesOf(log, shut);
  for (const cause of causes) {
    const port = cause.witness?.packet.port;
    expect(cause.quotes.map((q) => q.line)).toEqual([port === 22 ? 2 : 1]);
  }
  expect(causes.flatMap((c) => c.because).filter((b) => b.startsWith('the same policies mend: ')).length).toBe(causes.length === 1 ? 1 : 0);
});

test('a complaint of one group of a LeaderWorkerSet is asked of that group', () => {
  const set = `{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, metadata: {name: lt, namespace: ml}, spec: {replicas: 2, leaderWorkerTemplate: {size: 4, workerTemplate: {spec: {containers: [{name: c, image: x, command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]}}}}}`;
  const closed = (group: number): string => `{apiVersion: v1, kind: Namespace, metadata: {name: ml}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: one, namespace: ml}, spec: {podSelector: {matchLabels: {leaderworkerset.sigs.k8s.io/group-index: "${group}"}}, policyTypes: [Ingress]}}`;
  const log = 'lt-0-1:123:311 [0] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to 10.244.1.5<41235> failed : Connection timed out';
  expect(causesOf(log, closed(1), set).map((c) => c.blames)).not.toContain('policy');
  const [own] = causesOf(log, closed(0), set);
  expect(own).toMatchObject({ blames: 'policy' });
  expect(own?.because.join()).not.toContain('is a pod of no job');
});

test('lines that differ from more than is kept are counted, and that they are is told', () => {
  const scanner = new LogScanner('x.log');
  for (let i = 0; i < 3000; i++)
    scanner.feed(Buffer.from(`NCCL WARN socketPollConnect: Connect to 10.0.${i >> 8}.${i & 255}<43211> returned Connection timed out\n`, 'utf8'));
  const { recognised, facts, causes } = diagnose([scanner.end()], null);
  expect([recognised, causes.length]).toEqual([3000, 200]);
  expect(facts).toEqual(['2800 more lines differ from all that are told apart: they are counted, and not looked into']);
});
