import { isFabricObject, readFabricFacts, readNetworks } from '../attachments/read-fabric.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.gen.ts';
import type { ExposureReader } from '../exposure/exposure-reader.ts';
import { readers } from '../exposure/registry.gen.ts';
import { appWrapper, isAppWrapper, unwrapped } from '../jobs/app-wrapper.ts';
import { claimKinds, withClaims } from '../jobs/device-claims.ts';
import { withEnvSources } from '../jobs/env-sources.ts';
import type { Expanded } from '../jobs/expanded.ts';
import type { JobExpander, Surroundings } from '../jobs/expander.ts';
import { queueKinds, withQueue } from '../jobs/kueue.ts';
import { settleOwnership } from '../jobs/ownership.ts';
import { expanders } from '../jobs/registry.gen.ts';
import { SharedSpecs } from '../jobs/shared-specs.ts';
import { withBridge } from '../jobs/slurm-bridge.ts';
import { isReadVersion, meantKind, unreadVersion } from '../jobs/versions.ts';
import { type Locator, type Origin, within } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic, Result } from '../kernel/result.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { compareText } from '../kernel/stable.ts';
import { isClusterObject, noClusterObjects, readClusterObject } from '../manifest/cluster-objects.ts';
import { dropDuplicates } from '../manifest/duplicates.ts';
import { isEndpointsObject, withEndpoints } from '../manifest/endpoints.ts';
import { impliedNamespaces } from '../manifest/implied-namespaces.ts';
import { impliedNodes } from '../manifest/implied-nodes.ts';
import { kustomizationWarnings } from '../manifest/kustomizations.ts';
import { TextLocator } from '../manifest/locator.ts';
import { mostTelling } from '../manifest/most-told.ts';
import { type ObjectsRead, readObjects, readObjectsAt } from '../manifest/objects.ts';
import { parseSource } from '../manifest/parse.ts';
import { isNetworkObject, readPrimaryNetworks } from '../manifest/primary-networks.ts';
import { type Exposure, noExposure } from '../model/exposure.ts';
import { isDnsSubdomain } from '../model/label-syntax.ts';
import { controllerOf, groupOf } from '../model/metadata.ts';
import type { Policy } from '../model/policy.ts';
import type { ClusterRanges, RawObject, Snapshot } from '../model/snapshot.ts';
import { decidesTraffic, isHarmless } from '../model/unread-kinds.ts';
import { isRuleObject, readRules } from '../prometheus/read-rules.ts';
import { readSettings } from '../prometheus/read-settings.ts';
import { dialectFor, surroundingsOf } from './dialects-of.ts';
import { kindNotRead } from './kind-not-read.ts';
import { withUnread } from './unread-policies.ts';

/** What the user says about the cluster beside the manifests. A range given here wins over what Nodes say. */
export interface LoadOptions {
  readonly ranges?: Partial<ClusterRanges>;
  /** Files that were asked for and could not be read: what they hold is not known either. */
  readonly unreadFiles?: readonly Origin[];
  /** Where objects go that give no namespace; `default` when left out. */
  readonly namespace?: string;
}

/** A snapshot of everything that could be read, and all that could not. */
export interface Loaded {
  readonly snapshot: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
  /** Documents that are no Kubernetes objects: values files, notes, kustomizations. */
  readonly ignored: number;
}

/**
 * Reads manifests into a snapshot. Broken documents and objects are error diagnostics, and the rest is read all the same; kinds that nothing reads are
 * counted in `unread`. Of objects that are there twice, the later counts. Of a file with very many faults the first of each severity are told and the rest counted.
 */
