// Generated from the folder listing by `npm run gen`; do not edit.
import type { Dialect } from './dialect.ts';
import { dialect as antreaDialect } from './antrea/dialect.ts';
import { dialect as calicoDialect } from './calico/dialect.ts';
import { dialect as ciliumDialect } from './cilium/dialect.ts';
import { dialect as eksDialect } from './eks/dialect.ts';
import { dialect as gkeDialect } from './gke/dialect.ts';
import { dialect as kubernetesDialect } from './kubernetes/dialect.ts';
import { dialect as multiNetworkPolicyDialect } from './multi-network-policy/dialect.ts';
import { dialect as networkPolicyApiDialect } from './network-policy-api/dialect.ts';
import { dialect as ovnKubernetesDialect } from './ovn-kubernetes/dialect.ts';

/** Every dialect of `src/dialects`, in name order. */
export const dialects: readonly Dialect[] = [
  antreaDialect,
  calicoDialect,
  ciliumDialect,
  eksDialect,
  gkeDialect,
  kubernetesDialect,
  multiNetworkPolicyDialect,
  networkPolicyApiDialect,
  ovnKubernetesDialect,
];
