import type { Exporter } from './metric.ts';

const felix = 'projectcalico/calico felix/docs; docs.tigera.io Felix Prometheus metrics';
const enterprise = 'projectcalico/calico (searched in August 2026: not there); docs.tigera.io, Calico Enterprise policy metrics';

export const exporter: Exporter = {
  id: 'calico',
  title: 'Calico (Felix, with prometheusMetricsEnabled)',
  prefixes: ['calico_denied_'],
  metrics: [
    {
      name: 'felix_int_dataplane_failures',
      type: 'counter',
      labels: [],
      about: 'Times that Felix could not write what policies say into the data plane, and will try again.',
      source: felix,
    },
    { name: 'felix_active_local_policies', type: 'gauge', labels: [], about: 'Policies in force on the node.', source: felix },
    ...['packets', 'bytes'].map((what) => ({
      name: `calico_denied_${what}`,
      type: 'gauge' as const,
      labels: ['srcIP', 'policy'],
      when: {
        kind: 'never' as const,
        instead: 'Open source Calico has no metric of denied packets: take flows from Goldmane. Calico Enterprise and Cloud have this one, as a gauge.',
      },
      about: 'Denied traffic, in Calico Enterprise and Cloud alone.',
      source: enterprise,
    })),
  ],
};