export function loadSnapshot(texts: readonly SourceText[], options: LoadOptions = {}): Loaded {
  const files = texts.map(parseSource);
  const locator = new TextLocator(files);
  const read = readObjects(
    files.flatMap((f) => f.documents),
    options.namespace,
  );
  const inside = insideWrappers(read.objects);
  // What policies refer to stays in the picture where it is refused: they are then unknown, and not about less.
  const dropped = [...read.dropped, ...inside.dropped];
  const referred = dropped.flatMap(({ is }) => (is !== null && supporting.has(keyOf(is)) ? [is] : []));
  const { objects: whole, diagnostics: duplicates } = dropDuplicates([...read.objects, ...inside.objects], locator);
  const objects = [...whole, ...referred];
  const diagnostics = [...files.flatMap((f) => f.diagnostics), ...kustomizationWarnings(files), ...read.diagnostics, ...inside.diagnostics, ...duplicates];
  const lowered = lower(objects, diagnostics);
  const broken = files.flatMap((f) => f.diagnostics.filter((d) => d.severity === 'error').flatMap((d) => d.origin ?? []));
  const shut = [...broken, ...(options.unreadFiles ?? []), ...dropped.flatMap((d) => (d.is === null ? [d.origin] : []))];
  const refused = [...dropped.flatMap((d) => d.is ?? []), ...lowered.refused];
  const { cluster, workloads } = lowered;
  const nodes = [...cluster.nodes, ...impliedNodes(objects, workloads, new Set(cluster.nodes.map((n) => n.name)))];
  const podCidrs = [...new Set(cluster.nodes.flatMap((n) => n.podCidrs))].sort(compareText);
  const documents = files.flatMap((f) => f.documents.map(({ ref, value }) => ({ value, origin: { document: ref, path: [] } })));
  const complete: Snapshot = {
    namespaces: impliedNamespaces(cluster.namespaces, objects),
    workloads,
    services: withEndpoints(cluster.services, objects, diagnostics),
    nodes,
    serviceAccounts: cluster.serviceAccounts,
    quotas: cluster.quotas,
    policies: lowered.policies.filter((p) => p.networks === undefined),
    primaryNetworks: readPrimaryNetworks(objects, diagnostics),
    secondary: {
      networks: readNetworks(objects, diagnostics),
      policies: lowered.policies.filter((p) => p.networks !== undefined),
    },
    fabric: readFabricFacts(objects, documents, diagnostics),
    alerting: { rules: readRules(objects, documents), settings: readSettings(objects, documents) },
    ranges: { pods: options.ranges?.pods ?? podCidrs, nodes: options.ranges?.nodes ?? [], services: options.ranges?.services ?? [] },
    exposure: lowered.exposure,
    objects,
    unread: new Map([...lowered.unread].sort(([a], [b]) => compareText(a, b))),
  };
  const snapshot = withUnread(complete, shut, refused);
  return { snapshot, diagnostics: inDocumentOrder(mostTelling(inDocumentOrder(diagnostics, texts)), texts), locator, ignored: read.ignored };
}

/** What AppWrappers hold, as far as the input does not hold it by itself, as a cluster that runs it does. */
function insideWrappers(objects: readonly RawObject[]): Omit<ObjectsRead, 'ignored'> {
  const diagnostics: Diagnostic[] = [];
  const wrappers = objects.filter((o) => isAppWrapper(o) && isReadVersion(o));
  if (wrappers.length === 0) return { objects: [], dropped: [], diagnostics };
  const there = new Set(objects.map(placeOf));
  const read = wrappers
    .flatMap((wrapper) => unwrapped(wrapper, diagnostics))
    .map(({ value, origin, namespace }) => readObjectsAt([{ value, origin }], namespace));
  return {
    objects: read.flatMap((r) => r.objects).filter((o) => o.name.includes('*') || !there.has(placeOf(o))),
    dropped: read.flatMap((r) => r.dropped),
    diagnostics: [...diagnostics, ...read.flatMap((r) => r.diagnostics)],
  };
}

