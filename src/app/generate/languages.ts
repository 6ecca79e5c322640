import type { Dialect } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.gen.ts';
import type { Peer, Policy } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';

/** The dialect of that name; undefined for null. */
export function dialectOf(id: string | null): Dialect | undefined {
  return dialects.find((dialect) => dialect.id === id);
}

/** What a policy that opens names looks like in one language, beside subject, name and rules. */
type Frame = Pick<Policy, 'kind' | 'tier' | 'order' | 'evaluation' | 'isolates'>;

const union = { tier: tiers.normal, order: 0, evaluation: 'deny-wins', isolates: { ingress: false, egress: true } } as const;

/** Kinds that packs use for rules on outside names. All of them add up with NetworkPolicy. */
const frames: Readonly<Partial<Record<Policy['dialect'], Frame>>> = {
  cilium: { ...union, kind: 'CiliumNetworkPolicy' },
  eks: { ...union, kind: 'ApplicationNetworkPolicy' },
  gke: { ...union, kind: 'FQDNNetworkPolicy' },
};

/** Throws RangeError for a language that packs do not use for names. */
export function frameOf(dialect: Policy['dialect']): Frame {
  const frame = frames[dialect];
  if (frame === undefined) throw new RangeError(`packs write no rules on names in ${dialect}`);
  return frame;
}

/** Cilium learns addresses where a rule lets the pod ask DNS for the name; the others learn them from any answer. */
export function namesPeer(dialect: Policy['dialect'] | null, names: Extract<Peer, { kind: 'names' }>['names']): Peer {
  return { kind: 'names', names, ...(dialect === 'cilium' ? {} : { withoutDnsRule: true }) };
}
