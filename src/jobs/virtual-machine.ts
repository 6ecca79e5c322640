import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { readAnnotations, readLabels } from '../model/label-map.ts';
import { isLabelValue } from '../model/label-syntax.ts';
import { uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { type ContainerPort, emptyPod, type Lifecycle, type PodFacts, type SecondaryInterface, type Workload } from '../model/workload.ts';
import { isBelieved } from './believed.ts';
import { readPortName, texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { readNodeAffinity } from './node-affinity.ts';
import { readToleration } from './pod-template.ts';
import { workloadOf } from './workload-of.ts';

/**
 * VirtualMachine and VirtualMachineInstance of KubeVirt: each runs in one pod of its own, virt-launcher, which has the labels of the instance and some more.
 * A machine that is halted has no pod now, but its template stands; one that is started by hand counts as if it ran. The pod's own container and what
 * devices it asks for are KubeVirt's affair and are not told. Source: kubevirt/kubevirt pkg/virt-controller/services/template.go renderLaunchManifest;
 * pkg/virt-controller/watch/vm/vm.go SetupVMIFromVM, syncRunStrategy.
 */
export const expander: JobExpander = {
  kinds: [
    { group: 'kubevirt.io', kind: 'VirtualMachine' },
    { group: 'kubevirt.io', kind: 'VirtualMachineInstance' },
  ],
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const machine = object.kind === 'VirtualMachine';
    if (at.required('spec')) at.field('spec').expect('an object');
    const outer = at.field('spec');
    if (machine && outer.present) outer.required('template');
    const instance = machine ? outer.field('template') : at;
    if (instance.present && outer.present && instance.required('spec')) instance.field('spec').expect('an object');
    const replicas = machine && isHalted(outer) ? 0 : 1;
    const template = readLauncher(instance, object);
    return finish(diagnostics, () => [workloadOf(object, template, { replicas, lifecycle: machine ? 'running' : lifecycleOf(object, at) })]);
  },
};

/** Whether launcher pods are made from the workload's template. */
export function isMachine({ kind }: Pick<Workload, 'kind'>): boolean {
  return kind === 'VirtualMachine' || kind === 'VirtualMachineInstance';
}

/** Source: kubevirt/kubevirt api/core/v1 VirtualMachine.RunStrategy; pkg/virt-api/webhooks/validating-webhook/admitters/vms-admitter.go validateRunStrategy. */
function isHalted(spec: Reader): boolean {
  const running = spec.field('running').boolean();
  const strategy = spec.field('runStrategy').oneOf(['Always', 'Halted', 'Manual', 'Once', 'RerunOnFailure', 'WaitAsReceiver']);
  if (spec.has('running') && spec.has('runStrategy'))
    spec.field('running').error('mixed-fields', 'running and runStrategy are both given; KubeVirt takes one of them.', 'Leave running out.');
  if (spec.present && !spec.has('running') && !spec.has('runStrategy')) spec.error('missing-field', 'spec lacks runStrategy, which is required.', 'Add it.');
  return running === false || strategy === 'Halted';
}

function readLauncher(instance: Reader, object: RawObject): Parameters<typeof workloadOf>[1] {
  const metadata = instance.field('metadata');
  const spec = instance.field('spec');
  const volumes = spec.field('volumes').each();
  const token = tokenOf(volumes);
  metadata.expect('an object');
  const labels = readLabels(metadata.field('labels'));
  const hostName = spec.field('hostname').string() || (object.name.split('.')[0] ?? '').slice(0, longest);
  return {
    labels: texts([...Object.entries(labels).filter(([key]) => !placed.includes(key)), ...launcherLabels(object, hostName)]),
    annotations: readAnnotations(metadata.field('annotations')),
    serviceAccount: spec.field('serviceAccountName').string() || token || 'default',
    hostNetwork: false,
    node: null,
    hosts: { hostname: hostName, start: null, subdomain: spec.field('subdomain').string() || null },
    ports: readPorts(spec.field('domain').field('devices').field('interfaces')),
    interfaces: readNetworks(spec.field('networks'), object.namespace ?? 'default'),
    pod: { ...readFacts(spec), hostPaths: volumes.flatMap(diskOf), automountServiceAccountToken: token !== undefined },
    podOrigin: spec.origin,
  };
}

/** Labels that the controller writes on an instance, and on its pod, when it has found a node. Source: kubevirt/kubevirt api/core/v1 NodeNameLabel, MigrationTargetNodeNameLabel. */
const placed: readonly string[] = ['kubevirt.io/nodeName', 'kubevirt.io/migrationTargetNodeName'];

/** Longest label of a DNS name. Source: kubernetes/apimachinery util/validation DNS1123LabelMaxLength. */
const longest = 63;

/** On the pods of KubeVirt 1.7 and later. Source: kubevirt/kubevirt api/core/v1 VirtualMachineInstanceIDLabel. */
export const instanceIdLabel = 'vmi.kubevirt.io/id';

/**
 * Who made the instance is known only of one in a cluster; the id of a name beyond 63 characters is a hash, and left out. Source: kubevirt/kubevirt pkg/virt-controller/services/template.go podLabels;
 * pkg/util/net/dns/sanitize.go SanitizeHostname; pkg/apimachinery/labels.go CalculateVirtualMachineInstanceID.
 */
function launcherLabels(object: RawObject, hostName: string): readonly (readonly [string, string])[] {
  const uid = object.kind === 'VirtualMachineInstance' ? uidOf(object) : null;
  return [
    ['kubevirt.io', 'virt-launcher'],
    ...(uid === null ? [] : [['kubevirt.io/created-by', uid] as const]),
    ...(isLabelValue(hostName) ? [['vm.kubevirt.io/name', hostName] as const] : []),
    ...(object.name.length <= longest ? [[instanceIdLabel, object.name] as const] : []),
  ];
}

/** The account whose token is a disk of the machine. Source: kubevirt/kubevirt pkg/storage/utils ServiceAccountNameFromVolumes. */
function tokenOf(volumes: readonly Reader[]): string | undefined {
  return volumes.map((volume) => volume.field('serviceAccount').field('serviceAccountName').string()).find((name) => name !== undefined && name !== '');
}

/** A file of the node that is a disk of the machine. Source: kubevirt/kubevirt api/core/v1 HostDisk. */
function diskOf(volume: Reader): string | readonly [] {
  return volume.field('hostDisk').field('path').string() ?? [];
}

/** Source: kubevirt/kubevirt pkg/virt-controller/services/rendercontainer.go containerPortsFromVMI; pkg/network/admitter/netiface.go validatePortConfiguration. */
function readPorts(interfaces: Reader): readonly ContainerPort[] {
  return interfaces.each().flatMap((iface) => {
    const names = new Set<string>();
    return iface
      .field('ports')
      .each()
      .flatMap((at): readonly ContainerPort[] => {
        if (!at.required('port')) return [];
        const port = at.field('port').integer(1, 65535);
        const name = readPortName(at.field('name'), names);
        const protocol = at.field('protocol').oneOf(['TCP', 'UDP']) ?? 'TCP';
        return port === undefined ? [] : [{ name, port, protocol, hostPort: null }];
      });
  });
}

/** Networks of attachments. Source: kubevirt/kubevirt pkg/network/multus annotation.go, nad.go NetAttachDefNamespacedName. */
function readNetworks(networks: Reader, namespace: string): readonly SecondaryInterface[] {
  return networks.each().flatMap((network): readonly SecondaryInterface[] => {
    const multus = network.field('multus');
    if (multus.absent || !multus.required('networkName')) return [];
    const name = multus.field('networkName').string();
    return name === undefined ? [] : [{ network: name.includes('/') ? name : `${namespace}/${name}`, origin: multus.origin }];
  });
}

/** Source: kubevirt/kubevirt pkg/virt-controller/services/nodeselectorrenderer.go; template.go renderLaunchManifest. */
function readFacts(spec: Reader): PodFacts {
  return {
    ...emptyPod,
    nodeSelector: texts([['kubevirt.io/schedulable', 'true'], ...Object.entries(readLabels(spec.field('nodeSelector')))]),
    nodeAffinity: readNodeAffinity(spec.field('affinity').field('nodeAffinity')),
    tolerations: spec.field('tolerations').each().map(readToleration),
    dnsPolicy: spec.field('dnsPolicy').string() ?? 'ClusterFirst',
  };
}

/** Source: kubevirt/kubevirt api/core/v1 VirtualMachineInstancePhase. */
function lifecycleOf(object: RawObject, instance: Reader): Lifecycle {
  const phase = instance.field('status').field('phase');
  const over = phase.value === 'Succeeded' || phase.value === 'Failed';
  return over && isBelieved(object, phase) ? 'finished' : 'running';
}
