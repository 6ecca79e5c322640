import { becoming, podService } from '../trust-region.ts';
import { alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { trustedRole, trustProver } from './open-trusts.ts';
import { finding } from './statements.ts';

const agent = (...actions: readonly string[]): string => alone({ Effect: 'Allow', Principal: { Service: podService }, Action: actions });

export const lint: Lint = {
  slug: 'podid-no-tagsession',
  title: 'EKS Pod Identity may not tag the session',
  severity: 'high',
  plane: 'identity',
  why: 'The agent assumes the role with tags for namespace, ServiceAccount and cluster, which needs `sts:TagSession` beside `sts:AssumeRole`. Without it the call is refused, and the pod has no credentials.',
  fix: 'Allow `pods.eks.amazonaws.com` both `sts:AssumeRole` and `sts:TagSession`.',
  alike: [],
  sources: ['EKS user guide, EKS Pod Identity: trust policy of the role'],
  example: { bad: agent('sts:AssumeRole'), good: agent('sts:AssumeRole', 'sts:TagSession') },
  *run({ read }) {
    for (const { policy } of read.policies) {
      if (policy.kind !== 'trust') continue;
      const prover = trustProver(policy);
      const may = (action: string): string =>
        prover.some(becoming(trustedRole(policy), [{ kind: 'one', caller: { type: 'Service', id: podService } }], action, [])).kind;
      if (may('sts:AssumeRole') !== 'some' || may('sts:TagSession') !== 'none') continue;
      yield finding(
        { policy },
        'high',
        policy.origin,
        `${policy.name} lets ${podService} assume the role and not tag the session: pods get no credentials.`,
        'Allow sts:TagSession beside sts:AssumeRole.',
      );
    }
  },
};
