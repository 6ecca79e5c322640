import type { Origin, Path } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { readAnnotations, readLabels } from '../model/label-map.ts';
import type { Labels } from '../model/labels.ts';
import type { Confinement, ContainerPort, DnsConfig, HostNames, PodFacts, SecondaryInterface, Toleration } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import { type ContainerSort, readContainer, readContainerPorts, texts } from './container.ts';
import { readClaims } from './device-claims.ts';
import { readInterfaces } from './interfaces.ts';
import { readNodeAffinity } from './node-affinity.ts';
import type { SharedSpecs, SpecRead } from './shared-specs.ts';

/** What a pod, or the template of one, says. `node` is spec.nodeName. */
export interface PodTemplate {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly node: string | null;
  /** Its spec.hostname and spec.subdomain, before a controller sets them. */
  readonly hosts: HostNames;
  readonly ports: readonly ContainerPort[];
  readonly interfaces: readonly SecondaryInterface[];
  readonly pod: PodFacts;
  readonly podOrigin: Origin;
}

/**
 * A pod template, or a pod. With `shared`, specs that say the same are read once.
 * Source: kubernetes/kubernetes pkg/apis/core/validation ValidatePodSpec; defaults: pkg/apis/core/v1/defaults.go SetDefaults_PodSpec.
 */
export function readPodTemplate(template: Reader, namespace: string, shared?: SharedSpecs): PodTemplate {
  const metadata = template.field('metadata');
  const spec = template.field('spec');
  template.expect('an object');
  metadata.expect('an object');
  if (template.required('spec')) spec.expect('an object');
  const labels = readLabels(metadata.field('labels'));
  const annotations = readAnnotations(metadata.field('annotations'));
  const { serviceAccount, hostNetwork, ports, pod } = readShared(spec, shared);
  return {
    labels,
    annotations,
    serviceAccount,
    hostNetwork,
    node: spec.field('nodeName').string() || null,
    hosts: { hostname: spec.field('hostname').string() || null, start: null, subdomain: spec.field('subdomain').string() || null },
    ports,
    interfaces: readInterfaces(metadata.field('annotations'), namespace),
    pod,
    podOrigin: spec.origin,
  };
}

function readShared(spec: Reader, shared: SharedSpecs | undefined): SpecRead {
  const known = shared?.find(spec.value);
  if (known !== undefined) return known;
  if (shared === undefined) return readSpec(spec);
  const faults: Diagnostic[] = [];
  const read = readSpec(new Reader(spec.value, spec.origin, faults));
  // Faults are told where they stand, each time.
  if (faults.length > 0) return readSpec(spec);
  shared.keep(spec.value, read);
  return read;
}

function readSpec(spec: Reader): SpecRead {
  const hostNetwork = spec.field('hostNetwork').boolean() ?? false;
  const containers = readContainers(spec);
  return {
    serviceAccount: spec.field('serviceAccountName').string() || spec.field('serviceAccount').string() || 'default',
    hostNetwork,
    ports: containers.flatMap(({ at, sort }) => (sort === 'init' ? [] : readContainerPorts(at, hostNetwork))),
    pod: readFacts(spec, containers),
  };
}

interface PlacedContainer {
  readonly at: Reader;
  readonly sort: ContainerSort;
  readonly path: Path;
}

/** Plain containers first, then init containers and native sidecars, each in the order of the manifest. */
function readContainers(spec: Reader): readonly PlacedContainer[] {
  const plain = spec.field('containers').each();
  if (spec.present && plain.length === 0 && !Array.isArray(spec.field('containers').value)) spec.required('containers');
  const init = spec.field('initContainers').each();
  return [
    ...plain.map((at, i): PlacedContainer => ({ at, sort: 'container', path: ['containers', i] })),
    // Source: kubernetes/api core/v1 Container.restartPolicy: an init container that always restarts runs beside the others.
    ...init.map((at, i): PlacedContainer => ({ at, sort: at.field('restartPolicy').value === 'Always' ? 'sidecar' : 'init', path: ['initContainers', i] })),
  ];
}

