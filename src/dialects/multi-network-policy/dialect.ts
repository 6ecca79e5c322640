import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

/** `k8s.cni.cncf.io MultiNetworkPolicy`: NetworkPolicy for networks beside the pod network. Source: k8snetworkplumbingwg/multi-networkpolicy. */
export const dialect: Dialect = {
  id: 'multi-network-policy',
  title: 'MultiNetworkPolicy',
  kinds: [{ group: 'k8s.cni.cncf.io', kind: 'MultiNetworkPolicy' }],
  read,
  subject: { fields: ['podSelector', 'policyTypes'] },
  emit,
};
