import { describe, expect, it } from 'vitest';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { auditFabric } from './audit.ts';
import { readEvidence } from './evidence.ts';

const zoneText = (more = '', index = 'false'): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: training}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ai}
  workloads: [{name: w, selector: {app: w}}]
  fabric:
    infiniband:
      partition: {pkey: 0x10, indexZero: ${index}}
      infrastructure: [{host: sm, guid: "0x00000000000000f1"}]
      neighbours: [{name: production, pkey: 0x20, ports: [{host: p, guid: "0x0000000000000021"}]}]
      ${more === '' ? 'hosts: {ports: [{host: a, guid: "0x0000000000000011"}, {host: b, guid: "0x0000000000000012"}]}' : more}
`;
const ports: readonly (readonly [string, string])[] = [
  ['f1', 'sm mlx5_0'],
  ['11', 'a mlx5_0'],
  ['12', 'b mlx5_0'],
  ['21', 'p mlx5_0'],
];
const topology = (list = ports): string =>
  list
    .map(
      ([guid, name], i) => `caguid=0x1${guid}0\nCa\t1 "H-1${guid}0"\t\t# "${name}"\n[1](${guid}) \t"S-a"[${i}]\t\t# lid ${i + 1} lmc 0 "leaf" lid 9 4xHDR\n\n`,
    )
    .join('');
const good = 'Default=0x7fff : ALL=limited, SELF=full ;\nT=0x10 : 0x11=full, 0x12=full ;\nP=0x20 : 0x21=full ;\n';
const manager = 'sminfo: sm lid 1 sm guid 0xf1, activity count 3 priority 0 state 3 SMINFO_MASTER\n';

function audited(files: Readonly<Record<string, string>>, zone = zoneText()) {
  const { zones, diagnostics } = readZones([{ file: 'zone.yaml', text: zone }]);
  expect(diagnostics).toEqual([]);
  const evidence = readEvidence(
    Object.entries({ 'topology.txt': topology(), 'sminfo.txt': manager, 'partitions.conf': good, ...files }).map(([file, text]) => ({ file, text })),
  );
  const snapshot = evidence.manifests.length === 0 ? null : loadSnapshot(evidence.manifests).snapshot;
  const { report } = auditFabric(zones, evidence, snapshot);
  return { report, slugs: report.findings.map((f) => f.check), messages: report.findings.map((f) => f.message).join('\n') };
}

