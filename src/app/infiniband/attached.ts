import { fabricDevices } from '../../checks/fabric-devices.ts';
import type { Finding } from '../../model/finding.ts';
import { baseOf, keyText } from '../../model/pkey.ts';
import type { SecondaryNetwork } from '../../model/secondary-network.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inContainer, workloadTitle } from '../../model/workload.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { protectedNamespaces } from '../claims/protected.ts';
import { found } from './found.ts';

/** A network that joins pods to a partition that is not theirs. */
export interface Joining {
  /** Zones that it joins to somebody. */
  readonly zones: readonly string[];
  /** What is not known and would keep it from being so; null: it is so. */
  readonly doubt: string | null;
  readonly finding: Finding;
}

/** What the manifests of a cluster say of the fabric. */
export function clusterFindings(snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Finding[] {
  return [...joiningsOf(snapshot, zones).map((j) => j.finding), ...managementDatagrams(snapshot)];
}

/**
 * Networks with a key that is not that of their namespace's zone, and pods on such networks of other namespaces: ib-kubernetes makes their devices full members of
 * whatever partition a network names. Source: k8snetworkplumbingwg/ib-sriov-cni README (pkey), Mellanox/ib-kubernetes pkg/daemon.
 */
export function joiningsOf(snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Joining[] {
  const spaces = zones.map((loaded) => spaceOf(snapshot, loaded));
  const keyed = new Map(snapshot.secondary.networks.filter((n) => n.settings.pkey !== null).map((n) => [n.name, n]));
  const networks = [...keyed.values()].flatMap((network) => {
    const [base, namespace] = [baseOf(network.settings.pkey ?? 0), network.name.split('/', 1)[0] ?? ''];
    const own = spaces.find((s) => s.namespace === namespace)?.key ?? null;
    if (own === base) return [];
    const why = own === null ? 'whose namespace is that of no zone on the fabric' : `whose zone has ${keyText(own)}`;
    const message = `NetworkAttachmentDefinition ${network.name}, ${why}, joins pods to partition ${keyText(base)} as full members.`;
    return [joining(snapshot, network, spaces, namespace, message, network.settingsAt, network.name)];
  });
  const pods = snapshot.workloads.flatMap((workload) => {
    if (workload.lifecycle === 'finished') return [];
    return workload.interfaces.flatMap(({ network: name, origin }) => {
      const network = keyed.get(name);
      const base = baseOf(network?.settings.pkey ?? 0);
      if (network === undefined || name.startsWith(`${workload.namespace}/`) || spaces.find((s) => s.namespace === workload.namespace)?.key === base) return [];
      const message = `${workloadTitle(workload)} is on network ${name} of another namespace, which joins it to partition ${keyText(base)} as a full member.`;
      const joined = joining(snapshot, network, spaces, workload.namespace, message, origin, workloadTitle(workload));
      return joined.zones.length === 0 ? [] : [joined];
    });
  });
  return [...networks, ...pods];
}

/** What a zone has on the fabric. */
interface Space {
  readonly name: string;
  readonly namespace: string;
  readonly key: number;
  /** Partitions of its hubs: nobody that the zone protects may be a full member of them. */
  readonly hubs: readonly number[];
  readonly protected: readonly string[];
}

function spaceOf(snapshot: Snapshot, { zone: { metadata, spec } }: LoadedZone): Space {
  const fabric = spec.fabric?.infiniband ?? null;
  return {
    name: metadata.name,
    namespace: spec.namespace.name,
    key: fabric?.partition.pkey ?? 0,
    hubs: fabric?.hubs.map((hub) => hub.pkey) ?? [],
    protected: spec.protected.flatMap((p) => protectedNamespaces(snapshot, p)),
  };
}

function joining(
  { fabric }: Snapshot,
  { name, settings }: SecondaryNetwork,
  spaces: readonly Space[],
  namespace: string,
  message: string,
  primary: Finding['primary'],
  subject: string,
): Joining {
  const base = baseOf(settings.pkey ?? 0);
  const zones = spaces
    .filter((s) => s.key !== 0 && (s.namespace === namespace || s.key === base || (s.hubs.includes(base) && s.protected.includes(namespace))))
    .map((s) => s.name);
  const doubt =
    fabric.ibKubernetes === null
      ? 'whether ib-kubernetes runs, which alone reads the key of a network'
      : settings.ibKubernetes
        ? null
        : `whether ib-kubernetes reads network ${name}, which does not ask for it (ibKubernetesEnabled)`;
  const severity = zones.length > 0 && doubt === null ? { severity: 'critical' as const } : {};
  return { zones, doubt, finding: found('fabric-foreign-attachment', { message, primary, subjects: [subject], ...severity }) };
}

function managementDatagrams(snapshot: Snapshot): readonly Finding[] {
  return snapshot.workloads.flatMap((workload) =>
    fabricDevices(workload)
      .filter(({ resource }) => resource.startsWith('rdma/'))
      .slice(0, 1)
      .map(({ container, resource }) =>
        found('fabric-umad-exposed', {
          message: `${workloadTitle(workload)} gets umad with ${resource}: as root it can send management datagrams.`,
          primary: inContainer(workload, container, 'resources'),
          subjects: [workloadTitle(workload)],
        }),
      ),
  );
}
