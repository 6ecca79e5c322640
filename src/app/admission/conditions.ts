import { celList } from './cel.ts';

/**
 * Of a pod that is being created: what is asked about is in its spec, of which an update changes images, and adds tolerations, and what a gated pod asks of its
 * node, and no more. Source: kubernetes/kubernetes pkg/apis/core/validation ValidatePodUpdate; seen of an API server in lab/kube.
 */
export function created(condition: string): string {
  return `request.operation != 'CREATE' || (${condition})`;
}

/** Of each of some annotations, but for a value that the pod had before the update. */
export function annotated(keys: readonly string[], condition: (value: string) => string): string {
  const kept =
    "(request.operation == 'UPDATE' && has(oldObject.metadata.annotations) && k in oldObject.metadata.annotations && oldObject.metadata.annotations[k] == object.metadata.annotations[k])";
  return `!has(object.metadata.annotations) || ${celList(keys)}.all(k, !(k in object.metadata.annotations) || ${kept} || (${condition('object.metadata.annotations[k]')}))`;
}

/** Of every pod, but for one that broke the rule before the update. */
export function newly(condition: (pod: string) => string): string {
  return `(${condition('object')}) || (request.operation == 'UPDATE' && !(${condition('oldObject')}))`;
}
