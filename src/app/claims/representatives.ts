import { directoryOf } from '../../engine/directory.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import { peersIn } from '../../engine/specialise.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sampleAccounts } from '../../model/account-match.ts';
import type { Namespace } from '../../model/cluster.ts';
import { type LabelSelector, type Labels, matchLabels, selectorText, selects } from '../../model/labels.ts';
import type { NamespaceMatch, Peer, PodMatch, Policy } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ContainerPort, Workload } from '../../model/workload.ts';
import { barePod } from '../../model/workload.ts';
import type { ZoneIntents } from '../../spec/intents.ts';
import { futurePods } from '../future/future-pods.ts';

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
  /** Why some sort of pod that could be created in the zone's namespace may be missing, in a line each. */
  readonly left: readonly string[];
  /** Namespaces whose pods decide which representatives there are. */
  readonly looked: ReadonlySet<string>;
}

/** Sorts of pod to come that a zone is judged for, at most: each is met with everybody. */
const mostSorts = 256;

/**
 * Stand-ins for pods that could be created. For each zone: two pods of each workload (and job) that it declares, pods of its namespace without labels,
 * and, for each selector that matches no pod of the snapshot, pods that it would match: as subjects in the zone's namespace, and as peers of the rules
 * that apply there, in protected namespaces, in others, and in a namespace to come; and pods that escape a selector by a label it excludes. To these come
 * all other sorts of pod of the zone's namespace that rules tell apart, whatever they are selected by at once.
 */
export function representativesOf(snapshot: Snapshot, intents: ZoneIntents, origin: Origin): Representatives {
  const directory = directoryOf(snapshot);
  const applying = directory
    .policiesFor([intents.namespace])
    .filter((p) => p.subject.kind === 'pods' && matchNamespace(snapshot, p.subject.match.namespaces, intents.namespace).is !== 'no')
    .map((p) => peersIn(snapshot, p, intents.namespace));
  const ports = namedPorts(applying);
  const made = new Map<string, Workload>();
  const namespaces = new Map<string, Namespace>();
  const add = (role: RepresentativeKind, namespace: string, name: string, labels: Labels, serviceAccount: string): void => {
    const key = JSON.stringify([role, namespace, labels, serviceAccount]);
    if (!made.has(key)) made.set(key, { ...standIn(role, namespace, name, labels, serviceAccount, origin), ports: role === 'possible' ? ports : [] });
  };
  for (const intent of intents.workloads) {
    const jobs = intent.peers.groups.filter((g) => g.job !== null);
    const account = intent.serviceAccount ?? 'default';
    if (jobs.length === 0) add('declared', intents.namespace, `any pod of workload ${intent.name}`, intent.selector, account);
    for (const g of jobs) add('declared', intents.namespace, `any pod of ${intent.name}, job ${g.job}`, g.selector, account);
  }
  for (const driver of intents.workloads.flatMap((w) => w.drivers))
    add('declared', driver.namespace, `any pod of ${driver.title} in ${driver.namespace}`, driver.selector, 'default');
  add('possible', intents.namespace, `any other pod of ${intents.namespace}`, {}, 'default');
  const looked = new Set([intents.namespace, ...intents.workloads.flatMap((w) => w.drivers.map((d) => d.namespace))]);
  const tried: Tried = { snapshot, evenIfThere: ports.length > 0, looked, add };
  for (const match of applying.flatMap(subjectsOf)) {
    standInsFor(tried, match, [intents.namespace]);
    for (const exempt of exemptions(match.pods)) {
      const text = Object.entries(exempt)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      add('possible', intents.namespace, `any pod of ${intents.namespace} with ${text}`, exempt, 'default');
      for (const intent of intents.workloads)
        add('possible', intents.namespace, `any pod of ${intent.name} with ${text}`, { ...intent.selector, ...exempt }, intent.serviceAccount ?? 'default');
    }
  }
  for (const match of applying.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(podsIn)))) {
    standInsFor(tried, match, placesFor(snapshot, intents, match.namespaces, namespaces));
  }
  const future = futurePods(
    snapshot,
    intents.namespace,
    'both',
    mostSorts,
    intents.workloads.flatMap((w) => [w.selector, ...w.peers.groups.map((g) => g.selector)]).map(matchLabels),
  );
  const own = [...made.values()].filter((w) => w.namespace === intents.namespace && (w.role === 'possible' || ports.length === 0));
  const there = ports.length > 0 ? [] : directory.inNamespace(intents.namespace).filter((w) => w.lifecycle !== 'finished' && !w.hostNetwork);
  const sorts = new Set([...own, ...there].map((w) => future.sortOf(w.labels, w.serviceAccount)));
  for (const { name, labels, account } of future.pods)
    if (!sorts.has(future.sortOf(labels, account))) add('possible', intents.namespace, name, labels, account);
  return { workloads: [...made.values()], namespaces: [...namespaces.values()], left: future.left, looked };
}

