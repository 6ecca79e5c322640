import { matchNamespace } from '../../engine/match.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Namespace } from '../../model/cluster.ts';
import { type LabelSelector, type Labels, selectorText, selects } from '../../model/labels.ts';
import type { NamespaceMatch, Peer, PodMatch, Policy } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { ZoneIntents } from '../../spec/intents.ts';

/** The node that a representative runs on, whichever that is: its own node is known to be its own, and no other is. */
export const ownNodeOfRepresentative = "the pod's own node";

/** `declared`: a pod as the zone describes it. `possible`: any other pod that some selector would treat in its own way. */
export type RepresentativeKind = 'declared' | 'possible';

const kind = 'Representative';

export function representativeKind(workload: Workload): RepresentativeKind | null {
  return workload.kind !== kind ? null : workload.role === 'declared' ? 'declared' : 'possible';
}

/** Pods that do not exist yet, and the namespaces that they need beside those of the snapshot. */
export interface Representatives {
  readonly workloads: readonly Workload[];
  readonly namespaces: readonly Namespace[];
}

/**
 * Stand-ins for pods that could be created. For each zone: two pods of each workload (and job) that it declares, pods of its namespace without labels,
 * and, for each selector that matches no pod of the snapshot, pods that it would match: as subjects in the zone's namespace, and as peers of the rules
 * that apply there, in protected namespaces, in others, and in a namespace to come. Rules add up, so one selector at a time shows all that opens.
 */
export function representativesOf(snapshot: Snapshot, intents: ZoneIntents, origin: Origin): Representatives {
  const made = new Map<string, Workload>();
  const namespaces = new Map<string, Namespace>();
  for (const match of applying.flatMap(subjectsOf)) standInsFor(snapshot, match, [intents.namespace], add);
  for (const match of applying.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(podsIn)))) {
    const places = placesFor(snapshot, intents, match.namespaces, namespaces);
    standInsFor(snapshot, match, places, add);
  }
  return { workloads: [...made.values()], namespaces: [...namespaces.values()] };
}

function subjectsOf(policy: Policy): PodMatch[] {
  return policy.subject.kind === 'pods' ? [policy.subject.match] : [];
}

function podsIn(peer: Peer): PodMatch[] {
  if (peer.kind === 'pods') return [peer.match];
  if (peer.kind === 'all-of') return peer.peers.flatMap(podsIn);
  return peer.kind === 'not' ? podsIn(peer.peer) : [];
}

type Add = (role: RepresentativeKind, namespace: string, name: string, labels: Labels, serviceAccount: string) => void;

/** A pod that the match would select, in each place where no pod of the snapshot is selected already. */
function standInsFor(snapshot: Snapshot, match: PodMatch, places: readonly string[], add: Add): void {
  const labels = labelsFor(match.pods);
  if (labels === null) return;
  const accounts = match.serviceAccounts;
  for (const namespace of places) {
    const there = snapshot.workloads.some(
      (w) => w.namespace === namespace && w.lifecycle !== 'finished' && (accounts?.includes(w.serviceAccount) ?? true) && selects(match.pods, w.labels),
    );
    if (!there) add('possible', namespace, `any pod of ${namespace} with ${selectorText(match.pods)}`, labels, accounts?.[0] ?? 'default');
  }
}

/** Namespaces in which a peer selector is tried: the one it names; else one of each protected zone, one other, and one that does not exist yet. */
function placesFor(snapshot: Snapshot, intents: ZoneIntents, match: NamespaceMatch, added: Map<string, Namespace>): readonly string[] {
  if (match.kind === 'named') return [match.name];
  const matching = [...snapshot.namespaces.keys()].filter((name) => matchNamespace(snapshot, match, name).is !== 'no');
  const isProtected = (name: string): boolean =>
    intents.protected.some(
      ({ namespaces }) =>
        namespaces !== null &&
        ('names' in namespaces
          ? namespaces.names.includes(name)
          : selects(
              { requirements: Object.entries(namespaces.labels).map(([key, value]) => ({ key, operator: 'In', values: [value] })) },
              snapshot.namespaces.get(name)?.labels ?? {},
            )),
    );
  const protectedOnes = matching.filter(isProtected);
  const other = matching.find((name) => name !== intents.namespace && !isProtected(name));
  const labels = labelsFor(match.selector);
  const named = labels?.['kubernetes.io/metadata.name'];
  const places = [...protectedOnes, ...(matching.includes(intents.namespace) ? [intents.namespace] : []), ...(other === undefined ? [] : [other])];
  if (labels === null || (named !== undefined && snapshot.namespaces.has(named))) return places;
  const name = named ?? 'any-namespace-to-come';
  const whole = { 'kubernetes.io/metadata.name': name, ...labels };
  if (!snapshot.namespaces.has(name))
    added.set(name, { name, labels: { ...added.get(name)?.labels, ...whole }, annotations: {}, origin: { document: { file: '', index: 0 }, path: [] } });
  return [...places, name];
}

/** Labels that a selector selects, few of them; null when none were found. */
function labelsFor(selector: LabelSelector): Labels | null {
  const labels: Record<string, string> = {};
  for (const r of selector.requirements) {
    if (r.operator === 'In') labels[r.key] = r.values[0] ?? '';
    else if (r.operator === 'Exists') labels[r.key] ??= 'any';
  }
  for (const term of selector.terms ?? []) {
    if (term.kind === 'text') labels[term.key] = term.value;
    else if (term.kind === 'any-of') Object.assign(labels, term.selectors.map(labelsFor).find((l) => l !== null) ?? {});
  }
  return selects(selector, labels) ? labels : null;
}

function standIn(role: RepresentativeKind, namespace: string, name: string, labels: Labels, serviceAccount: string, origin: Origin): Workload {
  return {
    id: `${kind}/${namespace}/${name}/${serviceAccount}`,
    kind,
    namespace,
    name,
    role,
    labels,
    perPodLabels: [],
    annotations: {},
    replicas: 2,
    serviceAccount,
    hostNetwork: false,
    node: ownNodeOfRepresentative,
    ips: [],
    lifecycle: 'running',
    ports: [],
    interfaces: [],
    pod: {
      containers: [],
      hostPaths: [],
      volumeTypes: [],
      hostPID: false,
      hostIPC: false,
      confinement: [],
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
  };
}
