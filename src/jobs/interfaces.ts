import { type Reader, shown } from '../kernel/reader.ts';
import type { SecondaryInterface } from '../model/workload.ts';

/** Source: Network Plumbing Working Group, Multi-Network specification 1.3 §4.1 (NetworkAttachmentAnnot). */
const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';

const none: readonly SecondaryInterface[] = [];

/** Interfaces that are told one by one; a pod has a handful. */
const mostTold = 64;

/**
 * Interfaces that Multus adds beside the cluster network, from both forms of its annotation: `namespace/name@interface, …` and a JSON list.
 * `namespace` is the pod's, the default of an attachment. An annotation that cannot be read is a warning (the API server takes it) and one interface of
 * unknown network, never none. Of very many the first 64 are given, and one more that says how many there are besides.
 */
export function readInterfaces(annotations: Reader, namespace: string): readonly SecondaryInterface[] {
  const at = annotations.field(networksAnnotation);
  const text = typeof at.value === 'string' ? at.value.trim() : '';
  if (text === '') return none;
  // Multus reads JSON as soon as it sees one of these. Source: multus-cni pkg/k8sclient parsePodNetworkAnnotation.
  const names = /[[{"]/.test(text) ? namesInJson(text, namespace) : namesInList(text, namespace);
  if (names !== undefined) {
    const told = names.slice(0, mostTold).map((network) => ({ network, origin: at.origin }));
    if (names.length <= mostTold) return told;
    const more = `${names.length - mostTold} more`;
    at.warning('too-many-interfaces', `${networksAnnotation} asks for ${names.length} interfaces; the first ${mostTold} are told one by one.`);
    return [...told, { network: more, origin: at.origin }];
  }
  at.warning('bad-annotation', `${networksAnnotation} is ${shown(text)}; expected "namespace/name@interface, …" or a JSON list of objects with a name.`);
  return [{ network: text.slice(0, 253), origin: at.origin }];
}

function namesInList(text: string, namespace: string): readonly string[] | undefined {
  const names = text.split(',').map((item) => {
    const [path = '', ...interfaces] = item.trim().split('@');
    const parts = path.split('/');
    return interfaces.length > 1 || parts.length > 2 || parts.includes('') ? undefined : parts.length === 2 ? path : `${namespace}/${path}`;
  });
  return names.every((n) => n !== undefined) ? names : undefined;
}

function namesInJson(text: string, namespace: string): readonly string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const names = (list as readonly unknown[]).map((item) => {
    if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'name')) return undefined;
    const { name, namespace: own } = item as { readonly name: unknown; readonly namespace?: unknown };
    if (typeof name !== 'string' || name === '') return undefined;
    return `${typeof own === 'string' && own !== '' ? own : namespace}/${name}`;
  });
  return names.every((n) => n !== undefined) ? names : undefined;
}
