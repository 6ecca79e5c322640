import type { Location, Locator, Origin } from '../src/kernel/origin.ts';
import type { Diagnostic } from '../src/kernel/result.ts';
import type { Explanation } from '../src/model/explanation.ts';
import type { ExposedWorkload } from '../src/model/exposure-report.ts';
import type { Finding } from '../src/model/finding.ts';
import type { Ignored } from '../src/model/ignored.ts';
import type { Party, ScanReport } from '../src/model/scan-report.ts';
import type { StagedPolicy } from '../src/model/staged-policy.ts';
import type { Packet, Verdict } from '../src/model/verdict.ts';
import type { VerifyReport } from '../src/model/verify-report.ts';

// Reports made by hand, one of everything that a renderer must cope with, hostile names included.

const lines = [
  'apiVersion: networking.k8s.io/v1',
  'kind: NetworkPolicy',
  'metadata:',
  '  name: open-all',
  'spec:',
  '\tpodSelector: {}',
  '  # 名前 is wide',
  '  ports: [日本, 29500]',
];

/** Locates each path at line = its length + 1, column 3; lines are those of a small policy. */
export const sampleLocator: Locator = {
  locate: ({ document, path }: Origin): Location => ({ file: document.file, line: path.length + 1, column: 3, endLine: path.length + 1, endColumn: 9 }),
  line: (_file, line) => lines[line - 1],
};

export function originAt(file: string, ...path: (string | number)[]): Origin {
  return { document: { file, index: 0 }, path };
}

const worker: Party = { kind: 'workload', id: 'PyTorchJob/ml/llm/worker', title: 'ml/llm[PyTorchJob worker]' };
const database: Party = { kind: 'workload', id: 'StatefulSet/data/postgres', title: 'data/postgres[StatefulSet]' };
const metadata: Party = { kind: 'metadata', id: '169.254.169.254', title: 'metadata service 169.254.169.254' };
const internet: Party = { kind: 'internet', id: 'internet', title: 'the internet' };
const node: Party = { kind: 'node', id: 'gpu-1', title: 'node gpu-1' };
/** A name that tries to recolour the terminal, turn its text round, and open a mention, a link and HTML in Markdown. */
export const hostileName = 'evil\u001b[31m\u202e|`@team [x](https://evil.example) <img src=x> #1\n## h';

export const samplePacket: Packet = {
  from: { kind: 'pod', workload: 'PyTorchJob/ml/llm/worker', replica: 0 },
  to: { kind: 'pod', workload: 'StatefulSet/data/postgres', replica: 0 },
  protocol: 'TCP',
  port: 5432,
};

export const sampleVerdict: Verdict = {
  decision: 'allowed',
  egress: { direction: 'egress', decision: 'allowed', because: 'no policy selects ml/llm[PyTorchJob worker] for egress', steps: [] },
  ingress: {
    direction: 'ingress',
    decision: 'allowed',
    because: '',
    steps: [
      {
        tier: 'normal',
        policy: 'NetworkPolicy data/open-all',
        outcome: 'allow',
        origin: originAt('policies/open.yaml', 'spec', 'ingress', 0),
        because: 'ingress[0] admits every peer on every port',
      },
      {
        tier: 'normal',
        policy: 'NetworkPolicy data/default-deny',
        outcome: 'no-match',
        origin: originAt('policies/deny.yaml', 'spec'),
        because: 'it has no ingress rule',
      },
    ],
  },
  gaps: [{ code: 'pod-ips', text: 'the address of data/postgres is not known', mend: 'give live pods with --live or kubectl get -o yaml' }],
  qualifiers: ['modulo-dns'],
  profile: 'kubernetes',
};

