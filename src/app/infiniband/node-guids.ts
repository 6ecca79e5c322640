import type { HostFact } from '../../fabric/facts.ts';
import { type Guid, guidOf } from '../../fabric/guid.ts';
import { isMap, memberOf } from '../../kernel/map.ts';
import { type Origin, within } from '../../kernel/origin.ts';
import { annotationsOf, groupOf, labelsOf } from '../../model/metadata.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import type { Evidence } from './evidence.ts';

/** What is said of one node; longer lists are no list of its ports. */
const mostGuids = 64;

/** Names the node that a NodeFeature is about. Source: kubernetes-sigs/node-feature-discovery api/nfd/v1alpha1 (NodeFeatureObjNodeNameLabel). */
const nodeNameLabel = 'nfd.node.kubernetes.io/node-name';

/** Which hosts ports are in: by the maps among the inputs, and by what nodes and Node Feature Discovery say. */
export function hostFacts({ facts }: Evidence, cluster: Snapshot | null): readonly HostFact[] {
  return [...facts.filter((f) => f.kind === 'host'), ...(cluster?.objects ?? []).flatMap(saidBy)];
}

/** GUIDs in labels and annotations of a node, and in the features of it, each under a name that speaks of GUIDs: `ib/hca-guids`, `feature.node.kubernetes.io/ib.port-guid`. */
function saidBy(object: RawObject): readonly HostFact[] {
  if (object.kind === 'Node' && groupOf(object.apiVersion) === '')
    return [
      ...guidsIn(labelsOf(object), object.name, within(object.origin, 'metadata', 'labels')),
      ...guidsIn(annotationsOf(object), object.name, within(object.origin, 'metadata', 'annotations')),
    ];
  if (object.kind !== 'NodeFeature' || groupOf(object.apiVersion) !== 'nfd.k8s-sigs.io') return [];
  const labels = labelsOf(object);
  const host = Object.hasOwn(labels, nodeNameLabel) ? (labels[nodeNameLabel] ?? object.name) : object.name;
  const attributes = memberOf(object.body, 'spec', 'features', 'attributes');
  return [
    ...guidsIn(memberOf(object.body, 'spec', 'labels'), host, within(object.origin, 'spec', 'labels')),
    ...Object.entries(isMap(attributes) ? attributes : {}).flatMap(([set, feature]) =>
      guidsIn(memberOf(feature, 'elements'), host, within(object.origin, 'spec', 'features', 'attributes', set, 'elements')),
    ),
  ];
}

function guidsIn(values: unknown, host: string, origin: Origin): readonly HostFact[] {
  return Object.entries(isMap(values) ? values : {}).flatMap(([name, value]) =>
    /guids?$/i.test(name) && typeof value === 'string'
      ? listed(value).map((guid): HostFact => ({ kind: 'host', host, guid, origin: within(origin, name) }))
      : [],
  );
}

/** All of a list that holds GUIDs and nothing else: with commas, or with underscores, as labels may not hold commas. */
function listed(text: string): readonly Guid[] {
  const words = text
    .slice(0, mostGuids * 24)
    .split(/[\s,;_]+/)
    .filter((word) => word !== '');
  const guids = words.flatMap((word) =>
    /^(?:0x)?(?:[0-9a-f]{16}|[0-9a-f]{4}(?:[:.-][0-9a-f]{4}){3}|[0-9a-f]{2}(?:[:.-][0-9a-f]{2}){7})$/i.test(word) ? (guidOf(word) ?? []) : [],
  );
  return guids.length === words.length ? guids.slice(0, mostGuids).filter((guid) => !/^0+$/.test(guid)) : [];
}