/** Faults of one document together, documents as they were given. */
function inDocumentOrder(diagnostics: readonly Diagnostic[], texts: readonly SourceText[]): readonly Diagnostic[] {
  const rank = new Map(texts.map((t, i) => [t.file, i]));
  const key = (d: Diagnostic): readonly [number, number] => [rank.get(d.origin?.document.file ?? '') ?? -1, d.origin?.document.index ?? -1];
  return diagnostics
    .map((d) => ({ d, key: key(d) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1])
    .map(({ d }) => d);
}

interface Lowered {
  readonly cluster: ReturnType<typeof noClusterObjects>;
  readonly workloads: readonly Snapshot['workloads'][number][];
  readonly policies: readonly Policy[];
  readonly exposure: Exposure;
  readonly unread: ReadonlyMap<string, number>;
  /** Objects of policy languages that could not be taken. */
  readonly refused: readonly RawObject[];
}

const expanderOf: ReadonlyMap<string, JobExpander> = new Map(expanders.flatMap((e) => e.kinds.map((k): [string, JobExpander] => [`${k.group}/${k.kind}`, e])));
const entryReaderOf: ReadonlyMap<string, ExposureReader> = new Map(
  readers.flatMap((r) => r.kinds.map((k): [string, ExposureReader] => [`${k.group}/${k.kind}`, r])),
);
const supporting: ReadonlyMap<string, Dialect> = new Map(
  dialects.flatMap((d) => (d.supports ?? []).map((k): [string, Dialect] => [`${k.group}/${k.kind}`, d])),
);

/** Kinds that are read with the jobs that name them. */
/** Kinds that say where pods may go, and which of them there may be: claims about placement read them. */
const placementKinds: readonly string[] = [
  'node.k8s.io/RuntimeClass',
  'karpenter.sh/NodePool',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
];

const ofJobs: ReadonlySet<string> = new Set([
  ...expanders.flatMap((e) => (e.supports ?? []).map((k) => `${k.group}/${k.kind}`)),
  ...queueKinds,
  ...claimKinds,
  ...placementKinds,
]);

function lower(objects: readonly RawObject[], diagnostics: Diagnostic[]): Lowered {
  const cluster = noClusterObjects();
  const expanded: Expanded[] = [];
  const policies: Policy[] = [];
  const entries: Partial<Exposure>[] = [];
  const unread = new Map<string, number>();
  const refused: RawObject[] = [];
  const around = surroundingsOf(objects);
  const jobs = { ...objectIndex(objects), shared: new SharedSpecs() };
  const made = madeByJobs(objects, jobs);
  const byOperators = new Set(made);
  for (const object of [...objects, ...made]) {
    // Zones say what is wanted, not what is there: `-f` reads them.
    if (groupOf(object.apiVersion) === 'ringfence.dev') continue;
    const key = keyOf(object);
    if (ofJobs.has(key)) continue;
    if (isAppWrapper(object)) {
      if (!isReadVersion(object)) diagnostics.push(unreadVersion(object));
      continue;
    }
    const expander = expanderOf.get(key);
    const dialect = dialectFor(key);
    const supported = supporting.get(key);
    if (supported !== undefined) {
      for (const d of supported.checkSupport?.(object) ?? []) diagnostics.push(d);
      continue;
    }
    const entryReader = entryReaderOf.get(key);
    const known =
      expander !== undefined ||
      dialect !== undefined ||
      entryReader !== undefined ||
      isClusterObject(object) ||
      isEndpointsObject(object) ||
      isNetworkObject(object) ||
      isFabricObject(object) ||
      isRuleObject(object);
    if (!known) {
      const kind = `${object.apiVersion}/${object.kind}`;
      const before = unread.get(kind) ?? 0;
      unread.set(kind, before + 1);
      if (before === 0) diagnostics.push(...notRead(object));
      continue;
    }
    if (expander !== undefined && !isReadVersion(object)) {
      diagnostics.push(unreadVersion(object));
      continue;
    }
    if (!isNamed(object)) diagnostics.push(misnamed(object));
    // An object with a wrong name still means what it says; one without cannot be told apart.
    if (object.name === '') {
      refused.push(object);
      continue;
    }
    if (expander !== undefined) {
      const result = collect(expander.expand(object, jobs), diagnostics);
      if (result !== undefined)
        expanded.push({
          object,
          workloads: withQueue(object, result, jobs).map((w) => withClaims(withEnvSources(withBridge(w), jobs), jobs)),
          endsWhenDone: expander.endsWhenDone === true,
        });
    } else if (dialect !== undefined) {
      const result = collect(dialect.read(object, around), diagnostics);
      if (result === undefined) refused.push(object);
      else policies.push(...(byOperators.has(object) ? result.map((p) => ({ ...p, id: `${p.id} (${madeText(object)})` })) : result));
    } else if (isClusterObject(object)) for (const d of readClusterObject(object, cluster)) diagnostics.push(d);
    // A Service is both: what policies see of it, and how it is dialled from outside.
    if (entryReader !== undefined) entries.push(collect(entryReader.read(object), diagnostics) ?? {});
  }
  const settled = settleOwnership(expanded);
  for (const d of settled.diagnostics) diagnostics.push(d);
  return { cluster, workloads: settled.workloads, policies, exposure: together(entries), unread, refused };
}

/** Kinds by which the names of others are taken for slips: what trains, and what Kubernetes itself has. */
const wellKnown = [appWrapper, ...expanders.flatMap((e) => e.kinds.filter(({ group }) => e.training !== undefined || ['', 'apps', 'batch'].includes(group)))];

/** One object of a kind speaks for all: what is not read has no part in any answer, and may be what decides. */
function notRead(object: RawObject): readonly Diagnostic[] {
  const { apiVersion, kind, origin } = object;
  if (decidesTraffic(object))
    return [
      {
        code: 'policy-kind-not-read',
        severity: 'warning',
        message: `Objects of kind ${shown(kind)} (${shown(apiVersion)}) are not read: what they open or close is in no answer.`,
        hint: 'Correct apiVersion and kind if another was meant. Else take answers about whom they concern as those of a cluster without them.',
        origin,
      },
    ];
  const meant = isHarmless(object) ? null : meantKind(object, wellKnown);
  return meant === null ? [] : [kindNotRead(object, `Was ${meant} meant?`)];
}

const keyOf = (o: Pick<RawObject, 'apiVersion' | 'kind'>): string => `${groupOf(o.apiVersion)}/${o.kind}`;

const placeOf = (o: RawObject): string => JSON.stringify([keyOf(o), o.namespace, o.name]);

function objectIndex(objects: readonly RawObject[]): Pick<Surroundings, 'find' | 'limitRanges'> {
  // Made when the first job asks: most inputs have none that needs another object.
  let index: Map<string, RawObject> | null = null;
  let ranges: readonly RawObject[] | null = null;
  const placed = (kind: string, namespace: string | null, name: string): string => `${kind}/${namespace ?? ''}/${name}`;
  return {
    find(group, kind, namespace, name) {
      index ??= new Map(objects.map((o) => [placed(keyOf(o), o.namespace, o.name), o]));
      return index.get(placed(`${group}/${kind}`, namespace, name));
    },
    limitRanges(namespace) {
      ranges ??= objects.filter((o) => keyOf(o) === '/LimitRange');
      return ranges.filter((o) => o.namespace === namespace);
    },
  };
}

/** What controllers of jobs make beside pods, as far as the input does not hold it by itself. */
function madeByJobs(objects: readonly RawObject[], around: Surroundings): readonly RawObject[] {
  return objects
    .flatMap((object) => (isReadVersion(object) ? (expanderOf.get(keyOf(object))?.makes?.(object, around) ?? []) : []))
    .filter((made) => around.find(groupOf(made.apiVersion), made.kind, made.namespace, made.name) === undefined);
}

/** Who makes an object that stands at the place of the job that it is made for: `made by KubeRay for RayCluster ml/tune`. */
function madeText(object: RawObject): string {
  const owner = controllerOf(object);
  const operator = operators.get(owner?.group ?? '') ?? 'its operator';
  return `made by ${operator}${owner === null ? '' : ` for ${owner.kind} ${object.namespace ?? 'default'}/${owner.name}`}`;
}

const operators: ReadonlyMap<string, string> = new Map([
  ['ray.io', 'KubeRay'],
  ['batch.volcano.sh', 'Volcano'],
]);

function collect<T>(result: Result<T>, diagnostics: Diagnostic[]): T | undefined {
  for (const d of result.diagnostics) diagnostics.push(d);
  return result.ok ? result.value : undefined;
}

/** Whether the name is one that the API server takes for the kinds that are read here; `*` stands for its generated end. */
function isNamed({ name }: RawObject): boolean {
  return isDnsSubdomain(name.replace(/-?\*\d*$/, ''));
}

function misnamed({ kind, name, origin }: RawObject): Diagnostic {
  return {
    code: name === '' ? 'missing-field' : 'bad-name',
    severity: 'error',
    message:
      name === ''
        ? `This ${kind} has no metadata.name, which is required.`
        : `${shown(name)} is no name for a ${kind}; expected lower-case letters, digits, "-" and ".", with a letter or digit at both ends.`,
    ...(name === '' ? { hint: 'Add metadata.name.' } : {}),
    origin: within(origin, 'metadata', 'name'),
  };
}

function together(parts: readonly Partial<Exposure>[]): Exposure {
  const lists = Object.keys(noExposure) as (keyof Exposure)[];
  return Object.fromEntries(lists.map((list) => [list, parts.flatMap((part): readonly unknown[] => part[list] ?? [])])) as unknown as Exposure;
}
