import type { Path } from '../kernel/origin.ts';
import type { NameIntent } from '../model/name-intent.ts';
import { serviceProfile } from '../services/known.ts';
import { nameLanguage } from './cni.ts';
import { connectHangs, type Need, type NeedTarget, tcp } from './need.ts';
import { openAddresses } from './open-addresses.ts';
import type { CustomService, ProfileService, ZoneSpec, ZoneWorkload } from './zone.ts';

const noServerName = 'Outside port 443 no TLS server name is asked for: whatever else answers at the same addresses on this port is open too.';

/** What the listed services need. A profile without hosts (an offline mode) needs nothing; an unknown profile is an error of its own and needs nothing. */
export function serviceNeeds(spec: ZoneSpec, workload: ZoneWorkload, workloadPath: Path): readonly Need[] {
  return workload.services.flatMap((service, index) => {
    const path = [...workloadPath, 'services', index];
    return 'profile' in service ? profileNeed(spec, service, path) : [customNeed(spec, service, path)];
  });
}

function profileNeed(spec: ZoneSpec, { profile: id, hosts: named, cidrs }: ProfileService, path: Path): readonly Need[] {
  const profile = serviceProfile(id);
  if (profile === undefined) return [];
  const { ownHosts } = profile;
  const hosts = ownHosts === null ? profile.hosts : named.map((name) => ({ name, ...ownHosts }));
  if (hosts.length === 0) return [];
  return [
    {
      id: `service/${id}`,
      purpose: 'service',
      title: profile.title,
      targets: outside(
        spec,
        hosts.map(({ name }) => ({ kind: 'exact', name })),
        cidrs,
      ),
      ports: [...new Set(hosts.map((host) => host.port))].map(tcp),
      tenancy: hosts.every((host) => host.namesTenant) ? 'own' : 'shared-front-end',
      control: null,
      whenShut: connectHangs,
      notes: [profile.advice],
      addressesField: [...path, 'cidrs'],
      path,
    },
  ];
}

function customNeed(spec: ZoneSpec, service: CustomService, path: Path): Need {
  const pods: readonly NeedTarget[] = service.pods === null ? [] : [{ kind: 'pods', namespace: service.pods.namespace, selector: service.pods.selector }];
  return {
    id: `service/${service.name}`,
    purpose: 'service',
    title: `service ${service.name}`,
    targets: [...pods, ...(service.hosts.length > 0 || service.cidrs.length > 0 ? outside(spec, service.hosts, service.cidrs) : [])],
    ports: [tcp(service.port)],
    tenancy: service.pods !== null && service.hosts.length === 0 && service.cidrs.length === 0 ? 'own' : 'shared-front-end',
    control: null,
    whenShut: connectHangs,
    notes: service.hosts.length > 0 && service.port !== 443 ? [noServerName] : [],
    addressesField: [...path, 'cidrs'],
    path,
  };
}

/** Hosts by name where the CNI can and there are any, else the listed addresses; with neither, names, for the caller to refuse. */
function outside(spec: ZoneSpec, hosts: readonly NameIntent[], cidrs: readonly string[]): readonly NeedTarget[] {
  const byName = hosts.length > 0 && (nameLanguage(spec.platform.cni) !== null || cidrs.length === 0);
  return byName ? [{ kind: 'names', hosts: hosts.map((intent) => ({ intent, required: true })) }] : openAddresses(spec, cidrs);
}
