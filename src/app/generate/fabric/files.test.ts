import { describe, expect, it } from 'vitest';
import { readZones } from '../../../spec/parse.ts';
import { compileAll } from '../../generate.ts';

const zone = (name: string, infiniband: string, transport = 'infiniband'): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: ${name}}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ${name}}
  nodes: {labels: {pool: ${name}}, exclusive: false}
  workloads: [{name: w, selector: {app: w}, collectives: {transport: ${transport}}}]
  fabric: {infiniband: ${infiniband}}
`;
const ports = (guid: string): string => `hosts: {ports: [{host: h, guid: "0x00000000000000${guid}"}]}`;

function packs(...texts: readonly string[]) {
  const { zones, diagnostics } = readZones(texts.map((text, i) => ({ file: `z${i}.yaml`, text })));
  expect(diagnostics).toEqual([]);
  const made = compileAll(zones);
  const file = (path: string): string | undefined => (made.ok ? made.value[0]?.files.find((f) => f.path === path)?.text : undefined);
  return { made, file, codes: made.diagnostics.map((d) => `${d.severity} ${d.code}`) };
}

describe('the fabric of a pack', () => {
  it('attaches pods with the key of the zone, where the zone names a resource', () => {
    const { file } = packs(zone('a', `{partition: {pkey: 0x10, indexZero: false}, ${ports('11')}, resource: openshift.io/ib}`));
    expect(file('75-fabric-attachment.yaml')).toContain('"pkey":"0x0010"');
    expect(file('75-fabric-attachment.yaml')).toContain('k8s.v1.cni.cncf.io/resourceName: openshift.io/ib');
    expect(file('kustomization.yaml')).toContain('75-fabric-attachment.yaml');
    expect(file('workload-scheduling.patch.yaml')).toMatch(/NCCL_IB_PKEY\n\s+value: "0"/);
  });

  it.each([
    ['at index 0', '{pkey: 0x100}', '', '0'],
    ['behind the default key', '{pkey: 0x100, indexZero: false}', '', '1'],
    [
      'before a hub whose key comes later',
      '{pkey: 0x100, indexZero: false}',
      ', hubs: [{name: s, pkey: 0x30, ports: [{host: s, guid: "0x0000000000000031"}]}]',
      '1',
    ],
    [
      'behind a hub whose key comes first, as OpenSM sorts keys',
      '{pkey: 0x30, indexZero: false}',
      ', hubs: [{name: s, pkey: 0x100, ports: [{host: s, guid: "0x0000000000000031"}]}]',
      '2',
    ],
  ])('tells NCCL the index of the key: %s', (_, partition, more, index) => {
    const { file } = packs(zone('a', `{partition: ${partition}, ${ports('11')}${more}}`));
    expect(file('workload-scheduling.patch.yaml')).toMatch(new RegExp(`NCCL_IB_PKEY\\n\\s+value: "${index}"`));
  });

  it('tells no workload that does not use it', () => {
    expect(packs(zone('a', `{partition: {pkey: 1}, ${ports('11')}}`, 'tcp')).file('workload-scheduling.patch.yaml')).not.toContain('IB_PKEY');
  });

  it('is not written where ports are not listed, and says so', () => {
    const { file, codes } = packs(zone('a', '{partition: {pkey: 1}}'));
    expect(codes).toEqual(['warning fabric-ports-unknown']);
    expect(file('fabric/partitions.conf')).toBeUndefined();
    expect(file('fabric/opensm.conf')).toContain('part_enforce both');
  });

  it('is refused where zones contradict each other', () => {
    expect(packs(zone('a', `{partition: {pkey: 1}, ${ports('11')}}`), zone('b', `{partition: {pkey: 2}, ${ports('11')}}`)).codes).toContain(
      'error fabric-port-twice',
    );
    expect(packs(zone('a', `{partition: {pkey: 1}, ${ports('11')}}`), zone('b', `{partition: {pkey: 1}, ${ports('12')}}`)).codes).toContain(
      'error fabric-key-twice',
    );
  });

  it('asks UFM for the memberships that the file gives', () => {
    const hub = 'hubs: [{name: s, pkey: 3, ports: [{host: s, guid: "0x0000000000000031"}]}]';
    const text = packs(zone('a', `{partition: {pkey: 1}, ${ports('11')}, ${hub}}`)).file('fabric/ufm-pkeys.json') ?? '';
    expect(JSON.parse(text).requests.map((r: { readonly body: unknown }) => r.body)).toEqual([
      { pkey: '0x0001', guids: ['0000000000000011'], memberships: ['full'], index0: true, ip_over_ib: false },
      { pkey: '0x0003', guids: ['0000000000000031', '0000000000000011'], memberships: ['full', 'limited'], index0: false, ip_over_ib: false },
    ]);
  });
});
