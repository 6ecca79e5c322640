import { describe, expect, test } from 'vitest';
import { attachmentsOf } from '../../attachments/attachments-of.ts';
import { meetingAmong } from '../../attachments/meeting.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { loadSnapshot } from '../load.ts';

interface PodText {
  readonly networks?: string;
  readonly gke?: string;
  readonly resources?: string;
  readonly spec?: string;
}

function pod(name: string, { networks, gke, resources = '{}', spec = '' }: PodText = {}): string {
  const [namespace, own] = name.split('/');
  const annotations = [
    ...(networks === undefined ? [] : [`k8s.v1.cni.cncf.io/networks: '${networks}'`]),
    ...(gke === undefined ? [] : [`networking.gke.io/interfaces: '${gke}'`]),
  ].join(', ');
  return `apiVersion: v1
kind: Pod
metadata: {name: ${own}, namespace: ${namespace}, labels: {app: ${own}}, annotations: {${annotations}}}
spec: {${spec === '' ? '' : `${spec}, `}containers: [{name: c, image: "registry.example.com/i:1", resources: ${resources}}]}
`;
}

function nad(name: string, config: string, resource?: string): string {
  const [namespace, own] = name.split('/');
  return `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: ${own}, namespace: ${namespace}${resource === undefined ? '' : `, annotations: {k8s.v1.cni.cncf.io/resourceName: ${resource}}`}}
spec: {config: '${config}'}
`;
}

function load(...texts: readonly string[]): Snapshot & { readonly codes: readonly string[] } {
  const { snapshot, diagnostics } = loadSnapshot(texts.map((text, i) => ({ file: `f${i}.${text.startsWith('{') ? 'json' : 'yaml'}`, text })));
  return { ...snapshot, codes: diagnostics.map((d) => d.code) };
}

const named = (snapshot: Snapshot, name: string) => {
  const found = snapshot.workloads.find((w) => `${w.namespace}/${w.name}` === name);
  if (found === undefined) throw new Error(`no workload ${name}`);
  return found;
};

/** What governs each attachment of a workload, a line each. */
function rules(snapshot: Snapshot, name: string): readonly string[] {
  return attachmentsOf(snapshot, named(snapshot, name)).flatMap((a) => a.rules.map((r) => `${a.kind} ${r.traffic} ${r.state}: ${r.text}`));
}

/** How two workloads meet: `allowed VLAN 100 …`, or `apart`. */
function meet(snapshot: Snapshot, a: string, b: string): string {
  const segments = (name: string) => attachmentsOf(snapshot, named(snapshot, name)).flatMap((x) => x.segments);
  const meeting = meetingAmong(snapshot, segments(a), segments(b));
  const back = meetingAmong(snapshot, segments(b), segments(a));
  expect(back?.certainty).toBe(meeting?.certainty);
  return meeting === null ? 'apart' : `${meeting.certainty} ${meeting.through}`;
}

const rail = (vlan: number | null, more = ''): string => `{"type": "sriov"${vlan === null ? '' : `, "vlan": ${vlan}`}${more}}`;

