import { Reader } from '../../kernel/reader.ts';
import { type Tier, tiers } from '../../model/policy.ts';
import type { Surroundings } from '../dialect.ts';
import { group } from './objects.ts';

/** Tiers that Antrea makes itself, by priority. Source: antrea pkg/controller/networkpolicy/tier.go priorityMap. */
const builtIn: Readonly<Record<string, number>> = { emergency: 50, securityops: 100, networkops: 150, platform: 200, application: 250, baseline: 253 };

/** What policies without a tier are in. Source: antrea pkg/controller/networkpolicy/tier.go defaultTierName. */
export const defaultTier = 'application';

/** After NetworkPolicy, and before what AdminNetworkPolicy calls the baseline (priority 254). Source: antrea pkg/controller/networkpolicy/adminnetworkpolicy.go. */
const baselineOrder = 9_000_000;

/** Names that are written otherwise than the Tier is called. Source: antrea pkg/controller/networkpolicy/tier.go staticTierSet. */
const aliases: Readonly<Record<string, string>> = {
  Emergency: 'emergency',
  SecurityOps: 'securityops',
  NetworkOps: 'networkops',
  Platform: 'platform',
  Application: 'application',
  Baseline: 'baseline',
};

const prefix = 'antrea/';

/** The model's tier of this name: a built-in one, or one of the input; undefined when there is none. Its name is told from other languages' by a prefix. */
export function tierNamed(written: string, around: Surroundings): Tier | undefined {
  const name = Object.hasOwn(aliases, written) ? (aliases[written] as string) : written;
  if (Object.hasOwn(builtIn, name)) return tierOf(name, builtIn[name] as number);
  const object = around.of(group, 'Tier').find((t) => t.name === name);
  if (object === undefined) return undefined;
  const priority = new Reader(object.body, object.origin, []).field('spec').field('priority').value;
  return typeof priority === 'number' ? tierOf(name, priority) : undefined;
}

/** `pass` skips all other tiers on the way to NetworkPolicy; the tier baseline comes after that. Source: antrea docs/antrea-network-policy.md. */
function tierOf(name: string, priority: number): Tier {
  const id = `${prefix}${name}`;
  return name === 'baseline' ? { id, order: baselineOrder, end: 'pass' } : { id, order: priority, end: 'pass', passesTo: tiers.normal.order };
}

/** How manifests call a tier of the model; null where it is none of Antrea's. */
export function tierName({ id }: Tier): string | null {
  return id.startsWith(prefix) ? id.slice(prefix.length) : null;
}

/** Names that may be meant. */
export function tierNames(around: Surroundings): readonly string[] {
  return [...Object.keys(builtIn), ...around.of(group, 'Tier').map((t) => t.name)];
}

/** Checks a Tier. Source: antrea pkg/controller/networkpolicy/validate.go tierValidator, docs/antrea-network-policy.md Static tiers, CRD tiers.crd.antrea.io. */
export function checkTier(body: Reader, name: string, around: Surroundings): void {
  const spec = body.field('spec');
  if (!body.required('spec') || !spec.object(['priority', 'description'])) return;
  spec.required('priority');
  spec.field('description').string();
  const at = spec.field('priority');
  const priority = at.integer(0, 255);
  if (priority === undefined) return;
  if (Object.hasOwn(builtIn, name)) {
    if (priority !== builtIn[name]) at.error('fixed-tier', `The tier ${name} has the priority ${builtIn[name]}, and no other.`);
    return;
  }
  if (priority >= 250) {
    at.error('reserved-priority', `The priority ${priority} is reserved; expected one from 0 to 249.`);
    return;
  }
  const same =
    Object.keys(builtIn).find((other) => builtIn[other] === priority) ??
    around.of(group, 'Tier').find((t) => t.name !== name && new Reader(t.body, t.origin, []).field('spec').field('priority').value === priority)?.name;
  if (same !== undefined) at.error('same-priority', `The tier ${same} has the priority ${priority} already; each tier has its own.`);
}
