import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';
import { auditFabric } from './audit.ts';
import { readEvidence } from './evidence.ts';
import { scanFabric } from './scan-fabric.ts';
import { withFabric } from './with-fabric.ts';

const home = new URL('../../../examples/infiniband-cluster/', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, home), 'utf8');
const profile = profileOf('cilium');
if (!profile.ok) throw new Error('no profile');
const { value: cilium } = profile;

type Files = Readonly<Record<string, string>>;
const example: Files = Object.fromEntries(['partitions.conf', 'ibnetdiscover.txt', 'sminfo.txt'].map((file) => [file, text(file)]));

/** The claim about the fabric of the example's training zone; what is given stands in place of the example's own. `''` takes a file out. */
function claimOf({ cluster = {}, dumps = {}, zone = text('training.yaml') }: { cluster?: Files; dumps?: Files; zone?: string }): ClaimResult {
  const files = (all: Files): readonly SourceText[] => Object.entries(all).flatMap(([file, t]) => (t === '' ? [] : [{ file, text: t }]));
  const { zones } = readZones([{ file: 'training.yaml', text: zone }]);
  const { snapshot } = loadSnapshot(files({ 'cluster.yaml': text('cluster.yaml'), ...cluster }));
  const report = withFabric(verify(snapshot, cilium, zones), zones, readEvidence(files({ ...example, ...dumps })), snapshot);
  const claim = report.zones[0]?.claims.find((c) => c.id === 'safety/infiniband-apart');
  if (claim === undefined) throw new Error('no claim');
  return claim;
}

/** What a claim says, in a line: its status, whom it meets, and what is not known. */
function said({ status, ways, reasons }: ClaimResult): string {
  return [status, ...(ways ?? []).map((w) => `${w.from} meets ${w.to} over ${w.pkey.toString(16)}`), ...reasons].join('\n');
}

/** A host port more: the last six digits of its GUID but one. */
const adapter = (number: string, description: string): string =>
  `\nvendid=0x2c9\ndevid=0x1021\nsysimgguid=0x98039b0300${number}0\ncaguid=0x98039b0300${number}0\nCa\t1 "H-98039b0300${number}0"\t\t# "${description}"\n[1](98039b0300${number}1) \t"S-98039b03000a0001"[9]\t\t# lid 77 lmc 0 "leaf-01" lid 4 4xHDR\n`;
const inProduction = (...ports: readonly string[]): string =>
  text('partitions.conf').replace('production=0x0020, indx0 :\n', `$&${ports.map((p) => `  0x98039b0300${p}=full,\n`).join('')}`);
const node = (name: string, pool: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${pool}}}\n`;
const pod = (namespace: string, spec: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${namespace}, labels: {app: p}}\nspec: {${spec}}\n`;
const container = (more = ''): string => `containers: [{name: c, image: i${more}}]`;
const withDevice = container(', resources: {limits: {rdma/hca_shared_devices_a: "1"}}');
const withUnknown = container(', resources: {limits: {openshift.io/mlnx_ib0: "1"}}');

const topology = text('ibnetdiscover.txt');
const without = (port: string): string => text('training.yaml').replace(new RegExp(`.*98039b0300${port}.*\n`), '');
const cluster = (from: RegExp, to: string): Files => ({ 'cluster.yaml': text('cluster.yaml').replace(from, to) });

