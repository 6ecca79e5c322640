import type { Path } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import { stableJson } from '../kernel/stable.ts';
import { knownServices, serviceProfile } from '../services/known.ts';
import type { ServiceProfile } from '../services/profile.ts';
import { dataFaults } from './data-faults.ts';
import { fabricFaults } from './fabric-faults.ts';
import type { Fault } from './fault.ts';
import { isUnpinnable } from './pinned-ports.ts';
import { usesRdma } from './pod-security.ts';
import { roleArn } from './role.ts';
import { shutFaults } from './shut-faults.ts';
import { type Identity, type LoadedZone, originIn, type ProfileService, type ServiceNeed, type ZoneSpec, type ZoneWorkload } from './zone.ts';

/** Fewest ports a pinned range should have: an 8-GPU pod opens several listeners for each rank and process group, and its own connections share the range. */
const comfortablePins = 2000;

/** What is wrong with a zone whose every field is fine by itself. All of it, in document order. */
export function zoneFaults(loaded: LoadedZone): readonly Diagnostic[] {
  const { spec } = loaded.zone;
  const faults = [
    ...namespaceFaults(spec),
    ...nodeFaults(spec),
    ...duplicates(spec.workloads, ['spec', 'workloads'], 'workload'),
    ...spec.workloads.flatMap((workload, index) => workloadFaults(spec, workload, ['spec', 'workloads', index])),
    ...accountFaults(spec),
    ...duplicates(spec.protected, ['spec', 'protected'], 'protected zone'),
    ...protectedFaults(loaded),
    ...fabricFaults(spec),
    ...canaryFaults(spec),
  ];
  return faults.map(({ code, severity, path, message, hint }) => ({ code, severity: severity ?? 'error', message, hint, origin: originIn(loaded, ...path) }));
}

/** Admission would refuse the canary, and its silence would be an alert without a cause. */
function canaryFaults({ admission, monitoring }: ZoneSpec): readonly Fault[] {
  const image = monitoring?.canary?.image ?? null;
  if (image === null || admission.images === 'any' || /@sha256:[a-f0-9]{64}$/.test(image)) return [];
  return [
    {
      code: 'canary-without-digest',
      path: ['spec', 'monitoring', 'canary', 'image'],
      message: 'The zone takes images by digest alone, and the canary is a pod of the zone.',
      hint: 'Name it by its digest: …@sha256:….',
    },
  ];
}

function namespaceFaults(spec: ZoneSpec): readonly Fault[] {
  const faults: Fault[] = [];
  const { quota, podSecurity } = spec.namespace;
  for (const key of Object.keys(quota?.extra ?? {})) {
    const path = ['spec', 'namespace', 'quota', 'extra', key];
    const resource = key.startsWith('limits.') ? key.slice('limits.'.length) : null;
    if (resource?.includes('/')) {
      faults.push({
        code: 'quota-limits-extended-resource',
        path,
        message: `${key} counts nothing: an extended resource has no limits quota, because its limit always equals its request.`,
        hint: `Use requests.${resource}, or quota.gpus for GPUs.`,
      });
    } else if (quota !== null && ((key === 'pods' && quota.pods !== null) || (key === `requests.${quota.resource}` && quota.gpus !== null))) {
      faults.push({
        code: 'quota-said-twice',
        path,
        message: `${key} is already given by quota.${key === 'pods' ? 'pods' : 'gpus'}.`,
        hint: 'Remove one of the two.',
      });
    }
  }
  for (const key of Object.keys(spec.namespace.labels)) {
    if (key.startsWith('pod-security.kubernetes.io/') || key === 'kubernetes.io/metadata.name')
      faults.push({
        code: 'label-is-made',
        path: ['spec', 'namespace', 'labels', key],
        message: `The label ${key} is not the zone's to set.`,
        hint: key === 'kubernetes.io/metadata.name' ? 'Remove it: the control plane sets it.' : 'Write spec.namespace.podSecurity instead.',
      });
  }
  const rdma = spec.workloads.find((workload) => usesRdma(workload));
  if (podSecurity !== null && rdma !== undefined && podSecurity !== 'privileged') {
    faults.push({
      code: 'rdma-needs-ipc-lock',
      severity: 'warning',
      path: ['spec', 'namespace', 'podSecurity'],
      message: `Pod Security ${podSecurity} forbids adding IPC_LOCK, which workload ${rdma.name} needs to pin memory for ${rdma.collectives.transport}.`,
      hint: 'Leave podSecurity out, or raise the memlock limit in the container runtime of the training nodes.',
    });
  }
  return faults;
}

