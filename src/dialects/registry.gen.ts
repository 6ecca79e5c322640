// Generated from the folder listing by `npm run gen`; do not edit.
import type { Dialect } from './dialect.ts';
import { dialect as ciliumDialect } from './cilium/dialect.ts';
import { dialect as kubernetesDialect } from './kubernetes/dialect.ts';

/** Every dialect of `src/dialects`, in name order. */
export const dialects: readonly Dialect[] = [
  ciliumDialect,
  kubernetesDialect,
];
