import { fabricDevices } from '../../checks/fabric-devices.ts';
import type { Finding } from '../../model/finding.ts';
import { baseOf, keyText } from '../../model/pkey.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inContainer, workloadTitle } from '../../model/workload.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { found } from './found.ts';

/** What the manifests of a cluster say of the fabric. */
export function clusterFindings(snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Finding[] {
  return [...foreignAttachments(snapshot, zones), ...managementDatagrams(snapshot)];
}

/** Networks with a key that is not that of their namespace's zone. Source: k8snetworkplumbingwg/ib-sriov-cni README (pkey). */
function foreignAttachments(snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Finding[] {
  const keyOf = new Map(zones.map(({ zone }) => [zone.spec.namespace.name, zone.spec.fabric?.infiniband?.partition.pkey ?? null]));
  return snapshot.secondary.networks.flatMap(({ name, settings, settingsAt }) => {
    const own = keyOf.get(name.split('/', 1)[0] ?? '') ?? null;
    if (settings.pkey === null || baseOf(settings.pkey) === own) return [];
    const why = own === null ? 'whose namespace is that of no zone on the fabric' : `whose zone has ${keyText(own)}`;
    return [
      found('fabric-foreign-attachment', {
        message: `NetworkAttachmentDefinition ${name}, ${why}, joins pods to partition ${keyText(baseOf(settings.pkey))} as full members.`,
        primary: settingsAt,
        subjects: [name],
      }),
    ];
  });
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
