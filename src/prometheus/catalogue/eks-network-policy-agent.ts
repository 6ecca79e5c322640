import type { Exporter } from './metric.ts';

const source = 'aws/aws-network-policy-agent README.md; pkg/ebpf/events/events.go';

export const exporter: Exporter = {
  id: 'eks-network-policy-agent',
  title: 'Network policy agent of EKS',
  prefixes: ['network_policy_drop_'],
  metrics: ['count', 'bytes'].map((what) => ({
    name: `network_policy_drop_${what}_total`,
    type: 'counter' as const,
    labels: ['direction'],
    values: { direction: { words: ['ingress', 'egress'] } },
    lazy: true as const,
    when: { kind: 'eks-event-logs' as const },
    about: `${what === 'count' ? 'Packets' : 'Bytes'} that the node dropped for a policy; who and where to stands in the log of the agent alone.`,
    source,
  })),
};
