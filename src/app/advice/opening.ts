import type { Direction, Policy, Rule } from '../../model/policy.ts';
import { enforces } from '../../model/profile.ts';
import type { Side, Step } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { addPolicy, type Edited, insertBefore, removeAt, removePolicy } from './change.ts';
import { nameFor, policyBefore, ruleOf, unionLanguages, unionPolicy } from './new-policy.ts';
import { type Asked, peersFor, portsFor, subjectOf } from './party.ts';

/** What denies on one side: the rule that does it, or policies that isolate the pod and have no rule for the packet. */
export interface Block {
  readonly step: Step | null;
  readonly policies: readonly Policy[];
}

/** What blocks the packet on a side that denies it. */
export function blockOf({ snapshot, profile }: Asked, side: Side): Block {
  const step = side.steps.findLast((s) => s.outcome === 'deny') ?? null;
  const named = (id: string): Policy[] => snapshot.policies.filter((p) => p.id === id && p.unread !== true && enforces(profile, p));
  if (step !== null) return { step, policies: named(step.policy) };
  const tier = side.steps.at(-1)?.tier;
  const isolating = side.steps.filter((s) => s.tier === tier).flatMap((s) => named(s.policy));
  return { step: null, policies: isolating.filter((p) => p.isolates[side.direction]) };
}

/**
 * Ways to open one side for the packet, the narrowest first: a rule in the language of what denies, before the rule that denies where there is an order;
 * where a denial beats everything, the denial has to go.
 */
export function* openings(asked: Asked, before: Edited, side: Side): Generator<Edited> {
  const { direction } = side;
  const subject = subjectOf(asked, direction);
  if (subject === null) return;
  const block = blockOf(asked, side);
  const here = { ...asked, snapshot: before.snapshot };
  const ordered = block.policies.filter((p) => p.evaluation === 'first-match');
  for (const policy of ordered) yield* inOrder(here, before, subject, direction, policy, block.step);
  if (block.step === null) yield* inUnion(here, before, subject, direction, block.policies);
  else
    for (const policy of block.policies) {
      const edited =
        removeAt(before, policy, block.step.origin, `take out, or narrow, the rule of ${policy.id} that denies it`) ??
        removePolicy(before, policy, `take out, or narrow, ${policy.id}, which denies it`);
      if (edited !== null) yield edited;
    }
}

function* inOrder(asked: Asked, before: Edited, subject: Workload, direction: Direction, policy: Policy, step: Step | null): Generator<Edited> {
  for (const rule of rulesFor(asked, direction, policy.dialect)) {
    const fresh = policyBefore(asked, subject, policy, rule, nameFor(asked, { direction, action: 'allow' }));
    const added = fresh === null ? null : addPolicy(before, fresh, `add ${fresh.id}, before ${policy.id}`);
    if (added !== null) yield added;
    const inserted = step === null ? null : insertBefore(before, policy, step.origin, rule, `put a rule that allows it before this one of ${policy.id}`);
    if (inserted !== null) yield inserted;
  }
}

function* inUnion(asked: Asked, before: Edited, subject: Workload, direction: Direction, isolating: readonly Policy[]): Generator<Edited> {
  const languages = unionLanguages(asked, isolating.some((p) => p.dialect === 'cilium') ? ['cilium'] : isolating.map((p) => p.dialect));
  for (const dialect of languages)
    for (const rule of rulesFor(asked, direction, dialect)) {
      const rules = dialect === 'cilium' && rule.peers?.some((p) => p.kind === 'names') === true ? [dnsRule(rule), rule] : [rule];
      const policy = unionPolicy(asked, subject, dialect, direction, rules, nameFor(asked, { direction, action: 'allow' }));
      const edited = policy === null ? null : addPolicy(before, policy, `add ${policy.id}, which allows it`);
      if (edited !== null) yield edited;
    }
}

function* rulesFor(asked: Asked, direction: Direction, dialect: Policy['dialect']): Generator<Rule> {
  const { packet } = asked;
  const peer = direction === 'egress' ? packet.to : packet.from;
  for (const ports of portsFor(packet)) for (const peers of peersFor(asked, peer, dialect)) yield ruleOf({ direction, action: 'allow', peers, ports });
}

/** Cilium learns addresses of a name only where a DNS rule lets the pod ask for it. Source: cilium Documentation/security/policy/language.rst, DNS based. */
export function dnsRule({ peers, origin }: Rule): Rule {
  const names = (peers ?? []).flatMap((p) => (p.kind === 'names' ? p.names : []));
  return {
    direction: 'egress',
    action: 'allow',
    peers: [
      {
        kind: 'pods',
        match: {
          namespaces: { kind: 'named', name: 'kube-system' },
          pods: { requirements: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
          serviceAccounts: null,
        },
      },
    ],
    ports: [
      { protocol: 'UDP', port: 53, endPort: null },
      { protocol: 'TCP', port: 53, endPort: null },
    ],
    application: { dns: names, serverNames: null, otherL7: false },
    origin,
  };
}