describe('what governs an attachment', () => {
  test('the VLAN of a virtual function governs packets and verbs', () => {
    const snapshot = load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', rail(100), 'openshift.io/rail'));
    expect(rules(snapshot, 'ml/a')).toEqual(['sriov all elsewhere: by VLAN 100, which the network card puts on what the device sends (ml/rail)']);
  });

  test('without a VLAN nothing governs verbs, and a MultiNetworkPolicy governs none of them', () => {
    const policy = `apiVersion: k8s.cni.cncf.io/v1beta1
kind: MultiNetworkPolicy
metadata: {name: p, namespace: ml, annotations: {k8s.v1.cni.cncf.io/policy-for: rail}}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
    const snapshot = load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', rail(null)), policy);
    expect(rules(snapshot, 'ml/a').map((r) => r.slice(0, 24))).toEqual(['sriov packets unknown: M', 'sriov verbs ungoverned: ']);
  });

  test('a network without RDMA has no verbs to tell of', () => {
    const pool = `apiVersion: sriovnetwork.openshift.io/v1
kind: SriovNetworkNodePolicy
metadata: {name: p, namespace: op}
spec: {resourceName: rail, isRdma: false, nicSelector: {pfNames: [ens1f0]}, nodeSelector: {}, numVfs: 4}
`;
    const snapshot = load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', rail(null), 'openshift.io/rail'), pool);
    expect(rules(snapshot, 'ml/a').filter((r) => r.includes('verbs'))).toEqual([]);
  });

  test.each([
    ['macvlan', '{"type": "macvlan", "master": "ens1f0.7"}', 'macvlan packets elsewhere: by VLAN 7 of ens1f0.7'],
    ['ipvlan', '{"plugins": [{"type": "ipvlan", "master": "ens1f0.7"}]}', 'ipvlan packets elsewhere: by VLAN 7 of ens1f0.7'],
    ['ipoib', '{"type": "ipoib", "master": "ib0.8005"}', 'ipoib packets elsewhere: by InfiniBand partition 0x8005 of ib0.8005'],
  ])('%s on an interface of its own', (_name, config, rule) => {
    expect(rules(load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', config)), 'ml/a')).toContain(rule);
  });

  test('a partition key counts where ib-kubernetes reads it, and not where nothing does', () => {
    const config = '{"type": "ib-sriov", "pkey": "0x0011", "ibKubernetesEnabled": true}';
    const operator = 'apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: nic}\nspec: {ibKubernetes: {image: ib-kubernetes}}\n';
    const [withIt, without] = [
      load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', config), operator),
      load(pod('ml/a', { networks: 'rail' }), nad('ml/rail', config)),
    ];
    expect(rules(withIt, 'ml/a')).toEqual([
      'ib-sriov verbs elsewhere: by InfiniBand partition 0x0011 of ml/rail, which ib-kubernetes has the subnet manager keep',
    ]);
    expect(rules(without, 'ml/a')[0]).toContain(
      'ib-sriov verbs unknown: ml/rail names partition 0x0011, which only ib-kubernetes reads, and nothing in the input runs it',
    );
  });

  test('devices without a network: shared, handed over, mounted', () => {
    const snapshot = load(
      pod('ml/shared', { resources: '{limits: {rdma/hca_shared_devices_a: "1"}}' }),
      pod('ml/handed', { resources: '{limits: {nvidia.com/hostdev: "1"}}' }),
      pod('ml/mounted', { spec: 'volumes: [{name: ib, hostPath: {path: /dev/infiniband}}]' }),
      pod('ml/none', { resources: '{limits: {rdma/hca_shared_devices_a: "0"}}' }),
    );
    expect(
      ['shared', 'handed', 'mounted', 'none'].map((n) => attachmentsOf(snapshot, named(snapshot, `ml/${n}`)).map((a) => `${a.kind} ${a.rules[0]?.state}`)),
    ).toEqual([['shared-rdma ungoverned'], ['rdma-device ungoverned'], ['rdma-device ungoverned'], []]);
  });

  test('a device that is there for an interface is told with it', () => {
    const snapshot = load(pod('ml/a', { networks: 'rail', resources: '{limits: {rdma/vf: "1"}}' }), nad('ml/rail', rail(5), 'rdma/vf'));
    expect(attachmentsOf(snapshot, named(snapshot, 'ml/a')).map((a) => a.kind)).toEqual(['sriov']);
  });

  test('operators: the network that an object stands for, unless it is there', () => {
    const network = (spec: string): string =>
      `apiVersion: sriovnetwork.openshift.io/v1\nkind: SriovNetwork\nmetadata: {name: rail, namespace: op}\nspec: {resourceName: rail, networkNamespace: ml, ${spec}}\n`;
    expect(rules(load(pod('ml/a', { networks: 'rail' }), network('vlan: 9')), 'ml/a')[0]).toContain('by VLAN 9');
    expect(rules(load(pod('ml/a', { networks: 'rail' }), network('vlan: 9'), nad('ml/rail', rail(8))), 'ml/a')[0]).toContain('by VLAN 8');
    const rest = ['HostDeviceNetwork', 'MacvlanNetwork', 'IPoIBNetwork'].map((kind) => {
      const text = `apiVersion: mellanox.com/v1alpha1\nkind: ${kind}\nmetadata: {name: rail}\nspec: {networkNamespace: ml, master: ens2, resourceName: hostdev}\n`;
      return attachmentsOf(load(pod('ml/a', { networks: 'rail' }), text), named(load(pod('ml/a', { networks: 'rail' }), text), 'ml/a'))[0]?.kind;
    });
    expect(rest).toEqual(['host-device', 'macvlan', 'ipoib']);
  });

  test('what is no configuration is a warning, and then nothing is taken from it', () => {
    const snapshot = load(
      pod('ml/a', { networks: 'a,b,c' }),
      nad('ml/a', '{"type": "sriov", "vlan": "100", "trust": true, "spoofchk": {}}'),
      nad('ml/b', '{"type": "ib-sriov", "pkey": 17}'),
      nad('ml/c', '{"plugins": {"type": "sriov"}, "type": ["x"]}'),
    );
    expect(snapshot.codes.filter((c) => c === 'bad-cni-config')).toHaveLength(4);
    expect(snapshot.secondary.networks.map((n) => [n.plugin, n.settings.vlan, n.settings.trust, n.settings.pkey])).toEqual([
      ['sriov', null, null, null],
      ['ib-sriov', null, null, null],
      [null, null, null, null],
    ]);
  });
});

describe('who meets whom', () => {
  const pool = (resource: string, port: string): string =>
    `apiVersion: sriovnetwork.openshift.io/v1\nkind: SriovNetworkNodePolicy\nmetadata: {name: ${resource}, namespace: op}\nspec: {resourceName: ${resource}, isRdma: true, numVfs: 4, nodeSelector: {}, nicSelector: {pfNames: ["${port}#0-3"]}}\n`;
  const two = (a: string, b: string, ...more: readonly string[]): Snapshot =>
    load(pod('ml/a', { networks: 'a' }), pod('prod/b', { networks: 'b' }), a, b, ...more);

  test('one VLAN on one port, by different networks', () => {
    const snapshot = two(nad('ml/a', rail(100), 'openshift.io/one'), nad('prod/b', '{"type": "macvlan", "master": "ens1f0.100"}'), pool('one', 'ens1f0'));
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('allowed VLAN 100 on physical network ens1f0');
  });

  test('VLANs apart are apart, and one VLAN on two ports may be one', () => {
    expect(meet(two(nad('ml/a', rail(100), 'x/one'), nad('prod/b', rail(200), 'x/one')), 'ml/a', 'prod/b')).toBe('apart');
    const ports = two(nad('ml/a', rail(100), 'x/one'), nad('prod/b', rail(100), 'x/two'), pool('one', 'ens1f0'), pool('two', 'ens2f0'));
    expect(meet(ports, 'ml/a', 'prod/b')).toBe('unknown VLAN 100, if physical networks ens1f0 and ens2f0 are joined');
  });

  test('untagged on two ports is apart; on one port it is one, and may tag itself into a VLAN', () => {
    const ports = two(nad('ml/a', rail(null), 'x/one'), nad('prod/b', '{"type": "macvlan", "master": "ens2f0"}'), pool('one', 'ens1f0'));
    expect(meet(ports, 'ml/a', 'prod/b')).toBe('apart');
    expect(meet(two(nad('ml/a', rail(0), 'x/one'), nad('prod/b', rail(null), 'x/one')), 'ml/a', 'prod/b')).toBe(
      'allowed untagged frames on physical network x/one',
    );
    expect(meet(two(nad('ml/a', rail(0), 'x/one'), nad('prod/b', rail(7), 'x/one')), 'ml/a', 'prod/b')).toBe(
      'unknown VLAN 7 on physical network x/one, whose tag a device without a VLAN can put on its own frames',
    );
  });

  test('partitions, by their fifteen bits', () => {
    const operator = 'apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: nic}\nspec: {ibKubernetes: {image: ib-kubernetes}}\n';
    const ib = (name: string, pkey: string): string => nad(name, `{"type": "ib-sriov", "pkey": "${pkey}", "ibKubernetesEnabled": true}`);
    expect(meet(two(ib('ml/a', '0x0011'), ib('prod/b', '0x8011'), operator), 'ml/a', 'prod/b')).toBe('allowed InfiniBand partition 0x0011');
    expect(meet(two(ib('ml/a', '0x0011'), ib('prod/b', '0x0012'), operator), 'ml/a', 'prod/b')).toBe('apart');
    expect(meet(two(ib('ml/a', '0x0011'), ib('prod/b', '0x0012')), 'ml/a', 'prod/b')).toMatch(/^unknown an InfiniBand fabric/);
  });

  test('the physical function of a node', () => {
    const asking = { resources: '{limits: {rdma/hca: "1"}}' };
    const snapshot = load(
      pod('ml/a', { ...asking, spec: 'nodeName: gpu-1' }),
      pod('prod/b', { ...asking, spec: 'nodeName: gpu-1' }),
      pod('prod/c', { ...asking, spec: 'nodeName: gpu-2' }),
    );
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('allowed the physical function behind rdma/hca of node gpu-1');
    expect(meet(snapshot, 'ml/a', 'prod/c')).toMatch(/^unknown an RDMA fabric/);
  });

  test('a VPC of GKE, behind two networks', () => {
    const network = (name: string, vpc: string): string =>
      `apiVersion: networking.gke.io/v1\nkind: Network\nmetadata: {name: ${name}}\nspec: {type: Device, parametersRef: {group: networking.gke.io, kind: GKENetworkParamSet, name: ${name}}}\n---\napiVersion: networking.gke.io/v1\nkind: GKENetworkParamSet\nmetadata: {name: ${name}}\nspec: {vpc: ${vpc}, vpcSubnet: s, deviceMode: NetDevice}\n`;
    const on = (name: string): PodText => ({ gke: `[{"interfaceName":"eth0","network":"default"},{"interfaceName":"eth1","network":"${name}"}]` });
    const pods = [pod('ml/a', on('rail-a')), pod('prod/b', on('rail-b')), pod('prod/none', { gke: '[{"interfaceName":"eth0","network":"default"}]' })];
    const shared = load(...pods, network('rail-a', 'gpu-net'), network('rail-b', 'gpu-net'));
    expect(meet(shared, 'ml/a', 'prod/b')).toBe('unknown VPC gpu-net of GKE, whose firewall is not in the input');
    expect(meet(shared, 'ml/a', 'prod/none')).toBe('apart');
    expect(rules(shared, 'ml/a')).toEqual(['gke-network all elsewhere: by the firewall of VPC gpu-net: no NetworkPolicy is about this interface']);
    expect(meet(load(...pods, network('rail-a', 'one'), network('rail-b', 'other')), 'ml/a', 'prod/b')).toBe('apart');
    expect(rules(load(pod('ml/a', { gke: 'no json' })), 'ml/a')[0]).toMatch(/^gke-network all unknown/);
  });

  test('one ComputeDomain, by the template that is made for it and by a claim that names its uid', () => {
    const domain =
      'apiVersion: resource.nvidia.com/v1beta1\nkind: ComputeDomain\nmetadata: {name: d, namespace: ml, uid: 6c0e}\nspec: {numNodes: 2, channel: {allocationMode: All, resourceClaimTemplate: {name: channel}}}\n';
    const claim =
      'apiVersion: resource.k8s.io/v1\nkind: ResourceClaimTemplate\nmetadata: {name: own, namespace: prod}\nspec: {spec: {devices: {requests: [{name: c, exactly: {deviceClassName: compute-domain-default-channel.nvidia.com}}], config: [{opaque: {driver: compute-domain.nvidia.com, parameters: {kind: ComputeDomainChannelConfig, domainID: 6c0e}}}]}}}\n';
    const claiming = (name: string): PodText => ({ spec: `resourceClaims: [{name: x, resourceClaimTemplateName: ${name}}]` });
    const snapshot = load(pod('ml/a', claiming('channel')), pod('prod/b', claiming('own')), pod('prod/c', claiming('channel')), domain, claim);
    expect(rules(snapshot, 'ml/a')[0]).toContain('all channels of the node');
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('allowed ComputeDomain ml/d: memory of GPUs over NVLink');
    expect(meet(snapshot, 'ml/a', 'prod/c')).toBe('apart');
  });
});

describe('EFA, whose security groups count', () => {
  const asking = (node: string): PodText => ({ resources: '{limits: {vpc.amazonaws.com/efa: "4"}}', spec: `nodeName: ${node}` });
  const node = (name: string, id: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {providerID: "aws:///us-east-1a/${id}"}\n`;
  const instances = (groups: Readonly<Record<string, string>>): string =>
    JSON.stringify({
      Reservations: [
        {
          Instances: Object.entries(groups).map(([id, group]) => ({
            InstanceId: id,
            NetworkInterfaces: [
              { InterfaceType: 'interface', Groups: [{ GroupId: 'sg-plain' }] },
              { InterfaceType: 'efa', Groups: [{ GroupId: group }] },
            ],
          })),
        },
      ],
    });
  const all = (...peers: readonly string[]): unknown => ({ IpProtocol: '-1', UserIdGroupPairs: peers.map((GroupId) => ({ GroupId })), IpRanges: [] });
  const groups = (...list: readonly (readonly [string, readonly unknown[], readonly unknown[]])[]): string =>
    JSON.stringify({
      SecurityGroups: list.map(([GroupId, IpPermissions, IpPermissionsEgress]) => ({ GroupId, GroupName: GroupId, IpPermissions, IpPermissionsEgress })),
    });
  const base = [pod('ml/a', asking('n1')), pod('prod/b', asking('n2')), node('n1', 'i-1'), node('n2', 'i-2')];
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

  test('nothing said is not known', () => {
    const snapshot = load(...base);
    expect(rules(snapshot, 'ml/a')[0]).toMatch(/^efa all unknown/);
    expect(meet(snapshot, 'ml/a', 'prod/b')).toMatch(/^unknown EFA/);
  });

  test('one group that names itself both ways', () => {
    const snapshot = load(...base, instances({ 'i-1': 'sg-1', 'i-2': 'sg-1' }), groups(['sg-1', [all('sg-1')], [all('sg-1')]]));
    expect(rules(snapshot, 'ml/a')).toEqual(['efa all elsewhere: by security group sg-1']);
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('allowed EFA security group sg-1');
  });

  test('an egress rule to everywhere does not cover EFA', () => {
    const snapshot = load(...base, instances({ 'i-1': 'sg-1', 'i-2': 'sg-1' }), groups(['sg-1', [all('sg-1')], [everywhere]]));
    expect(rules(snapshot, 'ml/a')[0]).toContain('EFA passes nothing among their members');
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('apart');
  });

  test('two groups are apart until each names the other', () => {
    const apart = load(
      ...base,
      instances({ 'i-1': 'sg-1', 'i-2': 'sg-2' }),
      groups(['sg-1', [all('sg-1', 'sg-2')], [all('sg-1')]], ['sg-2', [all('sg-2')], [all('sg-2')]]),
    );
    expect(meet(apart, 'ml/a', 'prod/b')).toBe('apart');
    const joined = load(...base, instances({ 'i-1': 'sg-1', 'i-2': 'sg-2' }), groups(['sg-1', [all('sg-2')], [all('sg-1')]], ['sg-2', [], [all('sg-1')]]));
    expect(meet(joined, 'ml/a', 'prod/b')).toBe('allowed EFA security groups sg-1 and sg-2, which admit each other');
  });

  test('a group that is not in the input is not known; answers that are no such thing are read past', () => {
    const snapshot = load(
      ...base,
      instances({ 'i-1': 'sg-1', 'i-2': 'sg-9' }),
      groups(['sg-1', [], []]),
      '{"SecurityGroups": "x"}',
      '{"Reservations": [null, {"Instances": [7]}]}',
    );
    expect(meet(snapshot, 'ml/a', 'prod/b')).toBe('unknown EFA: not all of security groups sg-1, sg-9 are in the input');
  });

  test('by the driver for Dynamic Resource Allocation', () => {
    const claim =
      'apiVersion: resource.k8s.io/v1\nkind: ResourceClaimTemplate\nmetadata: {name: efa, namespace: ml}\nspec: {spec: {devices: {requests: [{name: e, exactly: {deviceClassName: efa.networking.k8s.aws}}]}}}\n';
    const snapshot = load(pod('ml/a', { spec: 'resourceClaims: [{name: e, resourceClaimTemplateName: efa}]' }), claim);
    expect(attachmentsOf(snapshot, named(snapshot, 'ml/a')).map((a) => a.kind)).toEqual(['efa']);
  });
});
