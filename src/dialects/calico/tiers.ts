import { Reader } from '../../kernel/reader.ts';
import type { Tier } from '../../model/policy.ts';
import type { Surroundings } from '../dialect.ts';
import { groups } from './facts.ts';

/**
 * Tiers that Calico makes itself; those of AdminNetworkPolicy exist up to 3.31.
 * Source: projectcalico/api v3 tier.go; v3.30 libcalico-go/lib/names, AdminNetworkPolicyTierName.
 */
const builtIn: readonly Tier[] = [
  { id: 'kube-admin', order: 1000, end: 'pass' },
  { id: 'adminnetworkpolicy', order: 1000, end: 'pass' },
  { id: 'default', order: 1_000_000, end: 'deny' },
  { id: 'kube-baseline', order: 10_000_000, end: 'pass' },
  { id: 'baselineadminnetworkpolicy', order: 10_000_000, end: 'pass' },
];

/** The tier of this name: a built-in one, or one of the input. A tier without order comes last; one without defaultAction denies. */
export function tierNamed(name: string, around: Surroundings): Tier | undefined {
  const known = builtIn.find((tier) => tier.id === name);
  if (known !== undefined) return known;
  for (const group of groups) {
    const object = around.of(group, 'Tier').find((t) => t.name === name);
    if (object === undefined) continue;
    const spec = new Reader(object.body, object.origin, []).field('spec');
    const order = spec.field('order').value;
    return {
      id: name,
      order: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
      end: spec.field('defaultAction').value === 'Pass' ? 'pass' : 'deny',
    };
  }
  return undefined;
}

/** Names that may be meant. */
export function tierNames(around: Surroundings): readonly string[] {
  return [...builtIn.map((tier) => tier.id), ...groups.flatMap((group) => around.of(group, 'Tier').map((t) => t.name))];
}

/** Checks a Tier. Source: projectcalico/api v3 tier.go, its CEL rules. */
export function checkTier(body: Reader, name: string): void {
  const spec = body.field('spec');
  spec.object(['order', 'defaultAction']);
  const order = spec.field('order');
  order.expect('a number');
  const action = spec.field('defaultAction').oneOf(['Deny', 'Pass']);
  const known = builtIn.find((tier) => tier.id === name);
  if (known === undefined || name.endsWith('adminnetworkpolicy')) return;
  const wanted = known.end === 'deny' ? 'Deny' : 'Pass';
  if (order.value !== known.order) (order.present ? order : spec).error('fixed-tier', `The tier ${name} has the order ${known.order}, and no other.`);
  if ((action ?? 'Deny') !== wanted) spec.field('defaultAction').error('fixed-tier', `The tier ${name} has the defaultAction ${wanted}, and no other.`);
}
