import type { Check } from './check.ts';
import { efaGroupsOf, efaTrainer, groupExample } from './efa-groups.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { namesOf, subjectsOf } from './subjects.ts';

export const check: Check = {
  slug: 'efa-group-open',
  title: 'An EFA security group that lets others in',
  severity: 'high',
  plane: 'fabric',
  why: 'EFA meets no NetworkPolicy: the security group of the interfaces is all that keeps training apart. A rule for all traffic that names another group lets the members of that group write to training over EFA once theirs names this one; one that names addresses opens the node itself.',
  fix: 'Let the group name itself alone. Let machines of another kind in by a group of their own, on the ports they need.',
  sources: ['AWS EC2 User Guide, Get started with EFA: prepare an EFA-enabled security group', 'EC2 API Reference, IpPermission, UserIdGroupPair'],
  example: {
    bad: documents(trainingNamespace, efaTrainer, groupExample({ inbound: ['sg-0a', 'sg-0b'], outbound: 'sg-0a' })),
    good: documents(trainingNamespace, efaTrainer, groupExample({ inbound: ['sg-0a'], outbound: 'sg-0a' })),
  },
  *run(context) {
    for (const { group, users } of efaGroupsOf(context)) {
      const others = group.ingress.filter((r) => r.allTraffic && !(r.peer.kind === 'group' && r.peer.id === group.id));
      const [first] = others;
      if (first === undefined) continue;
      const named = [...new Set(others.map(({ peer }) => (peer.kind === 'group' ? peer.id : peer.text)))];
      const overEfa = others.some((r) => r.peer.kind === 'group');
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `Security group ${group.id}, in which ${namesOf(users)} has its EFA interfaces, lets all traffic in from ${named.slice(0, 4).join(', ')}${named.length > 4 ? ` and ${named.length - 4} more` : ''}${overEfa ? '' : ' (which does not cover EFA, and opens the node)'}.`,
        primary: first.origin,
        related: [],
        fix: `Leave ${group.id} itself as the only source of all traffic.`,
        subjects: subjectsOf(users),
      };
    }
  },
};
