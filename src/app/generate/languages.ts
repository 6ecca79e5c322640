import type { Dialect } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.gen.ts';
import type { Peer, Policy } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';

/** The dialect of that name; undefined for null. */
export function dialectOf(id: string | null): Dialect | undefined {
  return dialects.find((dialect) => dialect.id === id);
}

/** What a policy that opens names looks like in one language, beside subject, name and rules. `called` is the kind as ids have it. */
interface Frame {
  readonly called: string;
  readonly policy: Pick<Policy, 'kind' | 'tier' | 'order' | 'evaluation' | 'isolates'>;
}

const union = { tier: tiers.normal, order: 0, evaluation: 'deny-wins', isolates: { ingress: false, egress: true } } as const;

/** A kind that adds up with NetworkPolicy. */
const adding = (kind: string): Frame => ({ called: kind, policy: { ...union, kind } });

/**
 * Kinds that packs use for rules on outside names. Antrea's do not isolate and come before NetworkPolicy: what they allow, no default deny takes back.
 * Source: antrea docs/antrea-network-policy.md; the tier application has priority 250 (pkg/controller/networkpolicy/tier.go).
 */
const frames: Readonly<Partial<Record<Policy['dialect'], Frame>>> = {
  antrea: {
    called: 'NetworkPolicy.crd.antrea.io',
    policy: {
      kind: 'NetworkPolicy',
      tier: { id: 'antrea/application', order: 250, end: 'pass', passesTo: tiers.normal.order },
      order: 5,
      evaluation: 'ranked',
      isolates: { ingress: false, egress: false },
    },
  },
  cilium: adding('CiliumNetworkPolicy'),
  eks: adding('ApplicationNetworkPolicy'),
  gke: adding('FQDNNetworkPolicy'),
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