function nodeFaults(spec: ZoneSpec): readonly Fault[] {
  if (spec.nodes === null || !spec.nodes.exclusive || spec.nodes.taint !== null) return [];
  return [
    {
      code: 'exclusive-without-taint',
      severity: 'warning',
      path: ['spec', 'nodes'],
      message: 'The nodes are exclusive, but no taint keeps other pods out.',
      hint: 'Add taint: workload-type=training:NoSchedule, or write exclusive: false.',
    },
  ];
}

function workloadFaults(spec: ZoneSpec, workload: ZoneWorkload, path: Path): readonly Fault[] {
  return [
    ...collectiveFaults(workload, path),
    ...identityFaults(spec, workload.identity, [...path, 'identity']),
    ...duplicates(workload.data, [...path, 'data'], 'data set'),
    ...workload.data.flatMap((data, index) => dataFaults(spec, data, [...path, 'data', index])),
    ...duplicates(workload.clients, [...path, 'clients'], 'client'),
    ...clientFaults(spec, workload, path),
    ...serviceNameFaults(workload.services, [...path, 'services']),
    ...workload.services.flatMap((service, index) => serviceFaults(spec, service, [...path, 'services', index])),
  ];
}

function clientFaults(spec: ZoneSpec, { clients }: ZoneWorkload, path: Path): readonly Fault[] {
  return clients.flatMap(({ name, namespace }, index): readonly Fault[] =>
    namespace !== spec.namespace.name
      ? []
      : [
          {
            code: 'client-inside',
            path: [...path, 'clients', index, 'namespace'],
            message: `The client ${name} is in the namespace of the zone, whose pods are its workloads.`,
            hint: 'Give its pods the labels of the workload that they belong to, or keep them in a namespace of their own.',
          },
        ],
  );
}

function collectiveFaults(workload: ZoneWorkload, path: Path): readonly Fault[] {
  const faults: Fault[] = [];
  const { ports } = workload.collectives;
  const { framework } = workload;
  const at = [...path, 'collectives', 'ports'];
  if (ports !== null && framework !== null && isUnpinnable(framework)) {
    faults.push({
      code: 'ports-cannot-be-pinned',
      path: at,
      message: `${framework} picks listening ports by itself, outside any range that the kernel or a variable is told to use; a pinned rule would hang the job.`,
      hint: 'Write ports: any.',
    });
  } else if (ports !== null && ports.high - ports.low + 1 < comfortablePins) {
    faults.push({
      code: 'pinned-range-small',
      severity: 'warning',
      path: at,
      message: `${ports.high - ports.low + 1} ports are few: all listeners and all outgoing connections of a pod share them.`,
      hint: `Pin at least ${comfortablePins} ports for a pod with eight GPUs, such as 50000-52000.`,
    });
  }
  if (workload.jobs.length > 0 && workload.peers !== 'same-job') {
    faults.push({
      code: 'jobs-without-same-job',
      severity: 'warning',
      path: [...path, 'jobs'],
      message: `The listed jobs have no effect with peers: ${workload.peers}.`,
      hint: 'Write peers: same-job, or remove the list.',
    });
  }
  return faults;
}

function identityFaults(spec: ZoneSpec, identity: Identity | null, path: Path): readonly Fault[] {
  if (identity === null) return [];
  const faults: Fault[] = [];
  const given = (['irsa', 'podIdentity', 'gke', 'azure', 'oke', 'keys'] as const).filter((key) => identity[key] !== null);
  if (given.length > 1)
    faults.push({ code: 'several-identities', path, message: `${given.join(' and ')} are given, and a pod has one identity.`, hint: 'Keep one of them.' });
  if (identity.irsa !== null) {
    if (roleArn(identity.irsa.role, spec.platform) === null)
      faults.push({
        code: 'role-incomplete',
        path: [...path, 'irsa', 'role'],
        message: `The role "${identity.irsa.role}" is no ARN, and platform.account does not say whose it is.`,
        hint: 'Write the ARN (arn:aws:iam::123456789012:role/NAME), or add platform.account: "123456789012".',
      });
    if (spec.platform.region === null)
      faults.push({
        code: 'region-missing',
        path: [...path, 'irsa'],
        message: 'IRSA needs the regional STS endpoint, and platform.region is not given.',
        hint: 'Add platform.region: us-east-1 (yours).',
      });
  }
  return [
    ...faults,
    ...shutFaults(spec, identity.irsa?.cidrs ?? [], [...path, 'irsa', 'cidrs']),
    ...shutFaults(spec, identity.azure?.cidrs ?? [], [...path, 'azure', 'cidrs']),
    ...shutFaults(spec, identity.oke?.cidrs ?? [], [...path, 'oke', 'cidrs']),
  ];
}

