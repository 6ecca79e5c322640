import type { Namespace } from '../../model/cluster.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { type RepresentativeKind, representativeKind, representativesOf } from './representatives.ts';

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
  const workloads = new Map([...snapshot.workloads, ...added.flatMap((a) => a.workloads)].map((w) => [w.id, w]));
  const namespaces = new Map<string, Namespace>([...added.flatMap((a) => a.namespaces).map((n) => [n.name, n] as const), ...snapshot.namespaces]);
  for (const w of workloads.values()) {
    if (!namespaces.has(w.namespace))
      namespaces.set(w.namespace, { name: w.namespace, labels: { 'kubernetes.io/metadata.name': w.namespace }, annotations: {}, origin: null });
  }
  const whole: Snapshot = { ...snapshot, namespaces, workloads: [...workloads.values()] };
  return {
    snapshot: whole,
    bound: zones.map(({ loaded, intents }, i) => ({ loaded, intents, members: membersOf(whole, intents), left: added[i]?.left ?? [] })),
  };
}

/** How people name a party of a claim. */
export function partyTitle(workload: Workload): string {
  return representativeKind(workload) === null ? workloadTitle(workload) : workload.name;
}

function membersOf(snapshot: Snapshot, intents: ZoneIntents): Member[] {
  return snapshot.workloads
    .filter((w) => w.namespace === intents.namespace && w.lifecycle !== 'finished')
    .map((workload) => ({
      workload,
      intent: intents.workloads.find((i) => selects(matchLabels(i.selector), workload.labels)) ?? null,
      representative: representativeKind(workload),
      title: partyTitle(workload),
    }));
}
