import { intendDomainName } from '../../model/domain-name-syntax.ts';
import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

/** `policy.networking.k8s.io`: ClusterNetworkPolicy v1alpha2, and read only, AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1. */
export const dialect: Dialect = {
  id: 'network-policy-api',
  title: 'Cluster network policy',
  kinds: [
    { group: 'policy.networking.k8s.io', kind: 'ClusterNetworkPolicy' },
    { group: 'policy.networking.k8s.io', kind: 'AdminNetworkPolicy' },
    { group: 'policy.networking.k8s.io', kind: 'BaselineAdminNetworkPolicy' },
  ],
  read,
  subject: { fields: ['subject'], beside: [{ tier: 'Admin', priority: 0 }, { priority: 0 }, {}] },
  emit,
  intend: intendDomainName,
};
