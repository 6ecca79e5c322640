import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

/** `networking.k8s.io/v1 NetworkPolicy`. Source: kubernetes/api networking/v1 types.go. */
export const dialect: Dialect = {
  id: 'kubernetes',
  title: 'Kubernetes NetworkPolicy',
  kinds: [{ group: 'networking.k8s.io', kind: 'NetworkPolicy' }],
  read,
  subject: { fields: ['podSelector', 'policyTypes'] },
  emit,
};
