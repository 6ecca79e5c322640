import { describe, expect, test } from 'vitest';
import { readPodTemplate } from '../jobs/pod-template.ts';
import { Reader } from '../kernel/reader.ts';
import { type PodSecurityLevel, podSecurityViolations } from './pod-security.ts';

const good = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const hardened = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

interface Part {
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
  readonly init?: object;
  readonly annotations?: Record<string, string>;
  readonly ports?: readonly object[];
}

function violations({ spec = {}, pod = hardened, container = good, init, annotations = {}, ports = [] }: Part, level: PodSecurityLevel): readonly string[] {
  const template = {
    metadata: { annotations },
    spec: {
      ...spec,
      securityContext: pod,
      containers: [{ name: 'a', image: 'i', securityContext: container, ports }],
      initContainers: init === undefined ? [] : [{ name: 'setup', image: 'i', securityContext: init }],
    },
  };
  const read = readPodTemplate(new Reader(template, { document: { file: 'x', index: 0 }, path: [] }, []), 'ml');
  return podSecurityViolations(read, level);
}

describe('what baseline refuses, restricted refuses too', () => {
  test.each<[string, Part]>([
    ['hostNetwork must not be set', { spec: { hostNetwork: true }, ports: [{ containerPort: 80, hostPort: 80 }] }],
    ['hostPID must not be set', { spec: { hostPID: true } }],
    ['hostIPC must not be set', { spec: { hostIPC: true } }],
    ['privileged must not be set (container a)', { container: { ...good, privileged: true } }],
    ['capability IPC_LOCK must not be added (container a)', { container: { ...good, capabilities: { drop: ['ALL'], add: ['IPC_LOCK'] } } }],
    ['capability NET_RAW must not be added (container setup)', { init: { ...good, capabilities: { drop: ['ALL'], add: ['NET_RAW'] } } }],
    ['hostPath volumes must not be used', { spec: { volumes: [{ name: 'd', hostPath: { path: '/dev' } }] } }],
    ['hostPort must not be set (container a)', { ports: [{ containerPort: 80, hostPort: 8080 }] }],
    ['seLinuxOptions.type must not be spc_t (container a)', { container: { ...good, seLinuxOptions: { type: 'spc_t' } } }],
    ['seLinuxOptions.user must not be root_u', { pod: { ...hardened, seLinuxOptions: { user: 'root_u' } } }],
    ['procMount must not be Unmasked (container a)', { container: { ...good, procMount: 'Unmasked' } }],
    ['appArmorProfile.type must not be Unconfined', { pod: { ...hardened, appArmorProfile: { type: 'Unconfined' } } }],
    ['windowsOptions.hostProcess must not be true', { pod: { ...hardened, windowsOptions: { hostProcess: true } } }],
    ['the AppArmor profile must not be unconfined (container a)', { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' } }],
    ['seccompProfile.type must not be Unconfined (container a)', { container: { ...good, seccompProfile: { type: 'Unconfined' } } }],
    ['sysctl net.core.somaxconn must not be set', { pod: { ...hardened, sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } }],
  ])('%s', (said, part) => {
    expect(violations(part, 'baseline')).toEqual([said]);
    expect(violations(part, 'restricted')).toEqual([said]);
    expect(violations(part, 'privileged')).toEqual([]);
  });
});

describe('what restricted alone refuses', () => {
  test.each<[string, readonly string[], Part]>([
    [
      'silence',
      [
        'allowPrivilegeEscalation must be false (container a)',
        'runAsNonRoot must be true (container a)',
        'seccompProfile.type must be RuntimeDefault or Localhost (container a)',
        'capabilities must drop ALL (container a)',
      ],
      { pod: {}, container: {} },
    ],
    ['an init container', ['allowPrivilegeEscalation must be false (container setup)', 'capabilities must drop ALL (container setup)'], { init: {} }],
    ['root by number', ['runAsUser must not be 0 (container a)'], { container: { ...good, runAsUser: 0 } }],
    [
      'the pod taking back runAsNonRoot',
      ['runAsNonRoot must be true (pod)'],
      { pod: { ...hardened, runAsNonRoot: false }, container: { ...good, runAsNonRoot: true } },
    ],
    ['a container taking it back', ['runAsNonRoot must be true (container a)'], { container: { ...good, runAsNonRoot: false } }],
    ['volumes of other kinds', ['nfs volumes must not be used'], { spec: { volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }] } }],
    [
      'a capability that baseline admits',
      ['capability CHOWN must not be added (container a)'],
      { container: { ...good, capabilities: { drop: ['ALL'], add: ['CHOWN'] } } },
    ],
    ['another word for ALL', ['capabilities must drop ALL (container a)'], { container: { ...good, capabilities: { drop: ['all'] } } }],
  ])('%s', (_name, said, part) => {
    expect(violations(part, 'restricted')).toEqual(said);
    expect(violations(part, 'baseline')).toEqual([]);
  });

  test.each<[string, Part]>([
    ['everything said by the pod', {}],
    ['everything said by the container', { pod: {}, container: { ...good, ...hardened } }],
    [
      'volumes of the cluster',
      { spec: { volumes: [{ name: 'e', emptyDir: {} }, { name: 'p', persistentVolumeClaim: { claimName: 'p' } }, { name: 'bare' }] } },
    ],
    ['NET_BIND_SERVICE', { container: { ...good, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }],
  ])('admitted: %s', (_name, part) => {
    expect(violations(part, 'restricted')).toEqual([]);
  });
});
