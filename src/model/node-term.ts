/** One requirement of node affinity. `values` has one for Gt and Lt, some for In and NotIn, none else. Source: kubernetes/api core/v1 NodeSelectorRequirement. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/**
 * One term of required node affinity: a node must meet all of its requirements. One without any matches no node.
 * Source: kubernetes/component-helpers scheduling/corev1/nodeaffinity isEmptyNodeSelectorTerm.
 */
export interface NodeTerm {
  readonly labels: readonly NodeRequirement[];
  /** On fields of the node, of which there is one: `metadata.name`. */
  readonly fields: readonly NodeRequirement[];
}
