import { directoryOf } from '../../engine/directory.ts';
import type { Namespace } from '../../model/cluster.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { type RepresentativeKind, type Representatives, representativeKind, representativesOf } from './representatives.ts';

/**
 * A sort of pod inside a zone's namespace: one that the input shows, or a representative of pods that do not exist yet.
 * `intent` is the zone's workload that selects it; null for pods of the namespace that the zone says nothing about (they may do nothing).
 */
export interface Member {
  readonly workload: Workload;
  readonly intent: WorkloadIntent | null;
  readonly representative: RepresentativeKind | null;
  readonly title: string;
}

/** A zone bound to a cluster: the cluster with the zone's representatives added, and who is a member. */
export interface BoundZone {
  readonly loaded: LoadedZone;
  readonly intents: ZoneIntents;
  readonly members: readonly Member[];
  /** Why some sort of pod to come may be missing among them, in a line each. */
  readonly left: readonly string[];
}

/** Adds representatives of every zone to the snapshot (all zones, so that each is judged against the others) and binds the zones. */
export function bindZones(
  snapshot: Snapshot,
  zones: readonly { readonly loaded: LoadedZone; readonly intents: ZoneIntents }[],
): { readonly snapshot: Snapshot; readonly bound: readonly BoundZone[] } {
  const added = zones.map(({ intents, loaded }) => representativesOf(snapshot, intents, loaded.origin));
  const whole = withRepresentatives(snapshot, added);
  return {
    snapshot: whole,
    bound: zones.map(({ loaded, intents }, i) => ({ loaded, intents, members: membersOf(whole, intents), left: added[i]?.left ?? [] })),
  };
}

/** The cluster with representatives, which come last, and with the namespaces that they need. */
export function withRepresentatives(snapshot: Snapshot, added: readonly Representatives[]): Snapshot {
  const workloads = [...snapshot.workloads, ...eachOnce(added)];
  const namespaces = new Map<string, Namespace>([...added.flatMap((a) => a.namespaces).map((n) => [n.name, n] as const), ...snapshot.namespaces]);
  for (const { namespace } of workloads) if (!namespaces.has(namespace)) namespaces.set(namespace, impliedNamespace(namespace));
  return { ...snapshot, namespaces, workloads };
}

/** The representatives of all zones, those that two zones have in common once. */
export function eachOnce(added: readonly Representatives[]): readonly Workload[] {
  return [...new Map(added.flatMap((a) => a.workloads).map((w) => [w.id, w])).values()];
}

/** A namespace of which nothing is known but that somebody lives there. */
export function impliedNamespace(name: string): Namespace {
  return { name, labels: { 'kubernetes.io/metadata.name': name }, annotations: {}, origin: null };
}

/** How people name a party of a claim. */
export function partyTitle(workload: Workload): string {
  return representativeKind(workload) === null ? workloadTitle(workload) : workload.name;
}

/** The pods of a zone's namespace, representatives among them. */
export function membersOf(snapshot: Snapshot, intents: ZoneIntents): Member[] {
  return directoryOf(snapshot)
    .inNamespace(intents.namespace)
    .filter((w) => w.lifecycle !== 'finished')
    .map((workload) => ({
      workload,
      intent: intents.workloads.find((i) => selects(matchLabels(i.selector), workload.labels)) ?? null,
      representative: representativeKind(workload),
      title: partyTitle(workload),
    }));
}
