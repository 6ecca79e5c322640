import { memberOf } from '../kernel/map.ts';
import type { GkeNetwork } from '../model/fabric-facts.ts';
import { groupOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';

const group = 'networking.gke.io';

export function isGkeNetwork(object: RawObject): boolean {
  return groupOf(object.apiVersion) === group && (object.kind === 'Network' || object.kind === 'GKENetworkParamSet');
}

/** Networks of GKE, each with what its GKENetworkParamSet says. Source: kubernetes/cloud-provider-gcp crd/apis/network/v1 Network, GKENetworkParamSet. */
export function readGkeNetworks(objects: readonly RawObject[]): readonly GkeNetwork[] {
  const sets = new Map(objects.filter((o) => isGkeNetwork(o) && o.kind === 'GKENetworkParamSet').map((o) => [o.name, o]));
  return objects
    .filter((o) => isGkeNetwork(o) && o.kind === 'Network')
    .map((o): GkeNetwork => {
      const reference = memberOf(o.body, 'spec', 'parametersRef', 'name');
      const set = typeof reference === 'string' ? sets.get(reference) : undefined;
      return {
        name: o.name,
        type: text(memberOf(o.body, 'spec', 'type')),
        vpc: set === undefined ? null : text(memberOf(set.body, 'spec', 'vpc')),
        deviceMode: set === undefined ? null : text(memberOf(set.body, 'spec', 'deviceMode')),
        origin: o.origin,
      };
    });
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