function readFacts(spec: Reader, containers: readonly PlacedContainer[]): PodFacts {
  const security = spec.field('securityContext');
  const nodeSelector = spec.field('nodeSelector');
  const volumes = spec.field('volumes').each();
  return {
    containers: containers.map(({ at, sort, path }) => readContainer(at, sort, path)),
    hostPaths: volumes.flatMap((v) => v.field('hostPath').field('path').string() ?? []),
    claims: readClaims(spec),
    volumeTypes: volumes.map(volumeType),
    csiDrivers: volumes.flatMap((v) => v.field('csi').field('driver').string() ?? []),
    hostPID: spec.field('hostPID').boolean() ?? false,
    hostIPC: spec.field('hostIPC').boolean() ?? false,
    confinement: [...readConfinement(security, null), ...containers.flatMap(({ at }) => readConfinement(at.field('securityContext'), nameOf(at)))],
    nodeSelector: readLabels(nodeSelector),
    nodeAffinity: readNodeAffinity(spec.field('affinity').field('nodeAffinity')),
    tolerations: spec.field('tolerations').each().map(readToleration),
    automountServiceAccountToken: spec.field('automountServiceAccountToken').boolean() ?? null,
    runAsUser: security.field('runAsUser').integer(0, Number.MAX_SAFE_INTEGER) ?? null,
    runAsNonRoot: security.field('runAsNonRoot').boolean() ?? null,
    seccompProfile: security.field('seccompProfile').field('type').string() ?? null,
    sysctls: texts(
      security
        .field('sysctls')
        .each()
        .map((s) => [s.field('name').string(), s.field('value').string() ?? '']),
    ),
    dnsPolicy: spec.field('dnsPolicy').string() ?? 'ClusterFirst',
    ...(spec.field('dnsConfig').present ? { dnsConfig: readDnsConfig(spec.field('dnsConfig')) } : {}),
    ...(spec.field('resources').present ? { wholeResources: true } : {}),
    schedulerName: spec.field('schedulerName').string() || null,
    runtimeClass: spec.field('runtimeClassName').string() || null,
  };
}

function readDnsConfig(at: Reader): DnsConfig {
  const nameservers = at
    .field('nameservers')
    .each()
    .flatMap((item) => {
      const text = item.string() ?? '';
      if (parseIp(text) !== undefined) return [text];
      item.error('bad-address', 'This is no IP address.');
      return [];
    });
  return {
    nameservers,
    searches: at
      .field('searches')
      .each()
      .flatMap((item) => item.string() ?? []),
  };
}

function nameOf(container: Reader): string {
  const name = container.field('name').value;
  return typeof name === 'string' ? name : '';
}

/** The key beside `name` says what a volume is; one without any is an emptyDir. Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Volume. */
function volumeType(at: Reader): string {
  return at.keys().find((key) => key !== 'name' && at.has(key)) ?? 'emptyDir';
}

const confinementSettings: readonly (readonly [string, ...string[]])[] = [
  ['seLinuxOptions', 'type'],
  ['seLinuxOptions', 'user'],
  ['seLinuxOptions', 'role'],
  ['appArmorProfile', 'type'],
  ['procMount'],
];

/** Source: kubernetes/api core/v1 SecurityContext and PodSecurityContext. */
function readConfinement(security: Reader, container: string | null): readonly Confinement[] {
  const set = confinementSettings.flatMap((path) => {
    const value = path.reduce((at, key) => at.field(key), security).string();
    return value === undefined ? [] : [{ container, setting: path.join('.'), value }];
  });
  const hostProcess = security.field('windowsOptions').field('hostProcess').boolean();
  return hostProcess === undefined ? set : [...set, { container, setting: 'windowsOptions.hostProcess', value: String(hostProcess) }];
}

export function readToleration(at: Reader): Toleration {
  return {
    key: at.field('key').string() || null,
    operator: at.field('operator').oneOf(['Equal', 'Exists', 'Gt', 'Lt']) ?? 'Equal',
    value: at.field('value').string() ?? '',
    effect: at.field('effect').string() || null,
  };
}