/** Labels by which a pod escapes a selector that excludes them: what is exempt from a default deny is as open as what nothing selects. */
function exemptions(selector: LabelSelector): Labels[] {
  return selector.requirements.flatMap((r): Labels[] => {
    if (r.operator === 'DoesNotExist') return [{ [r.key]: 'any' }];
    return r.operator === 'NotIn' ? r.values.map((value) => ({ [r.key]: value })) : [];
  });
}

/** A container port for each port name that some rule mentions: a pod to come may give any number that name. Numbers are arbitrary. */
export function namedPorts(policies: readonly Policy[]): ContainerPort[] {
  const found = new Map<string, ContainerPort>();
  for (const item of policies.flatMap((p) => p.rules.flatMap((r) => r.ports ?? []))) {
    if (typeof item.port !== 'string') continue;
    for (const protocol of item.protocol === 'ANY' ? (['TCP', 'UDP', 'SCTP'] as const) : [item.protocol]) {
      found.set(`${item.port}/${protocol}`, { name: item.port, port: 30_000 + found.size, protocol, hostPort: null });
    }
  }
  return [...found.values()];
}

function subjectsOf(policy: Policy): PodMatch[] {
  // A job makes its pods, and owns them.
  return policy.subject.kind === 'pods' && policy.subject.match.unowned !== true ? [policy.subject.match] : [];
}

function podsIn(peer: Peer): PodMatch[] {
  if (peer.kind === 'pods') return [peer.match];
  if (peer.kind === 'all-of') return peer.peers.flatMap(podsIn);
  return peer.kind === 'not' ? podsIn(peer.peer) : [];
}

/** How stand-ins are made. `evenIfThere`: also where some pod of the snapshot is selected, because it may lack a named port. */
interface Tried {
  readonly snapshot: Snapshot;
  readonly evenIfThere: boolean;
  readonly looked: Set<string>;
  readonly add: (role: RepresentativeKind, namespace: string, name: string, labels: Labels, serviceAccount: string) => void;
}

/** A pod that the match would select, in each place where no pod of the snapshot is selected already. */
function standInsFor({ snapshot, evenIfThere, looked, add }: Tried, match: PodMatch, places: readonly string[]): void {
  const labels = labelsFor(match.pods);
  if (labels === null) return;
  for (const namespace of places) {
    looked.add(namespace);
    for (const account of sampleAccounts(match.serviceAccounts)) {
      const there = directoryOf(snapshot)
        .inNamespace(namespace)
        .some((w) => w.lifecycle !== 'finished' && (account === null || account === w.serviceAccount) && selects(match.pods, w.labels));
      if (!there || evenIfThere)
        add(
          'possible',
          namespace,
          `any pod of ${namespace} with ${selectorText(match.pods)}${account === null ? '' : ` as ${account}`}`,
          labels,
          account ?? 'default',
        );
    }
  }
}

/** Namespaces in which a peer selector is tried: the one it names; else one of each protected zone, one other, and one that does not exist yet. */
function placesFor(snapshot: Snapshot, intents: ZoneIntents, match: NamespaceMatch, added: Map<string, Namespace>): readonly string[] {
  if (match.kind === 'named') return [match.name];
  // `peersIn` leaves none of these.
  if (match.kind === 'as-subject') return [];
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

/** Two pods that could be created, alike but for their names. */
export function standIn(role: RepresentativeKind, namespace: string, name: string, labels: Labels, serviceAccount: string, origin: Origin): Workload {
  return {
    ...barePod(namespace, name, origin),
    id: `${kind}/${role}/${namespace}/${name}/${serviceAccount}`,
    kind,
    role,
    labels,
    replicas: 2,
    serviceAccount,
    node: ownNodeOfRepresentative,
  };
}
