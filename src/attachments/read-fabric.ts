import type { Origin } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FabricFacts } from '../model/fabric-facts.ts';
import type { SecondaryNetwork } from '../model/secondary-network.ts';
import type { RawObject } from '../model/snapshot.ts';
import { isComputeDomain, readChannelClaim, readComputeDomain } from './compute-domains.ts';
import { asksForIbKubernetes, isNicClusterPolicy, isNodePolicy, readNicClusterPolicy, readNodePolicy, readPoolConfig } from './device-pools.ts';
import { isGkeNetwork, readGkeNetworks } from './gke-networks.ts';
import { isAttachment, readAttachment } from './network-attachment.ts';
import { isOperatorNetwork, readOperatorNetwork } from './operator-networks.ts';
import { readInstances, readSecurityGroups } from './security-groups.ts';

/** Whether an object is one of those that say how pods are attached to networks beside the pod network. */
export function isFabricObject(object: RawObject): boolean {
  return (
    isAttachment(object) || isOperatorNetwork(object) || isNodePolicy(object) || isNicClusterPolicy(object) || isGkeNetwork(object) || isComputeDomain(object)
  );
}

/** Networks beside the pod network. What an operator has made counts before what it is to make. */
export function readNetworks(objects: readonly RawObject[], diagnostics: Diagnostic[]): readonly SecondaryNetwork[] {
  const made = objects.filter(isAttachment).map((o) => readAttachment(o, diagnostics));
  const there = new Set(made.map((n) => n.name));
  const wanted = objects.filter(isOperatorNetwork).map((o) => readOperatorNetwork(o, diagnostics));
  return [...made, ...wanted.filter((n) => !there.has(n.name))];
}

/** What else the input says of fabrics: in objects, and in answers of `aws ec2`, which are documents of their own. */
export function readFabricFacts(
  objects: readonly RawObject[],
  documents: readonly { readonly value: unknown; readonly origin: Origin }[],
  diagnostics: Diagnostic[],
): FabricFacts {
  return {
    pools: [
      ...objects.filter(isNodePolicy).flatMap((o) => readNodePolicy(o, diagnostics)),
      ...objects.filter(isNicClusterPolicy).flatMap((o) => readNicClusterPolicy(o, diagnostics)),
      ...objects.flatMap(readPoolConfig),
    ],
    domains: objects.filter(isComputeDomain).map(readComputeDomain),
    channelClaims: objects.flatMap(readChannelClaim),
    gkeNetworks: readGkeNetworks(objects),
    securityGroups: documents.flatMap((d) => readSecurityGroups(d, diagnostics)),
    instances: documents.flatMap(readInstances),
    ibKubernetes:
      objects
        .filter(isNicClusterPolicy)
        .map(asksForIbKubernetes)
        .find((o) => o !== null) ?? null,
  };
}