/** A service account is one object, so workloads that share it share its cloud identity. */
function accountFaults(spec: ZoneSpec): readonly Fault[] {
  return spec.workloads.flatMap(({ identity }, index) => {
    const first = spec.workloads.findIndex((other) => identity !== null && other.identity?.serviceAccount === identity.serviceAccount);
    const before = first >= 0 && first < index ? spec.workloads[first] : undefined;
    if (before === undefined || identity === null || stableJson(before.identity) === stableJson(identity)) return [];
    return [
      {
        code: 'account-shared',
        path: ['spec', 'workloads', index, 'identity'],
        message: `The service account ${identity.serviceAccount} already has another cloud identity, that of workload ${before.name}.`,
        hint: 'Give each workload a service account of its own, or both the same identity.',
      },
    ];
  });
}

function serviceFaults(spec: ZoneSpec, service: ServiceNeed, path: Path): readonly Fault[] {
  const shut = shutFaults(spec, service.cidrs, [...path, 'cidrs']);
  if ('profile' in service) {
    const profile = serviceProfile(service.profile);
    if (profile !== undefined) return [...profileHostFaults(profile, service, path), ...shut];
    const known = knownServices.map((profile) => profile.id);
    const meant = nearest(service.profile, known);
    return [
      {
        code: 'unknown-service',
        path,
        message: `There is no egress profile "${service.profile}".`,
        hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Known: ${known.join(', ')}; or spell it out as {name, hosts, port}.`,
      },
      ...shut,
    ];
  }
  if (service.pods === null && service.hosts.length === 0 && service.cidrs.length === 0)
    return [{ code: 'location-missing', path, message: `The service ${service.name} does not say where it is.`, hint: 'Add pods, hosts or cidrs.' }];
  return shut;
}

function profileHostFaults({ id, ownHosts }: ServiceProfile, { hosts }: ProfileService, path: Path): readonly Fault[] {
  if (ownHosts === null && hosts.length > 0)
    return [
      {
        code: 'hosts-are-known',
        path: [...path, 'hosts'],
        message: `The profile ${id} has hosts of its own.`,
        hint: 'Remove hosts, or spell the service out as {name, hosts, port}.',
      },
    ];
  if (ownHosts !== null && hosts.length === 0)
    return [
      { code: 'hosts-missing', path, message: `Which host serves as ${id} is yours to say.`, hint: `Write {profile: ${id}, hosts: [your-host.example.com]}.` },
    ];
  return [];
}

function serviceNameFaults(services: readonly ServiceNeed[], path: Path): readonly Fault[] {
  return duplicates(
    services.map((service) => ({ name: 'profile' in service ? service.profile : service.name })),
    path,
    'service',
  );
}

function protectedFaults(loaded: LoadedZone): readonly Fault[] {
  const { namespace, protected: zones } = loaded.zone.spec;
  const own: Readonly<Record<string, string>> = { ...namespace.labels, 'kubernetes.io/metadata.name': namespace.name };
  return zones.flatMap((zone, index): readonly Fault[] => {
    const path = ['spec', 'protected', index];
    if (zone.namespaces === null)
      return zone.cidrs.length > 0
        ? []
        : [{ code: 'location-missing', path, message: `The protected zone ${zone.name} names nothing to protect.`, hint: 'Add namespaces or cidrs.' }];
    const labels = 'labels' in zone.namespaces ? Object.entries(zone.namespaces.labels) : null;
    const itself =
      labels === null
        ? 'names' in zone.namespaces && zone.namespaces.names.includes(namespace.name)
        : labels.every(([key, value]) => Object.hasOwn(own, key) && own[key] === value);
    return itself
      ? [
          {
            code: 'protects-itself',
            path: [...path, 'namespaces'],
            message: `The protected zone ${zone.name} contains the training namespace ${namespace.name} itself.`,
            hint: 'Choose labels or names that leave it out.',
          },
        ]
      : [];
  });
}

function duplicates(items: readonly { readonly name: string }[], path: Path, what: string): readonly Fault[] {
  return items.flatMap((item, index) => {
    const first = items.findIndex((other) => other.name === item.name);
    return first < index
      ? [
          {
            code: 'name-twice',
            path: [...path, index],
            message: `The ${what} ${item.name} is already there as number ${first + 1} of this list.`,
            hint: 'Give each a name of its own: names make the policies.',
          },
        ]
      : [];
  });
}
