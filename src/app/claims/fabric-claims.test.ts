import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { parseZone } from '../../spec/parse.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';

function zone(fabric: object, workload: object = {}, more: object = {}): LoadedZone {
  const spec = { platform: { cni: 'kubernetes' }, namespace: { name: 'ml' }, workloads: [{ name: 'w', selector: { app: 'w' }, ...workload }], fabric, ...more };
  const result = parseZone(JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'TrainingZone', metadata: { name: 'z' }, spec }), 'zone.json');
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('; '));
  return result.value;
}

/** Status and reasons of the claims about fabrics. */
function claims(loaded: LoadedZone, ...texts: readonly string[]): readonly string[] {
  const { snapshot } = loadSnapshot(texts.map((text, i) => ({ file: `f${i}.yaml`, text })));
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  return verify(snapshot, profile.value, [loaded])
    .zones.flatMap((z) => z.claims)
    .filter((c) => c.id.startsWith('safety/fabric-apart/'))
    .map((c) => `${c.id.slice('safety/fabric-apart/'.length)} ${c.status}${c.reasons.length === 0 ? '' : `: ${c.reasons.join('; ')}`}`);
}

const pod = (namespace: string, annotations: string, spec = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${namespace}, labels: {app: w}, annotations: {${annotations}}}\nspec: {${spec}containers: [{name: c, image: i}]}\n`;
const on = (network: string): string => `k8s.v1.cni.cncf.io/networks: ${network}`;
const nad = (name: string, config: string, resource = 'openshift.io/rail'): string => {
  const [namespace, own] = name.split('/');
  return `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ${own}, namespace: ${namespace}, annotations: {k8s.v1.cni.cncf.io/resourceName: ${resource}}}\nspec: {config: '${config}'}\n`;
};
const safe = (vlan: number): string => `{"type": "sriov", "vlan": ${vlan}, "trust": "off", "spoofchk": "on"}`;
const roce = { roce: { rails: [{ name: 'rail', resource: 'openshift.io/rail', vlan: 100 }] } };

describe('a VLAN', () => {
  const ours = [pod('ml', on('rail')), nad('ml/rail', safe(100))];
  test.each<readonly [string, readonly string[], string]>([
    ['that is the zone’s alone', ours, 'holds'],
    ['of which nothing is in the input', [], 'undecided: network ml/rail is not in the input'],
    ['that the network does not have', [nad('ml/rail', safe(7))], 'fails: network ml/rail has VLAN 7, the zone says 100'],
    [
      'with others in it',
      [...ours, pod('prod', on('net')), nad('prod/net', safe(100))],
      'fails: prod/p[Pod] shares VLAN 100 on physical network openshift.io/rail; network prod/net hands out VLAN 100 on the same wire',
    ],
    ['that another network hands out', [...ours, nad('prod/net', safe(100))], 'fails: network prod/net hands out VLAN 100 on the same wire'],
    [
      'that another network hands out elsewhere',
      [...ours, nad('prod/net', safe(100), 'x/other')],
      'undecided: network prod/net hands out VLAN 100 too, and whether its wire is another is not known',
    ],
    ['beside others', [...ours, pod('prod', on('net')), nad('prod/net', safe(200))], 'holds'],
    [
      'into which others may put themselves',
      [...ours, pod('prod', on('net')), nad('prod/net', safe(0))],
      'undecided: prod/p[Pod] may share VLAN 100 on physical network openshift.io/rail, whose tag a device without a VLAN can put on its own frames',
    ],
    [
      'whose devices are trusted',
      [nad('ml/rail', '{"type": "sriov", "vlan": 100, "trust": "on", "spoofchk": "on"}')],
      'fails: network ml/rail trusts its pods (trust on): they may pose as others',
    ],
    [
      'whose spoof check nobody tells',
      [nad('ml/rail', '{"type": "sriov", "vlan": 100}')],
      "undecided: network ml/rail does not say whether the spoof check is on: the card's own default holds",
    ],
  ])('%s', (_, texts, wanted) => {
    expect(claims(zone(roce), ...texts)).toEqual([`vlan-100-rail ${wanted}`]);
  });

  const node = (name: string, pool: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${pool}}}\nspec: {taints: [{key: role, value: training, effect: NoSchedule}]}\n`;
  const agent = (namespace: string, tolerations: string, more = ''): string =>
    `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: ${namespace}}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${more}${tolerations}containers: [{name: c, image: i${more === '' ? ', securityContext: {privileged: true}' : ''}}]}}}\n`;
  const asks = (resource: string, annotations = ''): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: prod, annotations: {${annotations}}}\nspec: {containers: [{name: c, image: i, resources: {limits: {${resource}: "1"}}}]}\n`;
  const pool = { nodes: { labels: { pool: 'gpu' }, taint: 'role=training:NoSchedule' } };
  const everything = 'tolerations: [{operator: Exists}], ';
  const silent = (name: string, resource?: string): string =>
    `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ${name}, namespace: prod${resource === undefined ? '' : `, annotations: {k8s.v1.cni.cncf.io/resourceName: ${resource}}`}}\n`;
  const pools = (...all: readonly (readonly [string, string])[]): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: kube-system}\ndata: {config.json: '{"resourceList": [${all.map(([name, port]) => `{"resourcePrefix": "openshift.io", "resourceName": "${name}", "selectors": {"pfNames": ["${port}"], "isRdma": true}}`).join(', ')}]}'}\n`;

  test.each<readonly [string, readonly string[], string]>([
    [
      'into which others may put themselves, for all that is known of their wire',
      [pod('prod', on('net')), nad('prod/net', safe(0), 'openshift.io/other')],
      'undecided: prod/p[Pod] may share VLAN 100, whose tag a device without a VLAN can put on its own frames: nothing in the input says that physical network openshift.io/rail and physical network openshift.io/other are two',
    ],
    [
      'beside untagged devices of another wire',
      [pod('prod', on('net')), nad('prod/net', safe(0), 'openshift.io/other'), pools(['rail', 'ens1f0'], ['other', 'ens2f0'])],
      'holds',
    ],
    [
      'whose devices a network hands out that says nothing of itself',
      [silent('net', 'openshift.io/rail')],
      'undecided: network prod/net hands out devices of the rail, and in which VLAN is not in the input: its configuration lies on the nodes',
    ],
    ['beside a network that says nothing, and that nobody is on', [silent('net')], 'holds'],
    [
      'beside pods on a network that says nothing',
      [silent('net'), pod('prod', on('net'))],
      'undecided: prod/p[Pod] is on network prod/net, of which the input says nothing',
    ],
    ['beside pods on a network that is not in the input', [pod('prod', on('net'))], 'undecided: prod/p[Pod] is on network prod/net, which is not in the input'],
    [
      'whose devices others ask for without a network',
      [asks('openshift.io/rail')],
      'undecided: prod/p[Pod] asks for a device of the rail, and no network of the input puts it into a VLAN',
    ],
    ['whose devices others ask for with a network of another VLAN', [asks('openshift.io/rail', on('net')), nad('prod/net', safe(200))], 'holds'],
    [
      'on which an interface of another kind stands',
      [nad('prod/net', '{"type": "macvlan", "master": "ens1f0.100"}', '""'), pools(['rail', 'ens1f0'])],
      'fails: network prod/net hands out VLAN 100 on the same wire',
    ],
    [
      'on which an interface of another kind may stand',
      [nad('prod/net', '{"type": "macvlan", "master": "ens1f0.100"}', '""')],
      'undecided: network prod/net hands out VLAN 100 too, and whether its wire is another is not known',
    ],
    ['beside an interface of another VLAN', [nad('prod/net', '{"type": "macvlan", "master": "ens1f0.200"}', '""'), pools(['rail', 'ens1f0'])], 'holds'],
    [
      'whose ports a privileged pod of others has',
      [agent('prod', everything)],
      'fails: prod/a[DaemonSet] may come to run on node gpu-1 with the network or the devices of the node: it has the ports of the rail, and may put any VLAN on its frames',
    ],
    [
      'whose ports a pod of others on the network of the node has',
      [agent('prod', everything, 'hostNetwork: true, ')],
      'fails: prod/a[DaemonSet] may come to run on node gpu-1 with the network or the devices of the node: it has the ports of the rail, and may put any VLAN on its frames',
    ],
    ['beside privileged pods that do not come there', [agent('prod', '')], 'holds'],
    ['beside node software', [agent('kube-system', everything)], 'holds'],
    ['beside pods that are not privileged', [agent('prod', everything, 'hostPID: false, ')], 'holds'],
  ])('%s', (_, texts, wanted) => {
    expect(claims(zone(roce, {}, pool), ...ours, node('gpu-1', 'gpu'), ...texts)).toEqual([`vlan-100-rail ${wanted}`]);
  });

  test('a privileged pod of others may be anywhere where the zone names no nodes', () => {
    expect(claims(zone(roce), ...ours, agent('prod', everything))[0]).toMatch(
      /^vlan-100-rail undecided: not known: whether prod\/a\[DaemonSet\] runs on nodes/,
    );
    expect(claims(zone(roce), ...ours, agent('kube-system', everything))).toEqual(['vlan-100-rail holds']);
  });

  test('what generate makes of it holds, and isolates the rail', () => {
    const loaded = zone(roce, { collectives: { transport: 'roce' } });
    const pack = compile(loaded);
    if (!pack.ok) throw new Error('refused');
    const texts = pack.value.files.filter((f) => f.path.endsWith('.yaml') && !f.path.startsWith('nodes/')).map((f) => f.text);
    expect(claims(loaded, ...texts)).toEqual(['vlan-100-rail holds']);
    const { snapshot, diagnostics } = loadSnapshot(texts.map((text, i) => ({ file: `f${i}.yaml`, text })));
    expect(diagnostics).toEqual([]);
    expect(snapshot.secondary.networks).toMatchObject([
      { name: 'ml/rail', plugin: 'sriov', settings: { vlan: 100, trust: false, spoofCheck: true, rdmaIsolation: true } },
    ]);
    expect(snapshot.secondary.policies.map((p) => [p.name, p.networks, p.isolates.ingress && p.isolates.egress, p.rules.length])).toEqual([
      ['rails-default-deny', ['ml/rail'], true, 0],
      ['w-rails', ['ml/rail'], true, 2],
    ]);
  });
});

