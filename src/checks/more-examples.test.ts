import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { seenBy } from '../engine/seen-by.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';

/** Messages of one check on some manifests; checks that have more to say than their two worked examples show. */
function messages(slug: string, profileText: string, ...texts: readonly string[]): readonly string[] {
  const profile = profileOf(profileText);
  if (!profile.ok) throw new Error(`no profile ${profileText}`);
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'example.yaml', text: documents(...texts) }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const seen = seenBy(snapshot, profile.value);
  return runChecks(reach(seen.snapshot, seen.profile))
    .filter((f) => f.check === slug)
    .map((f) => f.message);
}

describe('dns-blocked without the resolvers in the input', () => {
  const egress = (rule: string): string => networkPolicy('more', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ${rule}`);

  test.each([
    ['no rule at all', [], 1],
    ['a rule for another port', [egress('ports: [{protocol: TCP, port: 443}]')], 1],
    ['a rule for port 53 to pods that are not in the input', [egress('{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}]}')], 0],
    ['a rule for a port by name, to pods that are not in the input', [egress('{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: dns}]}')], 0],
    ['a rule for every port to pods that are not in the input', [egress('to: [{namespaceSelector: {matchLabels: {a: b}}}]')], 0],
  ])('%s', (_name, more, found) => {
    expect(messages('dns-blocked', 'kubernetes', trainingNamespace, trainer(), defaultDeny, ...more)).toHaveLength(found);
  });
});

describe('cred-path-missing beyond AWS', () => {
  const account = (annotation: string): string =>
    `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: training-job, namespace: ai-training, annotations: {${annotation}}}`;
  const job = trainer({ spec: '  serviceAccountName: training-job' });
  const gke = account('iam.gke.io/gcp-service-account: train@project.iam.gserviceaccount.com');
  const azure = account('azure.workload.identity/client-id: 00000000-0000-0000-0000-000000000000');
  const toBlock = (cidr: string, port: number): string =>
    networkPolicy(
      `to-${port}`,
      `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: ${cidr}}}]\n    ports: [{protocol: TCP, port: ${port}}]`,
    );
  const toName = (host: string): string =>
    ciliumPolicy(
      'login',
      `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
    );

  test.each([
    ['GKE, all shut', 'kubernetes', [gke], 1],
    ['GKE, the bucket alone', 'cilium@1.19', [gke, toName('storage.googleapis.com')], 1],
    ['GKE, Dataplane V2', 'kubernetes', [gke, toBlock('169.254.169.254/32', 80)], 0],
    ['GKE, another data plane', 'kubernetes', [gke, toBlock('169.254.169.252/32', 988)], 0],
    ['Azure, all shut', 'kubernetes', [azure], 1],
    ['Azure, the account alone', 'cilium@1.19', [azure, toName('data.blob.core.windows.net')], 1],
    ['Azure, the login host', 'cilium@1.19', [azure, toName('login.microsoftonline.com')], 0],
  ])('%s', (_name, profile, more, found) => {
    expect(messages('cred-path-missing', profile, trainingNamespace, job, coreDns, defaultDeny, ...more)).toHaveLength(found);
  });
});

