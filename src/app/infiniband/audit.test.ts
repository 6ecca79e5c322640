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
