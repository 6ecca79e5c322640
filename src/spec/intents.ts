import type { Path } from '../kernel/origin.ts';
import type { Labels } from '../model/labels.ts';
import type { NameIntent } from '../model/name-intent.ts';
import type { PortMatch } from '../model/policy.ts';
import { type MetadataAddress, metadataAddresses } from '../services/metadata.ts';
import type { Cni } from './cni.ts';
import { credentialNeeds } from './credential-need.ts';
import { type DriverIntent, driverIntents } from './csi-driver.ts';
import { dataNeed } from './data-need.ts';
import { dnsNeed } from './dns-need.ts';
import { type Need, tcp } from './need.ts';
import { pinnedPorts } from './pinned-ports.ts';
import { serviceNeeds } from './service-need.ts';
import type { LoadedZone, PeerScope, PortSpan, ProtectedZone, ZoneWorkload } from './zone.ts';

/**
 * What a zone asks of the network, derived once for everyone: `generate` turns it into policies, `verify` into claims.
 * Nothing here is judged; a need that the CNI cannot express is still a need.
 */
export interface ZoneIntents {
  readonly zone: string;
  readonly namespace: string;
  readonly cni: Cni;
  readonly workloads: readonly WorkloadIntent[];
  readonly protected: readonly ProtectedIntent[];
  /** Addresses that hand out node credentials. A need may open one of them (GKE's metadata server, a resolver): then it is permitted for that need's ports. */
  readonly metadata: readonly MetadataAddress[];
}

export interface WorkloadIntent {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly serviceAccount: string | null;
  readonly peers: PeerIntent;
  /** DNS, storage, credentials, services: everything outside the peers that is wanted. Whatever is not here is not. */
  readonly needs: readonly Need[];
  /** Pods of CSI drivers that fetch data for it, in namespaces of theirs. */
  readonly drivers: readonly DriverIntent[];
  /** Pods of other namespaces that may connect to it. */
  readonly clients: readonly ClientIntent[];
  /** Names the workload has to resolve. Empty patterns never occur: a zone never asks for any name at all. */
  readonly names: readonly NameIntent[];
  /** Of the workload in the zone document. */
  readonly path: Path;
}

/**
 * Who talks to whom inside the namespace, in both directions: each pod of the workload with each pod of a group that it is in itself. A workload with scope
 * `namespace` therefore reaches every pod of the namespace, and its pods are reached by them; pods of other workloads still do not reach each other.
 */
export interface PeerIntent {
  readonly scope: PeerScope;
  /** One for each job of `same-job` (none when no job is listed), else exactly one. */
  readonly groups: readonly PeerGroup[];
  /** Every TCP port, or the pinned range and the framework's fixed ports. */
  readonly ports: readonly PortMatch[];
  /** The range that the pods' sysctl must be set to; null when ports are not pinned. */
  readonly pinned: PortSpan | null;
  readonly path: Path;
}

/** Pods of another namespace, with the ports of the workload that they may connect to. */
export interface ClientIntent {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  readonly ports: readonly PortMatch[];
  readonly path: Path;
}

/** Pods of the zone's namespace; the empty selector is all of them. */
export interface PeerGroup {
  readonly title: string;
  readonly job: string | null;
  readonly selector: Labels;
}

export interface ProtectedIntent {
  readonly name: string;
  readonly namespaces: ProtectedZone['namespaces'];
  readonly cidrs: readonly string[];
  readonly path: Path;
}

/** Every intent of the zone, in document order. Total: a zone that parsed has intents. */
export function zoneIntents(loaded: LoadedZone): ZoneIntents {
  const { metadata, spec } = loaded.zone;
  return {
    zone: metadata.name,
    namespace: spec.namespace.name,
    cni: spec.platform.cni,
    workloads: spec.workloads.map((workload, index) => workloadIntent(loaded, workload, ['spec', 'workloads', index])),
    protected: spec.protected.map((zone, index) => ({ name: zone.name, namespaces: zone.namespaces, cidrs: zone.cidrs, path: ['spec', 'protected', index] })),
    metadata: metadataAddresses,
  };
}

function workloadIntent(loaded: LoadedZone, workload: ZoneWorkload, path: Path): WorkloadIntent {
  const { platform, namespace } = loaded.zone.spec;
  const beyondDns = [
    ...workload.data.map((data, index) => dataNeed(loaded.zone.spec, data, [...path, 'data', index])).filter((need) => need !== null),
    ...credentialNeeds(loaded.zone.spec, workload, path),
    ...serviceNeeds(loaded.zone.spec, workload, path),
  ];
  const dns = dnsNeed(platform, beyondDns, ['spec', 'platform', 'dns']);
  return {
    name: workload.name,
    namespace: namespace.name,
    selector: workload.selector,
    serviceAccount: workload.identity?.serviceAccount ?? null,
    peers: peerIntent(workload, path),
    needs: [dns.need, ...beyondDns],
    drivers: driverIntents(loaded.zone.spec, workload, path),
    clients: workload.clients.map(({ name, namespace, selector, port }, index) => ({
      name,
      namespace,
      selector,
      ports: [tcp(port)],
      path: [...path, 'clients', index],
    })),
    names: dns.names,
    path,
  };
}

function peerIntent(workload: ZoneWorkload, path: Path): PeerIntent {
  const span = workload.collectives.ports;
  return {
    scope: workload.peers,
    groups: peerGroups(workload),
    ports: span === null ? [{ protocol: 'TCP', port: null, endPort: null }] : pinnedPorts(workload, span),
    pinned: span,
    path: [...path, 'peers'],
  };
}

function peerGroups(workload: ZoneWorkload): readonly PeerGroup[] {
  switch (workload.peers) {
    case 'namespace':
      return [{ title: 'every pod of the namespace', job: null, selector: {} }];
    case 'same-workload':
      return [{ title: `pods of workload ${workload.name}`, job: null, selector: workload.selector }];
    case 'same-job':
      return workload.jobs.map((job) => ({ title: `pods of job ${job}`, job, selector: { ...workload.selector, [workload.jobLabel]: job } }));
  }
}
