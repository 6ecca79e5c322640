import type { Dialect } from '../dialect.ts';
import { checkCidrGroup } from './cidr-groups.ts';
import { emit } from './emit.ts';
import { intend } from './fqdn.ts';
import { read } from './read.ts';

/** `cilium.io/v2` CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy as Cilium 1.18 to 1.20 have them. Source: cilium pkg/policy/api, pkg/k8s/apis/cilium.io. */
export const dialect: Dialect = {
  id: 'cilium',
  title: 'Cilium network policy',
  kinds: [
    { group: 'cilium.io', kind: 'CiliumNetworkPolicy' },
    { group: 'cilium.io', kind: 'CiliumClusterwideNetworkPolicy' },
  ],
  supports: [{ group: 'cilium.io', kind: 'CiliumCIDRGroup' }],
  checkSupport: checkCidrGroup,
  read,
  subject: { fields: ['endpointSelector', 'nodeSelector'], beside: [{ ingress: [{}] }] },
  emit,
  intend,
};
