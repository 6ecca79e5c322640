import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { intend } from './fqdn.ts';
import { group } from './objects.ts';
import { read } from './read.ts';

const kinds = ['NetworkPolicy', 'ClusterNetworkPolicy', 'Tier', 'Group', 'ClusterGroup'];

/** `crd.antrea.io/v1beta1`. Source: antrea pkg/apis/crd/v1beta1. */
export const dialect: Dialect = {
  id: 'antrea',
  title: 'Antrea network policy',
  kinds: kinds.map((kind) => ({ group, kind })),
  read,
  subject: { fields: ['appliedTo'], beside: [{ priority: 1 }] },
  emit,
  intend,
};