export const sampleFindings: readonly Finding[] = [
  {
    check: 'namespace-without-default-deny',
    severity: 'medium',
    confidence: 'certain',
    message: 'Namespace production has no default deny: 4 workloads accept traffic from anyone',
    primary: null,
    related: [{ origin: originAt('namespaces.yaml', 'metadata'), message: 'the namespace' }],
    fix: 'Add a NetworkPolicy that selects every pod and allows nothing',
    subjects: ['production'],
  },
  {
    check: 'imds-open',
    severity: 'critical',
    confidence: 'likely',
    message: `Pods of ${hostileName} reach the metadata service, so whoever owns one of them owns the node's credentials`,
    primary: originAt('train ing.yaml', 'spec', 'template', 'spec'),
    related: [],
    fix: 'Deny egress to 169.254.169.254/32 for training pods',
    patch: 'egress:\n- to:\n  - ipBlock:\n      cidr: 0.0.0.0/0\n      except: [169.254.169.254/32]\n',
    subjects: ['ml/llm'],
  },
  ...['a', 'b', 'c', 'd', 'e'].map(
    (name): Finding => ({
      check: 'dangling-selector',
      severity: 'low',
      confidence: 'certain',
      message: `NetworkPolicy ml/${name} selects no pod`,
      primary: originAt(`policies/${name}.yaml`, 'spec', 'podSelector'),
      related: [],
      fix: 'Correct the selector, or remove the policy',
      subjects: [`ml/${name}`],
    }),
  ),
];

export const sampleIgnored: readonly Ignored[] = [
  {
    finding: {
      check: 'udp443-open',
      severity: 'low',
      confidence: 'certain',
      message: 'UDP 443 is open to the internet',
      primary: originAt('policies/a.yaml', 'spec'),
      related: [],
      fix: 'Allow TCP alone',
      subjects: ['ml/a'],
    },
    reason: 'the registry speaks QUIC',
    until: '2027-01-31',
    origin: originAt('policies/a.yaml'),
  },
];

export const sampleDiagnostics: readonly Diagnostic[] = [
  {
    code: 'unknown-field',
    severity: 'error',
    message: 'spec has no field "podSelectors"',
    hint: 'did you mean podSelector? The API server refuses unknown fields, and kubectl without validation drops them, which would select every pod.',
    origin: originAt('policies/open.yaml', 'spec', 'a', 'b', 'c', 'd', 'e'),
  },
  { code: 'wide', severity: 'warning', message: 'wide letters before the fault', origin: originAt('policies/open.yaml', 'a', 'b', 'c', 'd', 'e', 'f', 'g') },
  { code: 'no-place', severity: 'warning', message: 'nothing to point at', origin: null },
];

const sampleStaged: readonly StagedPolicy[] = [
  { id: 'StagedNetworkPolicy ml/fence', does: 'set', target: 'NetworkPolicy ml/fence', origin: originAt('policies/open.yaml', 'spec') },
];

const sampleExposed: readonly ExposedWorkload[] = [
  {
    id: 'PyTorchJob/ml/llm/worker',
    title: 'ml/llm[PyTorchJob worker]',
    namespace: 'ml',
    training: true,
    verdict: 'unknown',
    paths: [
      {
        entry: {
          kind: 'Ingress',
          id: 'Ingress ml/board',
          hosts: ['board.example.com', hostileName],
          paths: [hostileName],
          ports: 'TCP 80',
          tls: ['terminate'],
          origin: originAt('policies/open.yaml', 'spec'),
        },
        controller: hostileName,
        controllerPods: [],
        service: 'ml/board',
        ports: 'TCP 6006',
        hops: [
          { from: 'outside', to: hostileName, decision: 'unknown', because: hostileName, origin: null },
          {
            from: hostileName,
            to: 'ml/llm[PyTorchJob worker] on TCP 6006',
            decision: 'allowed',
            because: 'a rule',
            origin: originAt('policies/open.yaml', 'spec'),
          },
        ],
        verdict: 'unknown',
        ownNodeOnly: false,
        gaps: [{ code: 'controller-absent', text: `the pods of ${hostileName}`, mend: "give the controller's manifests" }],
      },
    ],
    omitted: 3,
  },
];

