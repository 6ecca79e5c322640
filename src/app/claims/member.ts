import type { Origin } from '../../kernel/origin.ts';
import type { Namespace } from '../../model/cluster.ts';
import { type Labels, matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';

/**
 * A sort of pod inside a zone's namespace: one that the input shows, or a representative of pods that do not exist yet.
 * `intent` is the zone's workload that selects it; null for pods of the namespace that the zone says nothing about (they may do nothing).
 */
export interface Member {
  readonly workload: Workload;
  readonly intent: WorkloadIntent | null;
  readonly representative: boolean;
  readonly title: string;
}

/** A zone bound to a cluster: the cluster with the zone's representatives added, and who is a member. */
export interface BoundZone {
  readonly loaded: LoadedZone;
  readonly intents: ZoneIntents;
  readonly members: readonly Member[];
}

/** The node that a representative runs on, whichever that is: its own node is known to be its own, and no other is. */
export const ownNodeOfRepresentative = "the pod's own node";

const representativeKind = 'Representative';

/** Adds representatives of every zone to the snapshot (all zones, so that each is judged against the others) and binds the zones. */
export function bindZones(
  snapshot: Snapshot,
  zones: readonly { readonly loaded: LoadedZone; readonly intents: ZoneIntents }[],
): { readonly snapshot: Snapshot; readonly bound: readonly BoundZone[] } {
  const added = zones.flatMap(({ intents, loaded }) => representatives(intents, loaded.origin));
  const namespaces = new Map<string, Namespace>(snapshot.namespaces);
  for (const w of added)
    if (!namespaces.has(w.namespace))
      namespaces.set(w.namespace, { name: w.namespace, labels: { 'kubernetes.io/metadata.name': w.namespace }, annotations: {}, origin: null });
  const whole: Snapshot = { ...snapshot, namespaces, workloads: [...snapshot.workloads, ...added] };
  return { snapshot: whole, bound: zones.map(({ loaded, intents }) => ({ loaded, intents, members: membersOf(whole, intents) })) };
}

export function isRepresentative(workload: Workload): boolean {
  return workload.kind === representativeKind;
}

function membersOf(snapshot: Snapshot, intents: ZoneIntents): Member[] {
  return snapshot.workloads
    .filter((w) => w.namespace === intents.namespace && w.lifecycle !== 'finished')
    .map((workload) => {
      const representative = isRepresentative(workload);
      const intent = intents.workloads.find((i) => selects(matchLabels(i.selector), workload.labels)) ?? null;
      return { workload, intent, representative, title: representative ? workload.name : workloadTitle(workload) };
    });
}

/** Two pods of each peer group, so that they can talk to each other, and two of the namespace that carry no label at all. */
function representatives(intents: ZoneIntents, origin: Origin): Workload[] {
  const make = (name: string, labels: Labels, serviceAccount: string | null): Workload => ({
    id: `${representativeKind}/${intents.namespace}/${name}`,
    kind: representativeKind,
    namespace: intents.namespace,
    name,
    role: null,
    labels,
    perPodLabels: [],
    annotations: {},
    replicas: 2,
    serviceAccount: serviceAccount ?? 'default',
    hostNetwork: false,
    node: ownNodeOfRepresentative,
    ips: [],
    lifecycle: 'running',
    ports: [],
    interfaces: [],
    pod: {
      containers: [],
      hostPaths: [],
      nodeSelector: {},
      nodeAffinity: [],
      tolerations: [],
      automountServiceAccountToken: null,
      runAsUser: null,
      runAsNonRoot: null,
      seccompProfile: null,
      sysctls: {},
      dnsPolicy: 'ClusterFirst',
    },
    origin,
    podOrigin: origin,
  });
  return [
    ...intents.workloads.flatMap((intent) => {
      const groups = intent.peers.groups.filter((g) => g.job !== null);
      return groups.length === 0
        ? [make(`any pod of workload ${intent.name}`, intent.selector, intent.serviceAccount)]
        : groups.map((g) => make(`any pod of ${intent.name}, job ${g.job}`, g.selector, intent.serviceAccount));
    }),
    make(`any other pod of ${intents.namespace}`, {}, null),
  ];
}
