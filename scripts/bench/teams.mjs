// The clusters of many teams, as YAML files.

/** @typedef {{ teams: number, jobs: number, podsPerJob: number }} Shape */

/**
 * `nca` is how many seconds network-config-analyzer 2.1.0 takes for the shape (Python 3.11, two cores of an AMD EPYC, `--connectivity -o txt_no_fw_rules`);
 * null where it was not tried. Of pods with one owner it looks at two, we at all.
 */
export const shapes = {
  'jobs-206': { teams: 10, jobs: 4, podsPerJob: 5, nca: null },
  'jobs-506': { teams: 20, jobs: 5, podsPerJob: 5, nca: 6.3 },
  'jobs-1006': { teams: 40, jobs: 5, podsPerJob: 5, nca: 30.1 },
  'jobs-2006': { teams: 80, jobs: 5, podsPerJob: 5, nca: 155.8 },
  'jobs-506-single': { teams: 20, jobs: 25, podsPerJob: 1, nca: 186 },
  'jobs-2006-single': { teams: 80, jobs: 25, podsPerJob: 1, nca: null },
};

const nodes = 40;
/** Pods of the namespaces that every team uses: DNS, storage, metrics, two each. */
const shared = [
  { namespace: 'kube-system', app: 'kube-dns', label: 'k8s-app', port: 53 },
  { namespace: 'storage', app: 'minio', label: 'app', port: 9000 },
  { namespace: 'monitoring', app: 'prometheus', label: 'app', port: 9090 },
];

/**
 * A cluster of many teams: each its namespace with default deny, DNS, storage and metrics, and one policy a job that lets the job's pods talk to each other.
 * The same shape gives the same bytes.
 * @param {Shape} shape
 * @returns {{ path: string, text: string }[]}
 */
export function teamsCluster({ teams, jobs, podsPerJob }) {
  const random = numbers(20_261_123);
  let address = 0;
  const pod = (namespace, name, labels, port, owner) => {
    address++;
    const ip = `10.${64 + Math.floor(address / 65_536)}.${Math.floor(address / 256) % 256}.${address % 256}`;
    return lines(
      'apiVersion: v1',
      'kind: Pod',
      'metadata:',
      `  name: ${name}`,
      `  namespace: ${namespace}`,
      `  labels: {${labels.map(([k, v]) => `${k}: "${v}"`).join(', ')}}`,
      ...(owner === undefined ? [] : [`  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: ${owner}, uid: ${namespace}-${owner}, controller: true}]`]),
      'spec:',
      `  nodeName: node-${random(nodes)}`,
      '  containers:',
      '  - name: main',
      '    image: registry.example.com/app:1',
      `    ports: [{name: main, containerPort: ${port}}]`,
      `status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}]}`,
    );
  };
  const files = [
    {
      path: 'shared.yaml',
      text: join3(shared.flatMap((s) => [namespaceText(s.namespace, {}), ...[0, 1].map((i) => pod(s.namespace, `${s.app}-${i}`, [[s.label, s.app]], s.port))])),
    },
  ];
  for (let t = 0; t < teams; t++) {
    const team = `team-${String(t).padStart(3, '0')}`;
    const documents = [namespaceText(team, { team }), ...teamPolicies(team)];
    for (let j = 0; j < jobs; j++) {
      const job = `job-${j}`;
      documents.push(jobPolicy(team, job));
      for (let p = 0; p < podsPerJob; p++)
        documents.push(
          pod(
            team,
            `${job}-${p}`,
            [
              ['job-name', job],
              ['batch.kubernetes.io/job-completion-index', p],
            ],
            29_500,
            job,
          ),
        );
    }
    files.push({ path: `${team}.yaml`, text: join3(documents) });
  }
  return files;
}

function teamPolicies(team) {
  const peer = (namespace, key, value) =>
    `[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}, podSelector: {matchLabels: {${key}: ${value}}}}]`;
  return [
    policy(team, 'default-deny', 'podSelector: {}', 'policyTypes: [Ingress, Egress]'),
    policy(
      team,
      'dns',
      'podSelector: {}',
      'policyTypes: [Egress]',
      'egress:',
      `- to: ${peer('kube-system', 'k8s-app', 'kube-dns')}`,
      '  ports: [{port: 53, protocol: UDP}, {port: 53}]',
    ),
    policy(team, 'storage', 'podSelector: {}', 'policyTypes: [Egress]', 'egress:', `- to: ${peer('storage', 'app', 'minio')}`, '  ports: [{port: 9000}]'),
    policy(
      team,
      'metrics',
      'podSelector: {}',
      'policyTypes: [Ingress]',
      'ingress:',
      `- from: ${peer('monitoring', 'app', 'prometheus')}`,
      '  ports: [{port: 9100}]',
    ),
  ];
}

function jobPolicy(team, job) {
  const same = `[{podSelector: {matchLabels: {job-name: ${job}}}}]`;
  return policy(
    team,
    job,
    `podSelector: {matchLabels: {job-name: ${job}}}`,
    'policyTypes: [Ingress, Egress]',
    'ingress:',
    `- from: ${same}`,
    'egress:',
    `- to: ${same}`,
  );
}

function policy(namespace, name, ...spec) {
  return lines(
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    `metadata: {name: ${name}, namespace: ${namespace}}`,
    'spec:',
    ...spec.map((l) => `  ${l}`),
  );
}

function namespaceText(name, labels) {
  return lines('apiVersion: v1', 'kind: Namespace', `metadata: {name: ${name}, labels: ${JSON.stringify(labels)}}`);
}

function lines(...texts) {
  return `${texts.join('\n')}\n`;
}

function join3(documents) {
  return documents.join('---\n');
}

/** Small whole numbers below a bound, the same for the same seed. Source: Lehmer generator with the multiplier 48271 (Park and Miller, 1993). */
export function numbers(seed) {
  let state = seed % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