describe('names by pattern', () => {
  const pattern = (text: string): string =>
    ciliumPolicy(
      'names',
      `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('a.example')}\n  - toFQDNs: [{matchPattern: "${text}"}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
    );
  test.each([
    ['*', ['allow-all-egress']],
    ['*.evil.com', ['wildcard-fqdn']],
    ['*.s3.us-east-1.amazonaws.com', ['wildcard-tenant-label']],
  ])('%s is one finding', (text, slugs) => {
    const all = ['allow-all-egress', 'wildcard-fqdn', 'wildcard-tenant-label'];
    const found = all.filter((slug) => messages(slug, 'cilium@1.19', trainingNamespace, trainer(), coreDns, defaultDeny, pattern(text)).length > 0);
    expect(found).toEqual(slugs);
  });

  test('the finding names one that is admitted', () => {
    const [message] = messages('wildcard-fqdn', 'cilium@1.19', trainingNamespace, trainer(), coreDns, defaultDeny, pattern('*.evil.com'));
    expect(message).toMatch(/\*\.evil\.com, such as [a-z]+\.evil\.com/);
  });
});

describe('training-kind-not-read', () => {
  const object = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: llm, namespace: ai-training}\nspec: {}`;
  const pod = (labels: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: llm-0, namespace: ai-training, labels: {${labels}}}\nspec: {containers: [{name: c, image: i}]}`;

  test.each([
    ['a DaskJob', [object('kubernetes.dask.org/v1', 'DaskJob')], 1],
    ['a DaskJob with its pods', [object('kubernetes.dask.org/v1', 'DaskJob'), pod('dask.org/cluster-name: llm')], 0],
    ['a kind of the same name elsewhere', [object('example.com/v1', 'TFJob')], 0],
  ])('%s', (_name, texts, found) => {
    expect(messages('training-kind-not-read', 'kubernetes', trainingNamespace, ...texts)).toHaveLength(found);
  });
});

describe('ports of a job, in rules and in pods', () => {
  const sysctl = (range: string): string => `securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: "${range}"}]}, `;
  const torch = (master: string, worker: string, more = ''): string => {
    const template = (pod: string): string =>
      `{template: {metadata: {labels: {app: j}}, spec: {${pod}containers: [{name: main, image: "train:1", resources: {limits: {nvidia.com/gpu: "8"}}${more}}]}}}`;
    return `apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: j, namespace: ai-training}\nspec: {pytorchReplicaSpecs: {Master: ${template(master)}, Worker: ${template(worker)}}}`;
  };
  const open = (ports: string): string =>
    networkPolicy(
      'peers',
      `  podSelector: {matchLabels: {app: j}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: j}}}], ports: [${ports}]}]\n  egress: [{to: [{podSelector: {matchLabels: {app: j}}}], ports: [${ports}]}]`,
    );
  const range = '{protocol: TCP, port: 23456}, {protocol: TCP, port: 50000, endPort: 52000}';
  const pin = sysctl('50000 52000');
  const withSsh = `{protocol: TCP, port: 22}, {protocol: TCP, port: 2222}, ${range}`;
  const btl = (first: string, count: string): string =>
    `, env: [{name: OMPI_MCA_btl_tcp_port_min_v4, value: "${first}"}, {name: OMPI_MCA_btl_tcp_port_range_v4, value: "${count}"}]`;

  test.each<[string, string, string, string]>([
    ['both halves', torch(pin, pin), range, ''],
    ['everything is open', torch(pin, ''), '{protocol: TCP}', ''],
    ['a role without the sysctl', torch(pin, ''), range, 'its template does not set'],
    ['another range', torch(sysctl('40000 42000'), sysctl('40000 42000')), range, 'it is pinned to 40000-42000, and the rule opens 50000-52000.'],
    ['variables in step', torch(pin, pin, btl('50000', '2001')), withSsh, ''],
    [
      'variables that are missing',
      torch(pin, pin, ', env: [{name: OMPI_MCA_btl, value: "tcp,self"}]'),
      withSsh,
      'that does not move its messages between ranks (Open MPI counts up from port 1024): OMPI_MCA_btl_tcp_port_min_v4=50000 and OMPI_MCA_btl_tcp_port_range_v4=2001 are not set.',
    ],
    [
      'variables out of step',
      torch(pin, pin, btl('40000', '2001')),
      withSsh,
      'the sysctl and the rule say 50000-52000, and OMPI_MCA_btl_tcp_port_min_v4 is 40000: that variable is out of step.',
    ],
    [
      'the sysctl out of step',
      torch(sysctl('40000 42000'), sysctl('40000 42000'), btl('50000', '2001')),
      withSsh,
      'it is pinned to 40000-42000, and the rule opens 50000-52000; OMPI_MCA_btl_tcp_port_min_v4 is 50000 and OMPI_MCA_btl_tcp_port_range_v4 is 2001, like the rule: the sysctl is out of step.',
    ],
    [
      'the rule out of step',
      torch(sysctl('40000 42000'), sysctl('40000 42000'), btl('40000', '2001')),
      withSsh,
      '; OMPI_MCA_btl_tcp_port_min_v4 is 40000 and OMPI_MCA_btl_tcp_port_range_v4 is 2001, like the sysctl: the rule is out of step.',
    ],
    ['all three apart', torch(sysctl('40000 42000'), sysctl('40000 42000'), btl('30000', '2001')), withSsh, 'all three differ.'],
    ['a framework that picks by itself', torch(pin, pin, ', env: [{name: HOROVOD_RANK, value: "0"}]'), range, 'does not move its driver, tasks and rendezvous'],
    ['pods on the host network', torch(`hostNetwork: true, ${pin}`, pin), '{protocol: TCP}', 'is on the host network'],
  ])('%s', (_name, pods, ports, found) => {
    const said = messages('pinned-ports-out-of-step', 'kubernetes', trainingNamespace, pods, defaultDeny, open(ports));
    expect(said).toHaveLength(found === '' ? 0 : 1);
    expect(said.join()).toContain(found);
  });
});

describe('namespace-without-default-deny beside a policy that the API server refuses', () => {
  const refused = networkPolicy('fence', '  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  egress: 1');
  const found = (...more: readonly string[]): readonly string[] => {
    const profile = profileOf('kubernetes');
    if (!profile.ok) throw new Error('no profile');
    const { snapshot } = loadSnapshot([{ file: 'example.yaml', text: documents(trainingNamespace, trainer(), refused, ...more) }]);
    const seen = seenBy(snapshot, profile.value);
    return runChecks(reach(seen.snapshot, seen.profile)).flatMap((f) => (f.check === 'namespace-without-default-deny' ? [f.message] : []));
  };

  test('says that nothing else isolates the pods', () => {
    expect(found()).toEqual([
      'NetworkPolicy ai-training/fence could not be read, and no other policy isolates ai-training/trainer[Pod] for ingress and egress: the API server refuses such an object, so nothing is denied by default there.',
    ]);
  });

  test('names the direction that is left, and is silent where another policy isolates', () => {
    expect(found(networkPolicy('in', '  podSelector: {}\n  policyTypes: [Ingress]'))[0]).toContain('for egress:');
    expect(found(defaultDeny)).toEqual([]);
  });
});

describe('job-label-is-no-boundary', () => {
  const jobKey = 'training.kubeflow.org/job-name';
  const pods = '{podSelector: {matchLabels: {training.kubeflow.org/job-name: j}}}';
  const subject = `  podSelector: {matchLabels: {${jobKey}: j}}\n  policyTypes: [Ingress, Egress]\n`;
  const alone = networkPolicy('j', `${subject}  ingress: [{from: [${pods}]}]\n  egress: [{to: [${pods}]}]`);
  const dnsOnly = networkPolicy('j-dns', `${subject}  egress: [{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}]}]`);
  const job =
    'apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: j, namespace: ai-training}\nspec: {pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: main, image: "train:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}}}}}';
  const volcano =
    'apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: {name: v, namespace: ai-training}\nspec: {plugins: {svc: []}, tasks: [{name: worker, replicas: 2, template: {spec: {containers: [{name: main, image: "train:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}}}]}';
  const identities = (rest: string): string => `which anyone who may create pods there can write on a pod of their own.${rest}`;

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['one job alone', 'kubernetes', [job, alone], [`Pods of job j of namespace ai-training are known to its rules by ${jobKey}, ${identities('')}`]],
    ['what one job may reach besides', 'kubernetes', [job, dnsOnly], []],
    ['the policy that Volcano makes', 'kubernetes', [volcano], []],
    [
      'identities of Cilium',
      'cilium@1.19',
      [job, alone],
      [
        `Pods of job j of namespace ai-training are known to its rules by ${jobKey}, ${identities(` Under Cilium each name of a job is one more security identity, of at most 65,535 in a cluster; where ${jobKey} is left out of identities to save them, rules that select by it select no pod.`)}`,
      ],
    ],
    [
      'a label that this Cilium leaves out of identities',
      'cilium@1.19',
      [
        job,
        alone,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: kube-system}\ndata: {labels: "!training.kubeflow.org/job-name"}',
      ],
      [
        `Pods of job j of namespace ai-training are known to its rules by ${jobKey}, ${identities(` Cilium leaves ${jobKey} out of identities here: rules that select by it select no pod.`)}`,
      ],
    ],
  ])('%s', (_name, profile, objects, found) => {
    expect(messages('job-label-is-no-boundary', profile, trainingNamespace, defaultDeny, ...objects)).toEqual(found);
  });
});

describe('gang-too-large', () => {
  const pods = (count: number): string =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: ai-training}\nspec: {parallelism: ${count}, completions: ${count}, template: {metadata: {labels: {scheduling.x-k8s.io/pod-group: g}}, spec: {containers: [{name: c, image: i}]}}}`;
  const group = (least: number, name = 'g'): string =>
    `apiVersion: scheduling.x-k8s.io/v1alpha1\nkind: PodGroup\nmetadata: {name: ${name}, namespace: ai-training}\nspec: {minMember: ${least}}`;
  const volcano = (job: string, task: string): string =>
    `apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: {name: v, namespace: ai-training}\nspec: {${job}tasks: [{name: a, ${task}replicas: 2, template: {spec: {containers: [{name: c, image: i}]}}}]}`;

  test.each<[string, readonly string[], string]>([
    ['a group with too few pods', [pods(2), group(3)], 'PodGroup ai-training/g waits for 3 pods (minMember), and 2 carry its name'],
    ['a group with enough', [pods(3), group(3)], ''],
    ['a group whose pods are elsewhere', [pods(2), group(3, 'h')], ''],
    ['a task that waits for more than it has', [volcano('', 'minAvailable: 3, ')], 'waits for 3 pods (minAvailable), and that task has 2'],
    ['a Job that does', [volcano('minAvailable: 3, ', '')], 'waits for 3 pods (minAvailable), and its task has 2'],
    ['a Job that waits for all', [volcano('minAvailable: 2, ', 'minAvailable: 1, ')], ''],
  ])('%s', (_name, texts, found) => {
    const said = messages('gang-too-large', 'kubernetes', trainingNamespace, ...texts);
    expect(said).toHaveLength(found === '' ? 0 : 1);
    expect(said.join()).toContain(found);
  });
});

