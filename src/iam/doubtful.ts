import type { Origin } from '../kernel/origin.ts';
import type { Pattern } from './pattern.ts';
import type { Policy, PolicyKind, Statement } from './policy.ts';
import type { About } from './read-policy.ts';

/** Why it is not known what a policy says (`text`), or whose it is (`place`). */
export interface Doubt {
  readonly of: 'text' | 'place';
  readonly why: string;
}

/** What limits, and grants nothing: without it, all is allowed. */
const ceilings: readonly PolicyKind[] = ['boundary', 'session', 'scp', 'endpoint'];

/** A policy of which it is not known whether it is attached where it matters: each of its statements is perhaps there, and perhaps nothing limits. */
export function perhapsThere(policy: Policy, why: string): Policy {
  const statements = policy.statements.map((s) => ({ ...s, unsure: why }));
  const open = ceilings.includes(policy.kind) ? untoldPolicy(policy, policy.origin, why, null).statements.filter((s) => s.effect === 'Allow') : [];
  return { ...policy, statements: [...statements, ...open] };
}

/** A policy whose text is not known: it allows anything or nothing, and denies anything or nothing. `service`: of a resource of that service alone. */
export function untoldPolicy(about: About, origin: Origin, why: string, service: string | null): Policy {
  const statement = (effect: Statement['effect'], index: number): Statement => ({
    policy: about.name,
    sid: null,
    index,
    effect,
    principal: about.kind === 'resource' || about.kind === 'trust' || about.kind === 'endpoint' ? { not: false, principals: [{ type: 'everyone' }] } : null,
    action: { not: false, patterns: [starting(service === null ? '' : `${service}:`)] },
    resource: about.kind === 'trust' ? null : { not: false, patterns: [starting('')] },
    conditions: [],
    unsure: why,
    origin,
  });
  return { ...about, version: '2012-10-17', statements: [statement('Allow', 0), statement('Deny', 1)], origin };
}

function starting(text: string): Pattern {
  return { source: `${text}*`, parts: [...(text === '' ? [] : [{ kind: 'text' as const, text }]), { kind: 'many', of: 'anything' }], ignoreCase: true };
}
