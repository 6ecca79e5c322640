import { fabricDevices } from '../../checks/fabric-devices.ts';
import { isMap, memberOf } from '../../kernel/map.ts';
import { within } from '../../kernel/origin.ts';
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

/** NetworkAttachmentDefinitions with a key that is not that of their namespace's zone. Source: k8snetworkplumbingwg/ib-sriov-cni README (pkey). */
function foreignAttachments(snapshot: Snapshot, zones: readonly LoadedZone[]): readonly Finding[] {
  const keyOf = new Map(zones.map(({ zone }) => [zone.spec.namespace.name, zone.spec.fabric?.infiniband?.partition.pkey ?? null]));
  return snapshot.objects.flatMap((object) => {
    if (object.kind !== 'NetworkAttachmentDefinition') return [];
    const config = memberOf(object.body, 'spec', 'config');
    const pkeys = typeof config === 'string' ? attachedKeys(config) : [];
    return pkeys.flatMap((key): Finding[] => {
      const own = keyOf.get(object.namespace ?? '') ?? null;
      if (own === key) return [];
      const why = own === null ? 'whose namespace is that of no zone on the fabric' : `whose zone has ${keyText(own)}`;
      return [
        found('fabric-foreign-attachment', {
          message: `NetworkAttachmentDefinition ${object.namespace ?? ''}/${object.name}, ${why}, joins pods to partition ${keyText(key)} as full members.`,
          primary: within(object.origin, 'spec', 'config'),
          subjects: [`${object.namespace ?? ''}/${object.name}`],
        }),
      ];
    });
  });
}

function attachedKeys(config: string): readonly number[] {
  let value: unknown;
  try {
    value = JSON.parse(config);
  } catch {
    return [];
  }
  const plugins = memberOf(value, 'plugins');
  const all: readonly unknown[] = Array.isArray(plugins) ? [value, ...plugins] : [value];
  return all.flatMap((plugin) => {
    const pkey = isMap(plugin) && plugin.type === 'ib-sriov' ? plugin.pkey : undefined;
    return typeof pkey === 'string' && /^(?:0x)?[0-9a-fA-F]{1,4}$/.test(pkey) ? [baseOf(Number.parseInt(pkey.replace(/^0x/i, ''), 16))] : [];
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