describe('whose data, where no rule decides', () => {
  const host = 'my-bucket.s3.us-east-1.amazonaws.com';
  const held = (spec: string): string => ciliumPolicy('storage', `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - ${spec}`);
  const named = held(`toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`);
  const control = (text: string, word: string): string =>
    text.replace('name: storage,', `name: storage, annotations: {ringfence.dev/tenant-control: ${word}},`);
  const found = (slug: string, ...texts: readonly string[]): number =>
    messages(slug, 'cilium@1.19', trainingNamespace, trainer(), coreDns, defaultDeny, ...texts).length;

  test.each([
    ['a control that there is', control(named, 'endpoint-policy'), 0],
    ['a word that is no control', control(named, 'decided'), 1],
    [
      'a proxy that opens TLS and reads HTTP',
      named.replace(`serverNames: [${host}]`, `serverNames: [${host}], terminatingTLS: {secret: {name: ca}}, rules: {http: [{method: GET}]}`),
      0,
    ],
  ])('a server name with %s', (_, text, count) => {
    expect(found('server-name-fronting', text)).toBe(count);
  });

  test('a shared front end, with a control that is named', () => {
    const shared = ciliumPolicy(
      'storage',
      `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('storage.googleapis.com')}\n  - toFQDNs: [{matchName: storage.googleapis.com}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
    );
    expect(found('shared-frontend-no-tenant-control', shared)).toBe(1);
    expect(found('shared-frontend-no-tenant-control', control(shared, 'vpc-service-controls'))).toBe(0);
  });

  const pointed = (url: string): string => trainer({ container: `    env: [{name: AWS_ENDPOINT_URL_S3, value: "${url}"}]` });
  test.each([
    ['an interface endpoint', 'https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com', 1],
    ['a name that only looks like one', 'https://vpce-1a2b.s3.us-east-1.vpce.amazonaws.com.example.net', 0],
    ['a store of their own', 'http://minio.storage:9000', 0],
    ['no address at all', '$(S3)', 0],
  ])('a job that is pointed at %s', (_, url, count) => {
    expect(messages('endpoint-policy-unstated', 'kubernetes', trainingNamespace, pointed(url), defaultDeny)).toHaveLength(count);
    const allowed = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: s3, namespace: ai-training, annotations: {ringfence.dev/tenant-control: endpoint-policy}}\nspec: {podSelector: {}, policyTypes: [Egress]}`;
    expect(messages('endpoint-policy-unstated', 'kubernetes', trainingNamespace, pointed(url), defaultDeny, allowed)).toEqual([]);
  });

  const group = (filter: string, name: string): string =>
    `apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: ${name}, annotations: {ringfence.dev/feed-provider: aws, ringfence.dev/feed-filter: "${filter}"}}\nspec: {externalCIDRs: [3.5.0.0/19]}`;
  test('addresses of S3 in parts are told once for a filter', () => {
    const texts = [group('EC2, S3 of aws', 'a-v4'), group('EC2, S3 of aws', 'a-v6'), group('S3 of aws in eu-west-1', 'b-v4'), group('CLOUDFRONT of aws', 'c')];
    expect(found('store-addresses-shared', ...texts)).toBe(2);
  });
});

describe('ports for one block on VPC CNI', () => {
  const ports = (first: number, count: number): string => Array.from({ length: count }, (_, i) => `{protocol: TCP, port: ${first + i}}`).join(', ');
  const to = (name: string, peer: string, list: string): string =>
    networkPolicy(name, `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [${peer}]\n    ports: [${list}]`);
  const found = (profile: string, ...texts: readonly string[]): readonly string[] =>
    messages('eks-ports-per-cidr', profile, trainingNamespace, trainer(), ...texts);
  const block = (cidr: string): string => `{ipBlock: {cidr: ${cidr}}}`;

  test.each<[string, readonly string[], number]>([
    ['exactly as many as it holds', [to('a', block('10.9.0.0/16'), ports(1, 24))], 0],
    ['one more, over two policies', [to('a', block('10.9.0.0/16'), ports(1, 24)), to('b', block('10.9.0.0/16'), ports(25, 1))], 1],
    ['the same ports twice', [to('a', block('10.9.0.0/16'), ports(1, 24)), to('b', block('10.9.0.0/16'), ports(1, 24))], 0],
    ['a narrow block that takes over those of a wide one', [to('a', block('10.0.0.0/8'), ports(1, 20)), to('b', block('10.9.0.0/16'), ports(21, 20))], 1],
    ['blocks beside each other', [to('a', block('10.8.0.0/16'), ports(1, 20)), to('b', block('10.9.0.0/16'), ports(21, 20))], 0],
    ['a range', [to('a', block('10.9.0.0/16'), '{protocol: TCP, port: 1, endPort: 9999}')], 0],
    [
      'pods that several selectors choose',
      [to('a', '{podSelector: {}}', ports(1, 20)), to('b', '{podSelector: {matchLabels: {app: trainer}}}', ports(21, 20))],
      1,
    ],
  ])('%s', (_, texts, count) => {
    expect(found('eks', ...texts)).toHaveLength(count);
    expect(found('kubernetes', ...texts)).toEqual([]);
  });
});
