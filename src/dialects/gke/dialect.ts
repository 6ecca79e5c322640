import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { intend } from './fqdn.ts';
import { read } from './read.ts';

/** `networking.gke.io/v1alpha1 FQDNNetworkPolicy`. Source: gke-networking-api apis/fqdnnetworkpolicy/v1alpha1/types.go. */
export const dialect: Dialect = {
  id: 'gke',
  title: 'GKE FQDN network policy',
  kinds: [{ group: 'networking.gke.io', kind: 'FQDNNetworkPolicy' }],
  read,
  emit,
  intend,
};
