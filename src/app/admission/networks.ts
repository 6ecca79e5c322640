import type { TrainingZone } from '../../spec/zone.ts';
import { allOf, celText } from './cel.ts';
import { annotated } from './conditions.ts';
import type { AdmissionRule } from './rule.ts';

/** Annotations by which Multus attaches networks. Source: k8snetworkplumbingwg multi-net-spec; multus-cni pkg/k8sclient (v1.multus-cni.io/default-network). */
const networkAnnotations = ['k8s.v1.cni.cncf.io/networks', 'v1.multus-cni.io/default-network'];

/**
 * Networks of the zone are for its own pods. Multus reads the annotations when it attaches, which may be long after the pod was created, and annotations may
 * change at any time. Names in JSON may be spelt with escapes: a value with a backslash is refused. Source: k8snetworkplumbingwg multi-net-spec, network
 * attachment selection.
 */
export function foreignNetworks(zone: TrainingZone): AdmissionRule {
  const name = zone.spec.namespace.name;
  const foreign = `(^|[^a-z0-9-])${name}([^a-z0-9-]|$)`;
  return {
    id: 'networks',
    expression: annotated(networkAnnotations, (value) => `${withoutEscapes(value)} && !${matches(value, foreign)}`),
    message: `networks of namespace ${name} are for pods of that namespace`,
  };
}

/**
 * Training pods take networks of their own namespace alone, whose partition or VLAN is the zone's: ib-kubernetes joins a pod to whatever partition the network
 * names, whoever's it is. Names with commas may say the namespace; in JSON every one that is said must be the zone's. Source: Mellanox/ib-kubernetes
 * pkg/daemon/daemon.go.
 */
export function ownNetworks({ metadata, spec }: TrainingZone): AdmissionRule {
  const { name } = spec.namespace;
  const one = `(${name}/)?[a-z0-9.-]+(@[A-Za-z0-9._-]+)?`;
  const json = (value: string): string =>
    allOf([
      matches(value, '^\\s*\\['),
      plainly(value),
      `(${celText(`:"${name}"`)} + ${value}.lowerAscii()).split(${celText('"namespace"')}).all(p, ${matches('p', `^\\s*:\\s*"${name}"`)})`,
    ]);
  return {
    id: 'own-networks',
    expression: annotated(networkAnnotations, (value) => `${matches(value, `^\\s*${one}(\\s*,\\s*${one})*\\s*$`)} || (${json(value)})`),
    message: `training pods of ${name} take networks of that namespace alone: one of another may be of a partition or a VLAN that is not that of zone ${metadata.name}`,
  };
}

/** Networks of GKE have no namespace: those that the zone names are its own. Source: GKE documentation, multi-network support for pods. */
export function gkeInterfaces(zone: TrainingZone): readonly AdmissionRule[] {
  const names = zone.spec.fabric?.gke?.networks ?? [];
  if (names.length === 0) return [];
  const own = `"(${names.map(literal).join('|')})"`;
  return [
    {
      id: 'gke-interfaces',
      expression: annotated(['networking.gke.io/interfaces'], (value) => `${withoutEscapes(value)} && !${matches(value, own)}`),
      message: `networks ${names.join(', ')} are for pods of ${zone.spec.namespace.name}`,
    },
  ];
}

/**
 * Networks of other namespaces hand out neither the partition of the zone, nor its VLANs, nor the devices that its rails are made of. What a network says is
 * JSON, which no rule can read: it is searched for the field and its number, and refused where it has escapes. Sources: k8snetworkplumbingwg ib-sriov-cni,
 * sriov-cni, ovs-cni; containernetworking/plugins vlan, macvlan; ib-kubernetes pkg/utils ParsePKey; linux Documentation/infiniband/ipoib.rst (`ib0.8001`).
 */
export function fabricKeys(zone: TrainingZone): readonly AdmissionRule[] {
  const { fabric } = zone.spec;
  const rails = fabric?.roce?.rails ?? [];
  const pkey = fabric?.infiniband?.partition.pkey ?? null;
  const resources = [...rails.map((r) => r.resource), fabric?.infiniband?.resource ?? null].filter((r) => r !== null);
  const vlans = [...new Set(rails.map((r) => r.vlan).filter((v) => v > 0))];
  const key = pkey === null ? null : `0*(${pkey.toString(16)}|${(pkey | 0x8000).toString(16)})`;
  const fields = [
    ...(key === null ? [] : [`"pkey"\\s*:\\s*"(0x)?${key}"`, `"master"\\s*:\\s*"[^"]*\\.${key}"`]),
    ...(vlans.length === 0 ? [] : [`"vlan(id)?"\\s*:\\s*(${vlans.join('|')})([^0-9]|$)`, `"master"\\s*:\\s*"[^"]*\\.0*(${vlans.join('|')})"`]),
  ];
  if (fields.length === 0 && resources.length === 0) return [];
  const config = (object: string): string => `(has(${object}.spec) && has(${object}.spec.config) ? ${object}.spec.config : '')`;
  const now = config('object');
  const what = [
    ...(pkey === null ? [] : [`partition 0x${pkey.toString(16).padStart(4, '0')}`]),
    ...vlans.map((v) => `VLAN ${v}`),
    ...resources.map((r) => `devices of ${r}`),
  ];
  const device = annotated(['k8s.v1.cni.cncf.io/resourceName'], (value) => `!(${value} in [${resources.map(celText).join(', ')}])`);
  const searched = `(request.operation == 'UPDATE' && ${now} == ${config('oldObject')}) || (${plainly(now)}${fields.map((f) => ` && !${matches(`${now}.lowerAscii()`, f)}`).join('')})`;
  return [
    {
      id: 'fabric-keys',
      expression: [...(fields.length === 0 ? [] : [searched]), ...(resources.length === 0 ? [] : [device])].map((e) => `(${e})`).join(' && '),
      message: `${what.join(', ')}: of zone ${zone.metadata.name}, whose networks are in namespace ${zone.spec.namespace.name} alone`,
    },
  ];
}

function withoutEscapes(value: string): string {
  return `!${value}.contains(${celText('\\')})`;
}

/** JSON in which every word stands as it is: Go reads keys in any case, also with letters that fold to those of ASCII, and escapes. Source: encoding/json Unmarshal. */
function plainly(value: string): string {
  return `${matches(value, '^[\\s\\x20-\\x7e]*$')} && ${withoutEscapes(value)}`;
}

function matches(value: string, pattern: string): string {
  return `${value}.matches(${celText(pattern)})`;
}

function literal(text: string): string {
  return text.replaceAll('.', '[.]');
}
