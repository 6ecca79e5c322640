import type { Alert } from './alert.ts';
import { risen, risenScenarios, unrelated, upSeries } from './parts.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'eks-egress-denied',
  severity: 'warning',
  idle: ({ cni }) => (cni === 'eks' ? null : 'it is about the network policy agent of EKS'),
  expr: () => `sum by (instance) (${risen('network_policy_drop_count_total{direction="egress"}', '5m')}) > 0`,
  keepFiringFor: '15m',
  summary: `A policy refused what a pod on ${said('instance')} sent`,
  description: `The network policy agent at ${said('instance')} dropped outgoing packets. It counts by node alone: who and where to stands in its log.`,
  runbook: {
    means: 'A pod of that node, of any namespace, tried what its policies do not allow.',
    look: [
      'Log of aws-eks-nodeagent, or its CloudWatch stream: lines with `Verdict: DENY` have addresses and ports.',
      '`ringfence explain PATH… --from … --to …` for the policy.',
    ],
    mend: 'As for any refused connection: a rule that a job lacks goes into the zone; anything else is somebody who tries doors.',
  },
  scenarios: () => {
    const one = 'network_policy_drop_count_total{direction="egress",job="aws-node",instance="a"}';
    const fires = [{ instance: 'a' }];
    return [
      ...risenScenarios({ series: one, job: 'aws-node', window: 5, keep: 15, fires }),
      { name: 'inward', input: [upSeries('aws-node', 'a', '1x120'), ...unrelated(one.replace('egress', 'ingress'), 10)], at: '12m', fires: [] },
    ];
  },
};