describe('beside who meets whom, an audit finds', () => {
  it('nothing, where all is as it should be', () => {
    expect(audited({}).slugs).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['a port that nobody knows', { 'topology.txt': topology([...ports, ['31', '\u001b[31mguest']]) }, 'fabric-unknown-port', '0x0000000000000031'],
    ['a member that is nobody of the zone', { 'partitions.conf': good.replace('0x12=full', '0x12=full, 0xf1') }, '', ''],
    [
      'a full member of the default partition',
      { 'partitions.conf': good.replace('SELF=full', 'SELF=full, 0x21=full') },
      'fabric-full-default-member',
      'p (production)',
    ],
    [
      'a second manager',
      { 'sminfo.txt': `${manager}${manager.replace('0xf1', '0x99').replace('3 SMINFO_MASTER', '2 SMINFO_STANDBY')}` },
      'fabric-second-manager',
      '0x0000000000000099',
    ],
    ['a manager on a host of a zone', { 'sminfo.txt': manager.replace('0xf1', '0x11') }, 'fabric-manager-on-host', 'a of training'],
    ['drift', { 'tables.txt': '# smpquery pkeys 2\n   0: 0xffff 0x8020\n8 pkeys capacity for this port\n' }, 'fabric-drift', 'has 0xffff and 0x8020'],
    ['default keys', { 'opensm.conf': 'm_key 0x0\nsm_key 0x0000000000000001\nsa_key 0x1234\n' }, 'fabric-management-key-default', 'm_key is 0x0'],
    [
      'an M_Key that anybody reads',
      { 'opensm.conf': 'm_key 0x77\nsm_key 0x5\nsa_key 0x5\n' },
      'fabric-management-key-default',
      'm_key_protection_level is not set',
    ],
    ['enforcement that is off', { 'opensm.conf': 'part_enforce off\n' }, 'fabric-enforcement-off', 'no keys at all'],
    [
      'enforcement that is off the old way',
      { 'opensm.conf': 'part_enforce both\nno_partition_enforcement TRUE\n' },
      'fabric-enforcement-off',
      'no keys at all',
    ],
    ['both memberships', { 'opensm.conf': 'allow_both_pkeys TRUE\n' }, 'fabric-both-memberships', 'allow_both_pkeys'],
    [
      'packets that were turned down',
      { 'counters.txt': '# Port counters: Lid 2 port 1 (CapMask: 0x1)\nPortXmitConstraintErrors:........9\n' },
      'fabric-violations',
      '9 packets',
    ],
    ['a ghost at UFM', { 'ufm.json': '{"0x10": {"guids": [{"guid": "02000000000000aa", "membership": "full"}]}}' }, 'fabric-not-a-port', '0x02000000000000aa'],
    [
      'an attachment with a foreign key',
      {
        'nad.yaml': `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ib, namespace: ai}\nspec: {config: '{"type": "ib-sriov", "pkey": "0x0020"}'}\n`,
      },
      'fabric-foreign-attachment',
      'ai/ib, whose zone has 0x0010',
    ],
    [
      'umad',
      {
        'pod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: t, namespace: ai}\nspec: {containers: [{name: c, image: i, resources: {limits: {rdma/hca: "1"}}}]}\n',
      },
      'fabric-umad-exposed',
      'rdma/hca',
    ],
  ])('%s', (_, files, slug, message) => {
    const { slugs, messages } = audited(files);
    if (slug === '') expect(slugs).toEqual([]);
    else expect(slugs).toContain(slug);
    expect(messages).toContain(message);
  });

  it('a full member of the default partition that only the configuration makes', () => {
    const tables = [1, 2, 3, 4]
      .map(
        (lid) => `# smpquery pkeys ${lid}\n   0: ${['0xffff', '0x7fff 0x8010', '0x7fff 0x8010', '0x7fff 0x8020'][lid - 1]}\n8 pkeys capacity for this port\n`,
      )
      .join('');
    const { report, messages } = audited({ 'tables.txt': tables, 'partitions.conf': good.replace('SELF=full', 'SELF=full, 0x21=full') });
    expect(report.apart).toBe('fails');
    expect(messages).toContain('p (production) will be a full member of the default partition');
  });

  it('a key that is not where programs look', () => {
    expect(audited({}, zoneText('', 'true')).messages).toContain('The key of training stands at index 1');
    expect(audited({ 'partitions.conf': good.replace('T=0x10', 'T=0x10, indx0') }, zoneText('', 'true')).slugs).toEqual([]);
  });

  it('the line, when a zone has hosts by the labels of nodes and a map', () => {
    const zone = zoneText('hosts: {nodes: {pool: gpu}}');
    const nodes = ['a', 'b', 'c']
      .map((name) => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${name === 'c' ? 'cpu' : 'gpu'}}}\n`)
      .join('---\n');
    const map = { 'nodes.yaml': nodes, 'map.csv': 'host,port_guid\na,0x0000000000000011\nb,0x0000000000000012\n' };
    expect(audited(map, zone).slugs).toEqual([]);
    expect(audited({ 'nodes.yaml': nodes }, zone).slugs).toEqual(['fabric-host-by-description', 'fabric-host-by-description']);
    expect(audited({ ...map, 'map.csv': 'host,node_guid\na,0x1110\nb,0x1120\n' }, zone).slugs).toEqual([]);
  });

  it('that UFM joins zones, where there is no file', () => {
    const { report } = audited({ 'partitions.conf': '', 'ufm.json': '{"0x10": {"guids": [{"guid": "0000000000000011"}, {"guid": "0000000000000021"}]}}' });
    // An empty partition file is a file: OpenSM would make the fabric flat.
    expect(report.apart).toBe('fails');
  });
});

const tables = (own: string): string =>
  [['0xffff'], [own], [own], ['0x7fff 0x8020']].map(([row], i) => `# smpquery pkeys ${i + 1}\n   0: ${row}\n8 pkeys capacity for this port\n`).join('');

describe('what jobs are told of their key', () => {
  const pod = (env: string, device = '1', more = ''): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: t, namespace: ai}\nspec: {containers: [{name: c, image: i, securityContext: {runAsUser: 5}, env: [${env}], resources: {limits: {nvidia.com/hostdev: "${device}"}}${more}}]}\n`;
  const nccl = (value: string): string => `{name: NCCL_IB_PKEY, value: "${value}"}`;
  const ucx = (value: string): string => `{name: UCX_IB_PKEY, value: "${value}"}`;
  const second = '0x7fff 0x8010';

  it.each<[string, string, string, string]>([
    ['the index of the key', nccl('1'), second, ''],
    ['the index in hexadecimal', nccl('0x1'), second, ''],
    ['the default partition', nccl('0'), second, 'that place holds 0x7fff, and 0x0010 of training stands at index 1'],
    ['nothing, where index 0 is the default partition', '', second, 'does not set NCCL_IB_PKEY, so that NCCL takes index 0'],
    ['nothing, where index 0 is right', '', '0x8010 0x7fff', ''],
    ['no place of the table', nccl('7'), second, 'that place holds no key'],
    ['the key in place of its index', nccl('0x8010'), second, 'sets NCCL_IB_PKEY=0x8010, an index; on a (0x0000000000000011) that place holds no key'],
    ['no number', nccl('first'), second, 'that place holds no key'],
    ['the key to UCX', `${nccl('1')}, ${ucx('0x10')}`, second, ''],
    ['UCX to look for itself', `${nccl('1')}, ${ucx('auto')}`, second, ''],
    ['another key to UCX', `${nccl('1')}, ${ucx('0x20')}`, second, 'sets UCX_IB_PKEY=0x20; the partition of training is 0x0010'],
    ['the key to UCX with the bit of membership', `${nccl('1')}, ${ucx('0x8010')}`, second, 'UCX takes a number from 0 to 0x7fff'],
    ['something that only a Secret knows', '{name: NCCL_IB_PKEY, valueFrom: {secretKeyRef: {name: s, key: k}}}', second, ''],
  ])('%s', (_, env, own, says) => {
    const { slugs, messages } = audited({ 'tables.txt': tables(own), 'pod.yaml': pod(env) });
    expect(slugs.filter((slug) => slug === 'fabric-job-key')).toEqual(says === '' ? [] : ['fabric-job-key']);
    expect(messages).toContain(says);
  });

  it('is no matter for a pod without a device, nor where nobody can tell', () => {
    expect(audited({ 'tables.txt': tables(second), 'pod.yaml': pod('', '0') }).slugs).toEqual([]);
    expect(audited({ 'tables.txt': tables(second), 'pod.yaml': pod('', '1', ', envFrom: [{secretRef: {name: s}}]') }).slugs).toEqual([]);
    expect(audited({ 'pod.yaml': pod(nccl('1')), 'partitions.conf': '' }).slugs).not.toContain('fabric-job-key');
  });
});

describe('hosts of ports', () => {
  const node = (metadata: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, labels: {pool: t}, ${metadata}}\n`;
  const feature = (spec: string): string =>
    `${node('annotations: {}')}---\napiVersion: nfd.k8s-sigs.io/v1alpha1\nkind: NodeFeature\nmetadata: {name: x, namespace: nfd, labels: {nfd.node.kubernetes.io/node-name: gpu-1}}\nspec: ${spec}\n`;
  const guid = '0x0000000000000011';
  it.each<[string, string, boolean]>([
    ['an annotation of the node', node(`annotations: {ib/hca-guids: "${guid},0x0000000000000012"}`), true],
    [
      'a label of the node',
      `apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, labels: {pool: t, "feature.node.kubernetes.io/ib.port-guid": "0000000000000011"}}\n`,
      true,
    ],
    ['a node GUID', node('annotations: {example.org/node-guid: "0000:0000:0000:1110"}'), true],
    ['labels of a NodeFeature', feature(`{labels: {vendor/ib-port-guids: "0000000000000012_0000000000000011"}}`), true],
    ['features of a NodeFeature', feature(`{features: {attributes: {local.feature: {elements: {ib.port-guid: "${guid}"}}}}}`), true],
    ['an annotation that speaks of something else', node(`annotations: {example.org/image: "${guid}"}`), false],
    ['a list that holds more than GUIDs', node(`annotations: {ib/hca-guids: "${guid},mlx5_0"}`), false],
    ['a short number', node('annotations: {example.org/guid: "11"}'), false],
    ['a feature of another kind of value', feature('{features: {attributes: {local.feature: 7, x: {elements: [1]}}}}'), false],
  ])('are known by %s', (_, manifest, known) => {
    const { report } = audited({ 'nodes.yaml': manifest }, zoneText('hosts: {nodes: {pool: t}}'));
    const row = report.matrix.rows.find((r) => r.guid === '0000000000000011');
    expect([row?.host, row?.party]).toEqual(known ? ['gpu-1', 'training'] : ['a mlx5_0', null]);
    expect(report.findings.some((f) => f.check === 'fabric-host-by-description')).toBe(false);
  });
});

describe('counters', () => {
  const counter = (value: number, name = 'PortXmitConstraintErrors'): string => `# Port counters: Lid 2 port 1 (CapMask: 0x1)\n${name}:........${value}\n`;
  it.each<[string, readonly number[], string, string]>([
    ['that are nothing', [0], '', ''],
    ['that are something', [9], 'medium', '9 packets'],
    ['that rise', [9, 12], 'high', '3 more packets since the first reading'],
    ['that stand still', [9, 9], '', ''],
    ['that were cleared, and rise', [9, 0, 2], 'high', '2 more packets'],
    ['that were cleared', [9, 0], '', ''],
  ])('%s', (_, values, severity, says) => {
    const { report, messages } = audited(Object.fromEntries(values.map((value, i) => [`counters-${i}.txt`, counter(value)])));
    expect(report.findings.map((f) => f.severity)).toEqual(severity === '' ? [] : [severity]);
    expect(messages).toContain(says);
  });

  it('of several names are told apart', () => {
    const { report } = audited({ 'a.txt': counter(5), 'b.txt': counter(5, 'PortRcvConstraintErrors') });
    expect(report.findings).toHaveLength(2);
  });
});

it.each([
  ['in a chain', '{"plugins": [{"type": "tuning"}, {"type": "ib-sriov", "pkey": "0x8020"}]}', true],
  ['in another plugin', '{"plugins": [{"type": "ib-sriov"}, {"type": "x", "pkey": "0x0020"}]}', false],
  ['of its zone', '{"type": "ib-sriov", "pkey": "0x8010"}', false],
])('a key %s of an attachment', (_, config, foreign) => {
  const nad = `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ib, namespace: ai}\nspec: {config: '${config}'}\n`;
  expect(audited({ 'nad.yaml': nad }).slugs.includes('fabric-foreign-attachment')).toBe(foreign);
});
