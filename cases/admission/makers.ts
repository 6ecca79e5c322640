import { controller, ownAccount, ownedBy, type Row } from './pods.ts';

/** A Job or StatefulSet whose pods carry these labels. */
function maker(
  apiVersion: string,
  kind: string,
  name: string,
  labels: Readonly<Record<string, string>> | null,
  metadata: Readonly<Record<string, unknown>> = {},
): unknown {
  const template = { metadata: labels === null ? {} : { labels: { app: 'x', ...labels } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec =
    kind === 'Job'
      ? { suspend: true, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }
      : { serviceName: 's', selector: { matchLabels: { app: 'x' } }, template };
  return { apiVersion, kind, metadata: { name, namespace: 'ml', ...metadata }, spec };
}

const job = (labels: Readonly<Record<string, string>> | null, metadata?: Readonly<Record<string, unknown>>): unknown =>
  maker('batch/v1', 'Job', 'j', labels, metadata);
const set = (labels: Readonly<Record<string, string>>, metadata?: Readonly<Record<string, unknown>>): unknown =>
  maker('apps/v1', 'StatefulSet', 's', labels, metadata);
const ofSet = { 'jobset.sigs.k8s.io/jobset-name': 'llm' };
const ofJob = { 'training.kubeflow.org/job-name': 'llm' };
const ofGroups = { 'leaderworkerset.sigs.k8s.io/name': 'llm' };
const jobSet = ownedBy('jobset.x-k8s.io/v1alpha2', 'JobSet', 'llm');

/** Objects of the zone's namespace that make pods in the name of a job. */
export const jobs: readonly Row[] = [
  ['job-parts', 'no label of a job', job({ a: 'b' }), true],
  ['job-parts', 'no label', job(null), true],
  ['job-parts', 'what a JobSet makes', job(ofSet, jobSet), true, { groups: controller }],
  ['job-parts', 'what somebody makes as if a JobSet did', job(ofSet, jobSet), false],
  ['job-parts', 'what an account of the namespace makes as if a JobSet did', job(ofSet, jobSet), false, { groups: ownAccount }],
  ['job-parts', 'a Job of its own', job(ofSet), false],
  ['job-parts', 'a Job of a CronJob', job(ofSet, ownedBy('batch/v1', 'CronJob', 'llm')), false, { groups: controller }],
  ['job-parts', 'of another JobSet', job(ofSet, ownedBy('jobset.x-k8s.io/v1alpha2', 'JobSet', 'eval')), false, { groups: controller }],
  ['job-parts', 'what an MPIJob makes', job(ofJob, ownedBy('kubeflow.org/v2beta1', 'MPIJob', 'llm')), true, { groups: controller }],
  ['job-parts', 'what no PyTorchJob makes', job(ofJob, ownedBy('kubeflow.org/v1', 'PyTorchJob', 'llm')), false, { groups: controller }],
  ['job-parts', 'a Job that is started', job(ofSet), true, { operation: 'UPDATE', old: job(ofSet) }],
  ['job-parts', 'a Job that joins a JobSet while it is suspended', job(ofSet, jobSet), false, { operation: 'UPDATE', old: job({}, jobSet) }],
  ['job-parts', 'what a LeaderWorkerSet makes', set(ofGroups, ownedBy('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', 'llm')), true, { groups: controller }],
  ['job-parts', 'what a leader is given', maker('apps/v1', 'StatefulSet', 'llm-1', ofGroups, ownedBy('v1', 'Pod', 'llm-1')), true, { groups: controller }],
  [
    'job-parts',
    'what the leader of another is given',
    maker('apps/v1', 'StatefulSet', 'llm-1', ofGroups, ownedBy('v1', 'Pod', 'eval-1')),
    false,
    { groups: controller },
  ],
  ['job-parts', 'a StatefulSet of its own', set(ofGroups), false],
  ['job-parts', 'a StatefulSet that joins a set', set(ofGroups), false, { operation: 'UPDATE', old: set({}) }],
];

const network = (config: string | null, annotations: Readonly<Record<string, string>> = {}): unknown => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'net', namespace: 'prod', annotations },
  spec: config === null ? {} : { config },
});
const resource = (name: string): Readonly<Record<string, string>> => ({ 'k8s.v1.cni.cncf.io/resourceName': name });

/** Networks of other namespaces. */
export const networks: readonly Row[] = [
  ['fabric-keys', 'nothing', network(null), true],
  ['fabric-keys', 'another partition', network('{"type": "ib-sriov", "pkey": "0x0021"}'), true],
  ['fabric-keys', 'a partition that begins alike', network('{"type": "ib-sriov", "pkey": "0x0200"}'), true],
  ['fabric-keys', 'the partition of the zone', network('{"type": "ib-sriov", "pkey": "0x0020"}'), false],
  ['fabric-keys', 'the partition of the zone, short', network('{"type": "ib-sriov","pkey":"0X20"}'), false],
  ['fabric-keys', 'the partition of the zone, as a full member', network('{"plugins": [{"type": "ib-sriov", "pkey": "0x8020"}]}'), false],
  ['fabric-keys', 'the partition of the zone, in other letters', network('{"type": "ib-sriov", "p\u212aEY": "0x0020"}'), false],
  ['fabric-keys', 'the partition of the zone, with escapes', network('{"type": "ib-sriov", "pkey": "0x\\u0030020"}'), false],
  ['fabric-keys', 'the partition of the zone, over IP', network('{"type": "ipoib", "master": "ib0.8020"}'), false],
  ['fabric-keys', 'another VLAN', network('{"type": "sriov", "vlan": 1000}'), true],
  ['fabric-keys', 'its VLAN', network('{"type": "sriov", "vlan": 100}'), false],
  ['fabric-keys', 'its VLAN, by the plugin vlan', network('{"type": "vlan", "master": "ens1f0", "vlanId": 100}'), false],
  ['fabric-keys', 'its VLAN, of an interface', network('{"type": "macvlan", "master": "ens1f0.100"}'), false],
  ['fabric-keys', 'its VLAN, later', network('{"type": "sriov", "vlan": 100}'), false, { operation: 'UPDATE', old: network('{"type": "sriov", "vlan": 200}') }],
  [
    'fabric-keys',
    'an old network is let go',
    network('{"type": "sriov", "vlan": 100}'),
    true,
    { operation: 'UPDATE', old: network('{"type": "sriov", "vlan": 100}') },
  ],
  ['fabric-keys', 'other devices', network('{"type": "sriov"}', resource('openshift.io/rail1')), true],
  ['fabric-keys', 'devices of its rail', network('{"type": "sriov"}', resource('openshift.io/rail0')), false],
  ['fabric-keys', 'devices of its partition', network('{"type": "ib-sriov"}', resource('nvidia.com/ib')), false],
];