describe('training comes to the fabric', () => {
  test.each<readonly [string, Parameters<typeof claimOf>[0], string, string]>([
    ['over the ports of the example, which are kept apart', {}, 'holds', ''],
    [
      'over each adapter of its hosts, listed or not',
      { dumps: { 'ibnetdiscover.txt': topology + adapter('00109', 'train-01 mlx5_1'), 'partitions.conf': inProduction('001091') } },
      'fails',
      'train-01 meets prod-01 over 20',
    ],
    [
      'over each port of its adapters',
      {
        dumps: {
          'ibnetdiscover.txt': topology.replace(
            /^\[1\]\(98039b0300001011\).*$/m,
            '$&\n[2](98039b0300001012) \t"S-98039b03000a0001"[9]\t\t# lid 77 lmc 0 "leaf-01" lid 4 4xHDR',
          ),
          'partitions.conf': inProduction('001012'),
        },
      },
      'fails',
      'over 20',
    ],
    [
      'perhaps over a port of which nobody says where it is',
      { dumps: { 'ibnetdiscover.txt': topology + adapter('00909', 'MT4129'), 'partitions.conf': inProduction('009091') } },
      'undecided',
      'which host the port 0x98039b0300009091 (MT4129) is in is not known: if so, MT4129 meets prod-01 over partition 0x0020',
    ],
    [
      'not over one of which a map says where it is',
      {
        dumps: {
          'ibnetdiscover.txt': topology + adapter('00909', 'MT4129'),
          'partitions.conf': inProduction('009091'),
          'map.csv': 'host,guid\nother,0x98039b0300009091\n',
        },
      },
      'holds',
      '',
    ],
    [
      'over the nodes of the pool, listed or not',
      { zone: without('001041'), dumps: { 'partitions.conf': inProduction('001041') } },
      'fails',
      'train-04 meets prod-01 over 20',
    ],
    [
      'over a node that has got the label of the pool',
      { cluster: cluster(/name: prod-02, labels: \{pool: production\}/, 'name: prod-02, labels: {pool: training}') },
      'fails',
      'prod-02 meets prod-01 over 20',
    ],
    [
      'over a node of the pool whose ports nobody knows',
      { cluster: { 'more.yaml': node('gpu-9', 'training') } },
      'undecided',
      'which ports of the fabric gpu-9 has, where training runs or may: give a CSV with the columns host and guid',
    ],
    [
      'over nodes that are not in the input',
      { cluster: cluster(/apiVersion: v1\nkind: Node\n[\s\S]*---\n(?=apiVersion: kubeflow)/, '') },
      'undecided',
      'kubectl get nodes -o yaml',
    ],
    [
      'over the node that a pod of its namespace names',
      { cluster: { 'more.yaml': pod('ai-training', `nodeName: prod-01, nodeSelector: {pool: production}, ${withDevice}`) } },
      'fails',
      'prod-01 meets prod-02 over 20',
    ],
    [
      'over a node that only its pod tells of',
      {
        cluster: {
          ...cluster(/apiVersion: v1\nkind: Node\nmetadata: \{name: prod-01.*\n---\n/, ''),
          'more.yaml': pod('ai-training', `nodeName: prod-01, ${withDevice}`),
        },
      },
      'fails',
      'prod-01 meets prod-02 over 20',
    ],
    [
      'over each node that takes a pod of its namespace',
      { cluster: { 'more.yaml': pod('ai-training', withDevice) } },
      'fails',
      'prod-01 meets prod-02 over 20',
    ],
    [
      'with a privileged pod',
      { cluster: { 'more.yaml': pod('ai-training', `nodeName: prod-01, ${container(', securityContext: {privileged: true}')}`) } },
      'fails',
      'prod-01 meets prod-02 over 20',
    ],
    ['not with a pod that has no device', { cluster: { 'more.yaml': pod('ai-training', `nodeName: prod-01, ${container()}`) } }, 'holds', ''],
    [
      'perhaps with a device that nobody knows',
      { cluster: { 'more.yaml': pod('ai-training', `nodeName: prod-01, ${withUnknown}`) } },
      'undecided',
      'ai-training/p[Pod] on node prod-01: not known is whether openshift.io/mlnx_ib0 is a device of the fabric: if so, prod-01 meets prod-02',
    ],
  ])('%s', (_, input, status, says) => {
    const claim = said(claimOf(input));
    expect(claim.split('\n')[0]).toBe(status);
    expect(claim).toContain(says);
  });
});

describe('what runs the fabric, and hubs, may be met, but not the pods of others that', () => {
  const on = (host: string, namespace: string, spec: string): Files => ({
    'more.yaml': `${node(host, 'x')}---\n${pod(namespace, `nodeName: ${host}, ${spec}`)}`,
  });
  const software = text('training.yaml').replace('taint: pool', 'sharedWith: [fabric]\n    taint: pool');
  test.each<readonly [string, Parameters<typeof claimOf>[0], string, string]>([
    ['stand on the node of the subnet manager', { cluster: on('sm-01', 'production', withDevice) }, 'fails', 'meets sm-01 over 7fff'],
    ['stand there without a device do no harm', { cluster: on('sm-01', 'production', container()) }, 'holds', ''],
    ['the zone calls node software are trusted', { zone: software, cluster: on('sm-01', 'fabric', withDevice) }, 'holds', ''],
    ['nobody calls node software are not', { cluster: on('sm-01', 'fabric', withDevice) }, 'fails', 'meets sm-01 over 7fff'],
    [
      'have a device that nobody knows are a doubt',
      { cluster: on('sm-01', 'production', withUnknown) },
      'undecided',
      'production/p[Pod] on sm-01: not known is whether openshift.io/mlnx_ib0',
    ],
    ['stand on a hub and are protected', { cluster: on('store-01', 'production', withDevice) }, 'fails', 'meets store-01 over 30'],
    ['serve from a hub are what it is there for', { cluster: on('store-01', 'rook-ceph', withDevice) }, 'holds', ''],
    ['are of the zone itself come to everybody', { cluster: on('sm-01', 'ai-training', withDevice) }, 'fails', 'sm-01 meets prod-01 over 7fff'],
  ])('%s', (_, input, status, says) => {
    const claim = said(claimOf(input));
    expect(claim.split('\n')[0]).toBe(status);
    expect(claim).toContain(says);
    if (status !== 'holds' && input.zone === undefined) expect(audited({ 'cluster.yaml': text('cluster.yaml'), ...input.cluster }).split(':')[0]).toBe(status);
  });
});

/** What an audit of both zones of the example says in its headline, with the findings that are not harmless. */
function audited(dumps: Files): string {
  const files = Object.entries({ ...example, ...dumps }).flatMap(([file, t]) => (t === '' ? [] : [{ file, text: t }]));
  const { zones } = readZones(['training.yaml', 'production.yaml'].map((file) => ({ file, text: text(file) })));
  const evidence = readEvidence(files);
  const { report } = auditFabric(zones, evidence, evidence.manifests.length === 0 ? null : loadSnapshot(evidence.manifests).snapshot);
  return [`${report.apart}: ${report.apartBecause}`, ...report.findings.filter((f) => f.severity !== 'info').map((f) => `${f.check} ${f.message}`)].join('\n');
}

/** A dump of the tables in place of the partition file, and the other way round. */
const tables: Files = { 'partitions.conf': '', 'pkeys.txt': text('pkeys.txt') };
const ufm = (more = ''): string => {
  const [train, prod] = [
    ['1011', '1021', '1031', '1041'],
    ['2011', '2021'],
  ];
  const members = (ports: readonly string[], membership: string): string =>
    ports.map((p) => `{"guid": "98039b030000${p}", "membership": "${membership}"}`).join(', ');
  const all = [...(train ?? []), ...(prod ?? [])];
  return `{"0x10": {"guids": [${members(train ?? [], 'full')}]}, "0x20": {"guids": [${members(prod ?? [], 'full')}${more}]}, "0x30": {"guids": [${members(all, 'limited')}, ${members(['3011', '3021'], 'full')}]}}`;
};
const leakAtUfm = ufm(', {"guid": "98039b0300001041", "membership": "full"}');
const master = (guid: string, state: string): string => `sminfo: sm lid 9 sm guid 0x${guid}, activity count 3 priority 14 state ${state}\n`;
const refusedLog = [
  'parse_part_conf: PARSE ERROR: line 1: no partition definition found',
  'osm_prtn_make_partitions: Partition configuration in error; retrying with default config',
  'SUBNET UP',
]
  .map((line) => `Nov 27 17:50:58 068072 [AFF336C0] 0x01 -> ${line}\n`)
  .join('');

/** The lids of the host ports and the rows of their tables. */
const held = [...text('pkeys.txt').matchAll(/^# smpquery pkeys (\d+)\n {3}0: (.*)$/gm)].map(([, lid = '', row = '']) => ({ lid, row }));
const empty = Array.from({ length: 8 }, () => '0x0000').join(' ');

/** The tables as `saquery PKTR` prints them, so many blocks of each; `more` is what the second block of LID 5 starts with. */
function blocks(count: number, more = '0x0000'): string {
  const block = (lid: string, n: number, row: string): string =>
    `PKeyTableRecord dump:\n\t\tLID........................${lid}\n\t\tPort.......................1\n\t\tBlock......................${n}\n\t\tPKey Table:\n${[row, empty, empty, empty].map((r) => `\t\t${r}\n`).join('')}\n`;
  return held.flatMap(({ lid, row }) => [block(lid, 0, row), block(lid, 1, lid === '5' ? empty.replace('0x0000', more) : empty)].slice(0, count)).join('');
}

const hostPorts = [...topology.matchAll(/^Ca.*"H-(.*)"\t\t# "(.*)"\n\[1\]\((.*)\) \t"S-(.*)"\[(\d+)\]\t\t# lid (\d+) lmc 0 "(.*)" lid (\d+) /gm)].map((m) =>
  m.slice(1),
);
/** `saquery NR`: 64 keys each. */
const records = hostPorts
  .map(
    ([node, , port, , , lid]) =>
      `NodeRecord dump:\n\t\tlid.....................${lid}\n\t\tnode_type...............Channel Adapter\n\t\tnode_guid...............0x${node}\n\t\tport_guid...............0x${port}\n\t\tpartition_cap...........0x40\n\t\tport_num................1\n\n`,
  )
  .join('');
/** `ibnetdiscover -p`: each link from both ends. */
const lines = hostPorts
  .flatMap(([, host, port, leaf, at, lid, name, leafLid]) => [
    `CA ${lid?.padStart(5)}  1 0x${port} 4x HDR - SW ${leafLid?.padStart(5)} ${at?.padStart(2)} 0x${leaf} ( '${host}' - '${name}' )\n`,
    `SW ${leafLid?.padStart(5)} ${at?.padStart(2)} 0x${leaf} 4x HDR - CA ${lid?.padStart(5)}  1 0x${port} ( '${name}' - '${host}' )\n`,
  ])
  .join('');

describe('evidence', () => {
  test.each<readonly [string, Files, string, string]>([
    ['of the example', {}, 'holds', ''],
    ['in its tables alone, which show who the manager is', { ...tables, 'sminfo.txt': '' }, 'holds', ''],
    ['without the port of the manager', { 'sminfo.txt': '' }, 'undecided', 'which port the subnet manager runs on (SELF)'],
    ['with a manager on a host of another', { 'sminfo.txt': master('98039b0300002011', '3 SMINFO_MASTER') }, 'fails', 'fabric-manager-on-host'],
    [
      'with a second master on a host',
      { ...tables, 'sm2.txt': master('98039b0300002021', '3 SMINFO_MASTER') },
      'fails',
      'a critical finding contradicts it (fabric-manager-on-host)',
    ],
    [
      'with a second master that nobody knows',
      { ...tables, 'sm2.txt': master('98039b0300009999', '3 SMINFO_MASTER') },
      'fails',
      'a critical finding contradicts it (fabric-second-manager)',
    ],
    ['of UFM, that says what the file says', { 'ufm.json': ufm() }, 'holds', ''],
    ['of UFM, that says otherwise than the file', { 'ufm.json': leakAtUfm }, 'fails', 'fabric-drift train-04 lacks 0x8020, which UFM gives'],
    ['of UFM, that says otherwise than the tables', { ...tables, 'ufm.json': leakAtUfm }, 'fails', 'fabric-drift train-04 lacks 0x8020, which UFM gives'],
    ['of UFM alone', { 'partitions.conf': '', 'ufm.json': ufm() }, 'undecided', 'who is a full member of the default partition, of which UFM does not tell'],
    [
      'with a file that starts with a semicolon',
      {
        'partitions.conf': `;${text('partitions.conf')
          .replace(/^#.*\n/gm, '')
          .trimStart()
          .replaceAll(/,\s*(?:#.*)?\n\s*/g, ', ')}`,
      },
      'fails',
      'memory that nobody has written',
    ],
    ['with a log without numbers of threads', { 'opensm.log': refusedLog.replaceAll('AFF336C0', 'tid') }, 'fails', 'fabric-configuration-refused'],
    [
      'with a log that says that the file was refused',
      { 'opensm.log': refusedLog },
      'fails',
      'a critical finding contradicts it (fabric-configuration-refused)',
    ],
    ['of tables, with such a log', { ...tables, 'opensm.log': refusedLog }, 'fails', 'a critical finding contradicts it (fabric-configuration-refused)'],
    [
      'of two readings, of which one shows a leak',
      { ...tables, 'older.txt': text('leak/pkeys.txt') },
      'fails',
      'fabric-dumps-disagree Two readings of the table of train-04 differ',
    ],
    [
      'of the same two the other way round',
      { 'partitions.conf': '', 'a.txt': text('leak/pkeys.txt'), 'b.txt': text('pkeys.txt') },
      'fails',
      'fabric-dumps-disagree',
    ],
    ['of one reading twice', { ...tables, 'again.txt': text('pkeys.txt') }, 'holds', ''],
    [
      'of a table that breaks off',
      { 'partitions.conf': '', 'pkeys.txt': text('pkeys.txt').replace(/(# smpquery pkeys 5\n.*\n)(?: .*\n)*.*capacity.*\n/, '$1pkey table query failed\n') },
      'undecided',
      'may hold more than was read',
    ],
    ['of the first block of a table', { 'partitions.conf': '', 'pktr.txt': blocks(1) }, 'undecided', 'may hold more than was read'],
    [
      'of all blocks of tables whose size nobody says',
      { 'partitions.conf': '', 'pktr.txt': blocks(2) },
      'undecided',
      'saquery NR LID, which says how many keys there are',
    ],
    ['of all blocks of tables, with their size', { 'partitions.conf': '', 'pktr.txt': blocks(2), 'nodes.txt': records }, 'holds', ''],
    [
      'of the first of two blocks, with their size',
      { 'partitions.conf': '', 'pktr.txt': blocks(1), 'nodes.txt': records },
      'undecided',
      'may hold more than was read',
    ],
    ['of a key in the second block', { 'partitions.conf': '', 'pktr.txt': blocks(2, '0x8020'), 'nodes.txt': records }, 'fails', 'fabric-zones-share-key'],
    [
      'without hosts that the switches name',
      { 'ibnetdiscover.txt': topology.replace(/vendid=.*\n.*\n.*\ncaguid=[\s\S]*/, '') },
      'undecided',
      'at the end of a link and does not show them: its output is cut',
    ],
    [
      'without such hosts, which the file lets meet',
      { 'ibnetdiscover.txt': topology.replace(/vendid=.*\n.*\n.*\ncaguid=[\s\S]*/, ''), 'partitions.conf': text('leak/partitions.conf') },
      'fails',
      'fabric-zones-share-key',
    ],
    [
      'without a switch that others name',
      { 'ibnetdiscover.txt': topology.replace(/vendid=.*\n.*\n.*\nswitchguid=0x98039b03000b0001[\s\S]*?\n\n/, '') },
      'undecided',
      'ibnetdiscover names spine-01',
    ],
    ['a line a port', { 'ibnetdiscover.txt': lines }, 'holds', ''],
    [
      'a line a port, of which one is missing',
      { 'ibnetdiscover.txt': lines.replace(/^CA .*train-04.*\n/m, '') },
      'undecided',
      'ibnetdiscover names train-04 mlx5_0',
    ],
    [
      'with a log in which a good one was read since',
      { ...tables, 'opensm.log': `${refusedLog}Nov 27 17:51:58 068072 [AFF336C0] 0x01 -> SUBNET UP\n` },
      'holds',
      'fabric-configuration-refused',
    ],
  ])('%s', (_, dumps, status, says) => {
    const audit = audited(dumps);
    expect(audit.split(':')[0]).toBe(status);
    expect(audit).toContain(says);
    expect(claimOf({ dumps }).status).toBe(status);
  });
});

test('a map of hosts may be as long as a fabric is large', () => {
  const rows = Array.from({ length: 130_000 }, (_, i) => `h${i},0x${(0x9000_0000 + i).toString(16)}`);
  expect(readEvidence([{ file: 'map.csv', text: `host,guid\n${rows.join('\n')}\n` }]).facts).toHaveLength(130_000);
});

describe('networks of pods', () => {
  const network = (name: string, pkey: string, enabled = true): string => {
    const [namespace, own] = name.split('/');
    return `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ${own}, namespace: ${namespace}, annotations: {k8s.v1.cni.cncf.io/resourceName: x/ib}}\nspec: {config: '{"type": "ib-sriov", "pkey": "${pkey}", "ibKubernetesEnabled": ${enabled}}'}\n`;
  };
  const on = (namespace: string, name: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${namespace}, annotations: {k8s.v1.cni.cncf.io/networks: ${name}}}\nspec: {nodeSelector: {pool: training}, tolerations: [{operator: Exists}], ${container(', resources: {limits: {x/ib: "1"}}')}}\n`;
  const daemon =
    'apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: nic}\nspec: {ibKubernetes: {image: ib-kubernetes, repository: r, version: v1}}\n';
  test.each<readonly [string, readonly string[], string, string]>([
    ['with the zone’s key', [daemon, network('ai-training/ib', '0x0010'), on('ai-training', 'ib')], 'holds', ''],
    [
      'with the key of production',
      [daemon, network('ai-training/ib', '0x8020'), on('ai-training', 'ib')],
      'fails',
      'whose zone has 0x0010, joins pods to partition 0x0020',
    ],
    ['with the key of a hub, as full members', [daemon, network('ai-training/ib', '0x0030')], 'fails', 'partition 0x0030 as full members'],
    ['elsewhere with the zone’s key', [daemon, network('notebooks/ib', '0x0010'), on('notebooks', 'ib')], 'fails', 'NetworkAttachmentDefinition notebooks/ib'],
    ['elsewhere with the key of a hub, where it is protected', [daemon, network('production/ib', '0x0030')], 'fails', 'partition 0x0030'],
    ['elsewhere with the key of a hub, which may be the hub', [daemon, network('rook/ib', '0x0030')], 'holds', ''],
    ['of production with its own key', [daemon, network('production/ib', '0x0020')], 'holds', ''],
    [
      'of production, which training names',
      [daemon, network('production/ib', '0x0020'), on('ai-training', 'production/ib')],
      'fails',
      'is on network production/ib of another namespace',
    ],
    [
      'of the zone, which others name',
      [daemon, network('ai-training/ib', '0x0010'), on('notebooks', 'ai-training/ib')],
      'fails',
      'notebooks/p[Pod] is on network ai-training/ib',
    ],
    [
      'that perhaps nobody reads',
      [network('ai-training/ib', '0x0020')],
      'undecided',
      'whether ib-kubernetes runs, which alone reads the key of a network: if so, NetworkAttachmentDefinition ai-training/ib',
    ],
    ['that do not ask to be read', [daemon, network('ai-training/ib', '0x0020', false)], 'undecided', 'ibKubernetesEnabled'],
  ])('%s', (_, manifests, status, says) => {
    const more = Object.fromEntries(manifests.map((m, i) => [`m${i}.yaml`, m]));
    const claim = said(claimOf({ cluster: more }));
    expect(claim.split('\n')[0]).toBe(status);
    expect(claim).toContain(says);
    const audit = audited({ 'cluster.yaml': text('cluster.yaml'), ...more });
    expect(audit.split(':')[0]).toBe(status);
    expect(audit).toContain(says);
  });
});

test('a scan goes on from a pod with a virtual function', () => {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: v, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/networks: ib}}\nspec: {nodeName: train-01, ${container(', resources: {limits: {nvidia.com/gpu: "1", x/ib: "1"}}')}}\n`;
  const nad = `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ib, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/resourceName: x/ib}}\nspec: {config: '{"type": "ib-sriov"}'}\n`;
  const files = Object.entries({ 'cluster.yaml': text('cluster.yaml'), 'pod.yaml': pod, 'nad.yaml': nad }).map(([file, t]) => ({ file, text: t }));
  const dumps = Object.entries({ ...example, 'partitions.conf': text('leak/partitions.conf') }).map(([file, t]) => ({ file, text: t }));
  expect(scanFabric(loadSnapshot(files).snapshot, readEvidence(dumps)).flatMap((r) => r.workloads)).toContain('Pod/ai-training/v');
});