export const sampleScan: ScanReport = {
  profile: 'kubernetes',
  counts: { namespaces: 7, workloads: 14, pods: 43, services: 9, nodes: 4, policies: 0 },
  unread: [{ kind: 'apps.example.com/v1/Widget', count: 2 }],
  training: [
    {
      id: 'PyTorchJob/ml/llm/worker',
      title: 'ml/llm[PyTorchJob worker]',
      namespace: 'ml',
      pods: 7,
      members: ['PyTorchJob/ml/llm/worker'],
      because: ['requests nvidia.com/gpu: 8', 'kind PyTorchJob'],
      reaches: [
        { party: database, certainty: 'allowed', ports: 'everything', listening: 'TCP 5432', gaps: [] },
        { party: { ...database, title: hostileName }, certainty: 'allowed', ports: 'TCP 80,443', listening: 'TCP 80,443', gaps: [] },
        { party: metadata, certainty: 'allowed', ports: 'everything', listening: null, gaps: [] },
        {
          party: internet,
          certainty: 'unknown',
          ports: 'TCP 443',
          listening: null,
          gaps: [{ code: 'names', text: 'the addresses of *.example.com are not known', mend: 'use an FQDN profile' }],
        },
      ],
      reachedBy: [{ party: worker, certainty: 'allowed', ports: 'everything', listening: null, gaps: [] }],
      blastRadius: [
        {
          hop: 1,
          count: 3,
          reached: [
            { party: database, via: null, ports: 'TCP 5432', certainty: 'allowed' },
            { party: node, via: null, ports: 'everything', certainty: 'allowed' },
            {
              party: { ...worker, title: 'prod/db[StatefulSet]' },
              via: null,
              ports: 'shares VLAN 100 on physical network ens1f0',
              certainty: 'allowed',
              fabric: true,
            },
          ],
        },
        { hop: 2, count: 30, reached: [{ party: { ...worker, title: 'web/shop[Deployment]' }, via: database, ports: 'TCP 8080', certainty: 'unknown' }] },
      ],
      podsWithin: { allowed: 41, unknown: 1, total: 43 },
      ungoverned: [
        { kind: 'rdma-device', text: 'requests rdma/hca_shared_devices_a: RDMA traffic never meets a NetworkPolicy' },
        { kind: 'host-path', text: '/var/log of the node is mounted' },
      ],
      fabric: {
        attachments: [
          {
            kind: 'sriov',
            name: 'ml/rail-0',
            rules: [
              { traffic: 'all', state: 'elsewhere', text: 'by VLAN 100, which the network card puts on what the device sends (ml/rail-0)' },
              { traffic: 'packets', state: 'governed', text: 'by MultiNetworkPolicy ml/rail, which DaemonSet kube-system/mnp enforces' },
            ],
            evidence: [
              { text: 'attached to ml/rail-0', origin: originAt('jobs.yaml', 'metadata', 'annotations') },
              { text: 'network ml/rail-0, made by sriov', origin: originAt('networks.yaml', 'spec') },
              { text: 'devices openshift.io/rail', origin: originAt('operator.yaml') },
            ],
          },
          {
            kind: 'shared-rdma',
            name: hostileName,
            rules: [
              { traffic: 'verbs', state: 'ungoverned', text: 'its traffic never passes through the pod network' },
              { traffic: 'all', state: 'unknown', text: 'the subnet manager says which partition' },
            ],
            evidence: [{ text: 'asks for it', origin: originAt('jobs.yaml', 'spec', 'containers') }],
          },
        ],
        shared: [
          {
            party: database,
            certainty: 'allowed',
            through: 'VLAN 100 on physical network ens1f0',
            attachment: 'ml/rail-0',
            evidence: [{ text: 'attached to data/rail', origin: originAt('data.yaml', 'metadata') }],
          },
          { party: { ...database, title: hostileName }, certainty: 'unknown', through: 'an InfiniBand fabric', attachment: hostileName, evidence: [] },
        ],
        omitted: 3,
      },
      omitted: { members: 0, reaches: 3, reachedBy: 0, blastRadius: 31 },
    },
    {
      id: 'StatefulSet/ml/idle',
      title: 'ml/idle[StatefulSet]',
      namespace: 'ml',
      pods: 1,
      members: ['StatefulSet/ml/idle'],
      because: [],
      reaches: [],
      reachedBy: [],
      blastRadius: [],
      podsWithin: { allowed: 0, unknown: 0, total: 43 },
      ungoverned: [],
      fabric: { attachments: [], shared: [], omitted: 0 },
      omitted: { members: 0, reaches: 0, reachedBy: 0, blastRadius: 0 },
    },
  ],
  exposed: sampleExposed,
  halfOpen: [
    {
      from: worker,
      to: database,
      openSide: 'egress',
      ports: 'TCP 5432',
      example: samplePacket,
      missing: 'an ingress rule in data for ml/llm',
      opener: originAt('policies/open.yaml', 'spec', 'ingress', 0),
      belongs: { direction: 'ingress', namespace: 'data', how: 'add-to', policy: 'NetworkPolicy data/deny', origin: originAt('policies/deny.yaml', 'spec') },
    },
  ],
  staged: sampleStaged,
  findings: sampleFindings,
  omitted: { training: 4, exposed: 0, halfOpen: 1 },
  assumptions: ['Some CNI enforces NetworkPolicy.'],
};

