import { type Labels, labelOf } from './labels.ts';
import type { Container, PodFacts, Workload } from './workload.ts';

/** What a namespace's `pod-security.kubernetes.io/enforce` label may say. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** The label by which a namespace has pods refused. Source: kubernetes.io, Enforce Pod Security Standards with Namespace Labels. */
export const enforceLabel = 'pod-security.kubernetes.io/enforce';

/** The level against which a namespace with these labels holds its pods; null where it refuses none. */
export function refusingLevel(labels: Labels): Exclude<PodSecurityLevel, 'privileged'> | null {
  const level = labelOf(labels, enforceLabel);
  return level === 'baseline' || level === 'restricted' ? level : null;
}

/** Capabilities that the level baseline lets a container add. Source: kubernetes.io, Pod Security Standards, Capabilities. */
const baselineCapabilities: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Source: kubernetes.io, Pod Security Standards, Capabilities (v1.22+). */
const restrictedCapabilities: readonly string[] = ['NET_BIND_SERVICE'];

/** Source: kubernetes.io, Pod Security Standards, Sysctls. */
const safeSysctls: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

/** Source: kubernetes.io, Pod Security Standards, Volume Types. */
const restrictedVolumes: readonly string[] = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];

/** Values of single settings that baseline admits; any other value, where one is set, is refused. Source: kubernetes.io, Pod Security Standards, Baseline. */
const admittedSettings: Readonly<Record<string, readonly string[]>> = {
  'appArmorProfile.type': ['RuntimeDefault', 'Localhost'],
  procMount: ['Default'],
  'seLinuxOptions.type': ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'],
  'seLinuxOptions.user': [''],
  'seLinuxOptions.role': [''],
  'windowsOptions.hostProcess': ['false'],
};

const confined: readonly string[] = ['RuntimeDefault', 'Localhost'];
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

/**
 * Why Pod Security admission refuses the workload's pods at a level: one phrase a rule, each naming the setting and the containers; empty when they
 * are admitted, and always at `privileged`. Judged by the newest version of the standards, for Linux pods without user namespaces.
 * Source: kubernetes.io, Pod Security Standards; kubernetes/pod-security-admission policy/check_*.go.
 */
export function podSecurityViolations(workload: Pick<Workload, 'pod' | 'hostNetwork' | 'annotations'>, level: PodSecurityLevel): readonly string[] {
  if (level === 'privileged') return [];
  const capabilities = level === 'restricted' ? restrictedCapabilities : baselineCapabilities;
  return [...baseline(workload, capabilities), ...(level === 'restricted' ? restricted(workload.pod) : [])];
}

function baseline({ pod, hostNetwork, annotations }: Pick<Workload, 'pod' | 'hostNetwork' | 'annotations'>, capabilities: readonly string[]): string[] {
  const { containers } = pod;
  const added = new Set(containers.flatMap((c) => c.capabilities.add).filter((c) => !capabilities.includes(c)));
  const armour = Object.entries(annotations).filter(([key, value]) => key.startsWith(appArmorAnnotation) && !appArmorAdmits(value));
  return [
    ...(hostNetwork ? ['hostNetwork must not be set'] : []),
    ...(pod.hostPID ? ['hostPID must not be set'] : []),
    ...(pod.hostIPC ? ['hostIPC must not be set'] : []),
    ...where('privileged must not be set', containers, (c) => c.privileged),
    ...[...added].flatMap((name) => where(`capability ${name} must not be added`, containers, (c) => c.capabilities.add.includes(name))),
    ...(pod.hostPaths.length > 0 ? ['hostPath volumes must not be used'] : []),
    // On the host network every port is a port of the node, and taking hostNetwork away mends both.
    ...(hostNetwork ? [] : where('hostPort must not be set', containers, (c) => c.hostPorts.length > 0)),
    ...pod.confinement
      .filter(({ setting, value }) => !(admittedSettings[setting] ?? []).includes(value))
      .map(({ container, setting, value }) => `${setting} must not be ${value}${container === null ? '' : ` (container ${container})`}`),
    ...armour.map(([key, value]) => `the AppArmor profile must not be ${value} (container ${key.slice(appArmorAnnotation.length)})`),
    ...(pod.seccompProfile === 'Unconfined' ? ['seccompProfile.type must not be Unconfined'] : []),
    ...where('seccompProfile.type must not be Unconfined', containers, (c) => c.seccompProfile === 'Unconfined'),
    ...Object.keys(pod.sysctls)
      .filter((name) => !safeSysctls.includes(name))
      .map((name) => `sysctl ${name} must not be set`),
  ];
}

function restricted(pod: PodFacts): string[] {
  const { containers } = pod;
  const volumes = [...new Set(pod.volumeTypes)].filter((type) => type !== 'hostPath' && !restrictedVolumes.includes(type));
  const podConfined = pod.seccompProfile !== null && confined.includes(pod.seccompProfile);
  return [
    ...volumes.map((type) => `${type} volumes must not be used`),
    ...where('allowPrivilegeEscalation must be false', containers, (c) => c.allowPrivilegeEscalation !== false),
    ...(pod.runAsNonRoot === false ? ['runAsNonRoot must be true (pod)'] : []),
    // A container's own word goes before the pod's.
    ...where('runAsNonRoot must be true', containers, (c) => c.runAsNonRoot === false || (c.runAsNonRoot === null && pod.runAsNonRoot !== true)),
    ...(pod.runAsUser === 0 ? ['runAsUser must not be 0 (pod)'] : []),
    ...where('runAsUser must not be 0', containers, (c) => c.runAsUser === 0),
    ...where('seccompProfile.type must be RuntimeDefault or Localhost', containers, (c) =>
      c.seccompProfile === null
        ? !podConfined && pod.seccompProfile !== 'Unconfined'
        : c.seccompProfile !== 'Unconfined' && !confined.includes(c.seccompProfile),
    ),
    ...where('capabilities must drop ALL', containers, (c) => !c.capabilities.drop.includes('ALL')),
  ];
}

/** Source: kubernetes/pod-security-admission policy/check_appArmorProfile.go. */
function appArmorAdmits(value: string): boolean {
  return value === '' || value === 'runtime/default' || value.startsWith('localhost/');
}

/** The phrase with the containers it is about; nothing when it is about none. */
function where(phrase: string, containers: readonly Container[], refused: (c: Container) => boolean): string[] {
  const names = containers.filter(refused).map((c) => c.name);
  return names.length === 0 ? [] : [`${phrase} (${names.length === 1 ? 'container' : 'containers'} ${names.join(', ')})`];
}
