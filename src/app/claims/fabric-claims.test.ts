import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { parseZone } from '../../spec/parse.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';

function zone(fabric: object, workload: object = {}): LoadedZone {
  const spec = { platform: { cni: 'kubernetes' }, namespace: { name: 'ml' }, workloads: [{ name: 'w', selector: { app: 'w' }, ...workload }], fabric };
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
  const instances = 'Reservations: [{Instances: [{InstanceId: i-1, NetworkInterfaces: [{InterfaceType: efa, Groups: [{GroupId: sg-00000001}]}]}]}]\n';
  test.each<readonly [string, readonly string[], string]>([
    ['closed', [group(own, own), instances], 'holds'],
    ['nothing known', [], 'undecided: security group sg-00000001 is not in the input: give aws ec2 describe-security-groups'],
    [
      'out to everywhere only',
      [group(own, 'IpRanges: [{CidrIp: 0.0.0.0/0}]'), instances],
      'fails: security group sg-00000001 does not name itself for all traffic, inbound and outbound: EFA passes nothing, and jobs hang',
    ],
    [
      'another source',
      [group('UserIdGroupPairs: [{GroupId: sg-00000001}, {GroupId: sg-00000002}]', own), instances],
      'fails: security group sg-00000001 lets all traffic in from sg-00000002',
    ],
    ['no instances', [group(own, own)], 'undecided: which instances are in the group is not in the input: give aws ec2 describe-instances'],
  ])('%s', (_, texts, wanted) => {
    expect(claims(zone(efa), ...texts)).toEqual([`efa-sg-00000001 ${wanted}`]);
  });
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