export const sampleVerify: VerifyReport = {
  profile: 'cilium@1.19',
  zones: [
    {
      zone: 'llm-pretraining',
      claims: [
        {
          id: 'safety/protected-unreachable/databases',
          group: 'safety',
          title: 'No training pod reaches the protected zone databases',
          status: 'fails',
          counterexamples: [{ packet: samplePacket, verdict: sampleVerdict, story: 'A worker dials postgres and nothing stops it.' }],
          reasons: ['one workload of databases accepts traffic from training'],
          evidence: [],
          fix: 'Remove the rule at policies/open.yaml, or narrow it to the applications that need it',
          advice: {
            goal: 'close',
            because: ['ingress is open: allowed by NetworkPolicy data/open-all'],
            proposals: [
              {
                edits: [
                  {
                    how: 'add',
                    policy: 'NetworkPolicy data/shut',
                    origin: null,
                    text: 'add NetworkPolicy data/shut, which isolates it for ingress',
                    manifest: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n',
                  },
                ],
                also: ['closes every pod to data/postgres[StatefulSet] on everything'],
              },
            ],
            outcome: 'holds',
            breaks: ['llm-pretraining liveness/storage/checkpoints'],
          },
          origin: originAt('zone.yaml', 'spec', 'protected', 0),
        },
        {
          id: 'safety/protected-unreachable/production',
          group: 'safety',
          title: 'No training pod reaches the protected zone production',
          status: 'holds',
          counterexamples: [],
          reasons: [],
          evidence: ['4 workloads of production, 12 pairs, every port and protocol'],
          fix: null,
          origin: null,
        },
        {
          id: 'liveness/storage/corpus',
          group: 'liveness',
          title: 'Workers reach the data set corpus',
          status: 'undecided',
          counterexamples: [],
          reasons: ['the addresses of s3.us-east-1.amazonaws.com are not known'],
          evidence: [],
          fix: 'List cidrs under the data set, or use a CNI that knows names',
          origin: originAt('zone.yaml', 'spec', 'workloads', 0),
        },
      ],
      notCovered: ['RDMA traffic: no network policy sees it'],
    },
  ],
  unread: [{ kind: 'apps.example.com/v1/Widget', count: 2 }],
  strict: false,
  staged: {
    policies: sampleStaged,
    claims: [
      {
        zone: 'llm-pretraining',
        claim: 'safety/protected-unreachable/production',
        now: 'fails',
        promoted: 'holds',
        because: ['StagedNetworkPolicy ml/fence'],
      },
      { zone: 'llm-pretraining', claim: 'liveness/storage/corpus', now: 'undecided', promoted: 'undecided', because: [] },
    ],
  },
  findings: sampleFindings.slice(0, 1),
  assumptions: ['Cilium 1.19 with policyEnforcementMode "default".'],
};

export const sampleExplanation: Explanation = {
  asked: 'ml/llm to data/postgres on TCP 5432',
  verdict: 'allowed',
  answers: [
    {
      packet: samplePacket,
      from: 'ml/llm[PyTorchJob worker]',
      to: 'data/postgres[StatefulSet]',
      verdict: sampleVerdict,
      tierWalk: 'egress: no policy; ingress: [normal] NetworkPolicy data/open-all allows',
      note: 'postgres is a backend of the Service data/db',
      advice: {
        goal: 'close',
        because: ['egress is open: no policy selects it for egress', 'ingress is open: allowed by NetworkPolicy data/open-all'],
        proposals: [
          {
            edits: [
              {
                how: 'remove',
                policy: 'NetworkPolicy data/open-all',
                origin: originAt('cluster.yaml', 'spec', 'ingress', 0),
                text: 'take this rule out of NetworkPolicy data/open-all',
                manifest: null,
              },
            ],
            also: ['closes every pod to data/postgres[StatefulSet] on everything'],
          },
        ],
      },
    },
  ],
  profile: 'kubernetes',
  staged: { policies: sampleStaged, verdict: 'denied' },
};
