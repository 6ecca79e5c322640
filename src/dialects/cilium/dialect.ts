import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { intend } from './fqdn.ts';
import { read } from './read.ts';

/** `cilium.io/v2` CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy as Cilium 1.19 has them. Source: cilium pkg/policy/api, pkg/k8s/apis/cilium.io. */
export const dialect: Dialect = {
  id: 'cilium',
  title: 'Cilium network policy',
  kinds: [
    { group: 'cilium.io', kind: 'CiliumNetworkPolicy' },
    { group: 'cilium.io', kind: 'CiliumClusterwideNetworkPolicy' },
  ],
  read,
  emit,
  intend,
};