describe('security groups of EFA', () => {
  const efa = { efa: { securityGroups: ['sg-00000001'] } };
  const group = (ingress: string, egress: string): string =>
    `SecurityGroups: [{GroupId: sg-00000001, IpPermissions: [{IpProtocol: "-1", ${ingress}}], IpPermissionsEgress: [{IpProtocol: "-1", ${egress}}]}]\n`;
  const own = 'UserIdGroupPairs: [{GroupId: sg-00000001}]';
  const node = (name: string, id: string, pool: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${pool}}}\nspec: {providerID: "aws:///us-east-1a/${id}"}\n`;
  const ours = [node('n-1', 'i-1', 'gpu'), pod('ml', '')];
  const instances = 'Reservations: [{Instances: [{InstanceId: i-1, NetworkInterfaces: [{InterfaceType: efa, Groups: [{GroupId: sg-00000001}]}]}]}]\n';
  test.each<readonly [string, readonly string[], string]>([
    ['closed', [...ours, group(own, own), instances], 'holds'],
    [
      'with a machine in it that nobody knows',
      [group(own, own), instances],
      'undecided: not known: whether instance i-1, which is in group sg-00000001, is a node of the zone: no Node of the input is this instance',
    ],
    ['nothing known', [], 'undecided: security group sg-00000001 is not in the input: give aws ec2 describe-security-groups'],
    [
      'out to everywhere only',
      [group(own, 'IpRanges: [{CidrIp: 0.0.0.0/0}]'), instances, ...ours],
      'fails: security group sg-00000001 does not name itself for all traffic, inbound and outbound: EFA passes nothing, and jobs hang',
    ],
    [
      'another source',
      [group('UserIdGroupPairs: [{GroupId: sg-00000001}, {GroupId: sg-00000002}]', own), instances, ...ours],
      'fails: security group sg-00000001 lets all traffic in from sg-00000002',
    ],
    ['no instances', [group(own, own)], 'undecided: which instances are in the group is not in the input: give aws ec2 describe-instances'],
  ])('%s', (_, texts, wanted) => {
    expect(claims(zone(efa), ...texts)).toEqual([`efa-sg-00000001 ${wanted}`]);
  });
});

test('a node outside of the pool in a security group of the zone', () => {
  const own = 'UserIdGroupPairs: [{GroupId: sg-00000001}]';
  const texts = [
    `SecurityGroups: [{GroupId: sg-00000001, IpPermissions: [{IpProtocol: "-1", ${own}}], IpPermissionsEgress: [{IpProtocol: "-1", ${own}}]}]\n`,
    `Reservations: [{Instances: [${['i-1', 'i-2'].map((id) => `{InstanceId: ${id}, NetworkInterfaces: [{InterfaceType: efa, Groups: [{GroupId: sg-00000001}]}]}`).join(', ')}]}]\n`,
    ...[
      ['n-1', 'gpu'],
      ['n-2', 'cpu'],
    ].map(
      ([name, pool]) =>
        `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${pool}}}\nspec: {providerID: "aws:///us-east-1a/i-${name?.at(-1)}"}\n`,
    ),
  ];
  const loaded = zone({ efa: { securityGroups: ['sg-00000001'] } }, {}, { nodes: { labels: { pool: 'gpu' } } });
  expect(claims(loaded, ...texts)).toEqual(['efa-sg-00000001 fails: instance i-2, node n-2, which is none that the zone may run on, is in group sg-00000001']);
});

test('a VPC of GKE, and a ComputeDomain', () => {
  const network = (name: string, vpc: string): string =>
    `apiVersion: networking.gke.io/v1\nkind: Network\nmetadata: {name: ${name}}\nspec: {type: Device, parametersRef: {name: ${name}}}\n---\napiVersion: networking.gke.io/v1\nkind: GKENetworkParamSet\nmetadata: {name: ${name}}\nspec: {vpc: ${vpc}}\n`;
  const gke = zone({ gke: { networks: ['rail'] } });
  expect(claims(gke, network('rail', 'gpu'), network('other', 'data'))).toEqual(['gke-rail holds']);
  expect(claims(gke)).toEqual(['gke-rail undecided: Network rail is not in the input']);
  const uses = pod('prod', `networking.gke.io/interfaces: '[{"interfaceName":"eth1","network":"other"}]'`);
  expect(claims(gke, network('rail', 'gpu'), network('other', 'gpu'), uses)[0]).toMatch(/^gke-rail fails: prod\/p\[Pod\] has an interface in VPC gpu of GKE/);
  const domain = (mode: string): string =>
    `apiVersion: resource.nvidia.com/v1beta1\nkind: ComputeDomain\nmetadata: {name: d, namespace: ml}\nspec: {numNodes: 2, channel: {allocationMode: ${mode}, resourceClaimTemplate: {name: t}}}\n`;
  const nvlink = zone({ nvlink: { computeDomains: ['d'] } });
  expect(claims(nvlink, domain('Single'))).toEqual(['compute-domain-d holds']);
  expect(claims(nvlink, domain('All'))[0]).toMatch(/^compute-domain-d fails/);
  expect(claims(nvlink)[0]).toMatch(/^compute-domain-d undecided/);
});
