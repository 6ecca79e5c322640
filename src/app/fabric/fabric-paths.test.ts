import { expect, test } from 'vitest';
import { profiles } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import type { TrainingWorkload } from '../../model/scan-report.ts';
import { loadSnapshot } from '../load.ts';
import { scan } from '../scan.ts';

const deny = (namespace: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: ${namespace}}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n`;
const pod = (namespace: string, name: string, network: string | null, resources = '{}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}${network === null ? '' : `, annotations: {k8s.v1.cni.cncf.io/networks: ${network}}`}}\nspec: {nodeName: n-${name}, containers: [{name: c, image: i, ports: [{containerPort: 80}], resources: ${resources}}]}\n`;
const wire = (name: string, vlan: number): string =>
  `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: ${name}, namespace: net}\nspec: {config: '{"type": "macvlan", "master": "ens1.${vlan}"}'}\n`;

function scanned(...texts: readonly string[]): TrainingWorkload {
  const { snapshot, diagnostics } = loadSnapshot(texts.map((text, i) => ({ file: `f${i}.yaml`, text })));
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profiles.find((p) => p.id === 'kubernetes');
  if (profile === undefined) throw new Error('no profile');
  const [first] = scan(snapshot, profile, reach(snapshot, profile)).training;
  if (first === undefined) throw new Error('no training');
  return first;
}

const gpu = '{limits: {nvidia.com/gpu: "1"}}';

test('a wire that two namespaces share is a hop, and what the other reaches is a hop more', () => {
  const found = scanned(
    pod('ml', 'train', 'net/a', gpu),
    pod('prod', 'db', 'net/b'),
    pod('vault', 'keys', null),
    wire('a', 7),
    wire('b', 7),
    deny('ml'),
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: keys, namespace: vault}\nspec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}}]}]}\n',
  );
  expect(found.reaches).toEqual([]);
  expect(
    found.fabric.shared.map((p) => `${p.party.title} ${p.certainty} ${p.through} by ${p.attachment}; ${p.evidence.map((e) => e.text).join(', ')}`),
  ).toEqual(['prod/db[Pod] allowed VLAN 7 on physical network ens1 by net/a; attached to net/b, network net/b, made by macvlan']);
  const hops = found.blastRadius.flatMap((ring) => ring.reached.map((r) => `${ring.hop} ${r.party.title} ${r.ports} ${r.certainty} ${r.fabric ?? false}`));
  expect(hops).toContain('1 prod/db[Pod] shares VLAN 7 on physical network ens1 allowed true');
  expect(hops).toContain('2 vault/keys[Pod] TCP 80 allowed false');
});

test('pods of one label on different wires are told apart, and a wire apart leads nowhere', () => {
  const same = (name: string, network: string): string =>
    pod('prod', name, network).replace(`labels: {app: ${name}}`, 'labels: {app: web}').replace(`n-${name}`, 'node-1');
  const found = scanned(pod('ml', 'train', 'net/a', gpu), same('one', 'net/a'), same('two', 'net/b'), wire('a', 7), wire('b', 8), deny('ml'), deny('prod'));
  expect(found.fabric.shared.map((p) => p.party.title)).toEqual(['prod/one[Pod]']);
  expect(found.blastRadius.flatMap((ring) => ring.reached.map((r) => r.party.title))).toEqual(['prod/one[Pod]']);
});

const agent =
  'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: mnp, namespace: kube-system}\nspec: {selector: {matchLabels: {app: mnp}}, template: {metadata: {labels: {app: mnp}}, spec: {hostNetwork: true, containers: [{name: m, image: "ghcr.io/k8snetworkplumbingwg/multi-networkpolicy-iptables:v1"}]}}}\n';
const beside = (spec: string, network = 'net/a'): string =>
  `apiVersion: k8s.cni.cncf.io/v1beta1\nkind: MultiNetworkPolicy\nmetadata: {name: beside, namespace: prod, annotations: {k8s.v1.cni.cncf.io/policy-for: ${network}}}\nspec: ${spec}\n`;
const closed = beside('{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}');
const opened = beside(
  '{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml}}}], ports: [{port: 5432}]}]}',
);

test.each<[string, readonly string[], readonly string[]]>([
  ['closes it, where something enforces it', [closed, agent], []],
  ['opens it to whom it names', [opened, agent], ['prod/db[Pod] allowed']],
  ['is not known to count, where nothing in the input enforces it', [closed], ['prod/db[Pod] unknown']],
  ['is about another network', [beside('{podSelector: {}, policyTypes: [Ingress]}', 'net/b'), agent], ['prod/db[Pod] allowed']],
  ['is about other pods', [beside('{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}'), agent], ['prod/db[Pod] allowed']],
  ['is there for nobody', [agent], ['prod/db[Pod] allowed']],
])('of a shared wire: a MultiNetworkPolicy %s', (_, texts, met) => {
  const found = scanned(pod('ml', 'train', 'net/a', gpu), pod('prod', 'db', 'net/a'), wire('a', 7), deny('ml'), deny('prod'), ...texts);
  expect(found.fabric.shared.map((p) => `${p.party.title} ${p.certainty}`)).toEqual(met);
  // The agents are on the network of their nodes, and may be anywhere: they are no matter here.
  const hops = found.blastRadius.flatMap((ring) => ring.reached.filter((r) => r.fabric === true).map((r) => `${r.party.title} ${r.certainty}`));
  expect(hops).toEqual(met);
});

test('pods that a policy beside the pod network tells apart are two, though none of the pod network does', () => {
  const same = (name: string): string => pod('prod', name, 'net/a').replace(`n-${name}`, 'node-1');
  const found = scanned(pod('ml', 'train', 'net/a', gpu), same('web'), same('db'), wire('a', 7), deny('ml'), deny('prod'), closed, agent);
  expect(found.fabric.shared.map((p) => p.party.title)).toEqual(['prod/web[Pod]']);
});

test('a policy on packets closes no device that speaks RDMA', () => {
  const rail = `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: a, namespace: net, annotations: {k8s.v1.cni.cncf.io/resourceName: openshift.io/rail}}\nspec: {config: '{"type": "sriov", "vlan": 7, "plugins": [{"type": "sriov", "vlan": 7}, {"type": "rdma"}]}'}\n`;
  const pool =
    'apiVersion: sriovnetwork.openshift.io/v1\nkind: SriovNetworkNodePolicy\nmetadata: {name: p, namespace: net}\nspec: {resourceName: rail, isRdma: true, numVfs: 4, nicSelector: {pfNames: [ens1]}, nodeSelector: {}}\n';
  const found = scanned(pod('ml', 'train', 'net/a', gpu), pod('prod', 'db', 'net/a'), rail, pool, deny('ml'), deny('prod'), closed, agent);
  expect(found.fabric.shared.map((p) => `${p.party.title} ${p.certainty}`)).toEqual(['prod/db[Pod] allowed']);
});
