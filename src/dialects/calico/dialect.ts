import type { Dialect } from '../dialect.ts';
import { emit } from './emit.ts';
import { groups } from './facts.ts';
import { read } from './read.ts';
import { aboutStaged, withPromoted } from './staged.ts';

const policies = ['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy', 'StagedKubernetesNetworkPolicy'];
const others = ['Tier', 'NetworkSet', 'GlobalNetworkSet', 'HostEndpoint'];

/** `projectcalico.org/v3`, and the same objects as they are stored, `crd.projectcalico.org/v1`. Source: projectcalico/api v3. */
export const dialect: Dialect = {
  id: 'calico',
  title: 'Calico network policy',
  kinds: groups.flatMap((group) => [...policies, ...others].map((kind) => ({ group, kind }))),
  supports: groups.map((group) => ({ group, kind: 'FelixConfiguration' })),
  read,
  subject: { fields: ['selector', 'namespaceSelector', 'serviceAccountSelector'] },
  staging: { about: aboutStaged, promoted: withPromoted },
  emit,
};
