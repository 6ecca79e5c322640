import { efaPasses } from '../attachments/efa-groups.ts';
import type { Check } from './check.ts';
import { efaGroupsOf, efaTrainer, groupExample } from './efa-groups.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { namesOf, subjectsOf } from './subjects.ts';

export const check: Check = {
  slug: 'efa-group-not-to-itself',
  title: 'An EFA security group that does not let itself through',
  severity: 'high',
  plane: 'fabric',
  running: true,
  why: 'EFA traffic passes only where the security group of the interfaces names itself for all traffic, as source of an inbound rule and as destination of an outbound one. An outbound rule to 0.0.0.0/0, which every new group has, does not cover EFA. The job then starts, and hangs at its first collective.',
  fix: 'Add an inbound and an outbound rule for all traffic whose source and destination is the group itself.',
  sources: [
    'AWS EC2 User Guide, Get started with EFA: prepare an EFA-enabled security group',
    'gardener/gardener-extension-provider-aws#1832; aws/aws-ofi-nccl#663',
  ],
  example: {
    bad: documents(trainingNamespace, efaTrainer, groupExample({ inbound: ['sg-0a'], outbound: '0.0.0.0/0' })),
    good: documents(trainingNamespace, efaTrainer, groupExample({ inbound: ['sg-0a'], outbound: 'sg-0a' })),
  },
  *run(context) {
    for (const { group, users, all } of efaGroupsOf(context)) {
      if (efaPasses(group, group) || all.some((g) => g !== group && (efaPasses(g, group) || efaPasses(group, g)))) continue;
      const names = (rules: typeof group.ingress): boolean => rules.some((r) => r.allTraffic && r.peer.kind === 'group' && r.peer.id === group.id);
      const lacks = [...(names(group.ingress) ? [] : ['inbound']), ...(names(group.egress) ? [] : ['outbound'])].join(' and ');
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `Security group ${group.id} lets no EFA traffic through between its own members (no ${lacks} rule for all traffic names it), so collectives of ${namesOf(users)} hang.`,
        primary: group.origin,
        related: [],
        fix: `Add an ${lacks} rule for all traffic (-1) with ${group.id} itself as the other end; 0.0.0.0/0 does not do.`,
        subjects: subjectsOf(users),
      };
    }
  },
};
