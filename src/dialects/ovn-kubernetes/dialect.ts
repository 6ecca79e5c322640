import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

/** `k8s.ovn.org/v1 EgressFirewall`. Source: ovn-kubernetes go-controller/pkg/crd/egressfirewall/v1/types.go. */
export const dialect: Dialect = {
  id: 'ovn-kubernetes',
  title: 'OVN-Kubernetes egress firewall',
  kinds: [{ group: 'k8s.ovn.org', kind: 'EgressFirewall' }],
  read,
  emit,
};
