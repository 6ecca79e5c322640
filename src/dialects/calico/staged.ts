import { within } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { groupOf } from '../../model/metadata.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { StagedPolicy } from '../../model/staged-policy.ts';
import { groups } from './facts.ts';

/**
 * What becomes of the cluster when a staged policy is promoted: `object` takes the place of its namesake of the same kind, or that namesake goes.
 * `nothing`: the policy is only to be learnt from or ignored.
 */
export type Promotion = { readonly kind: 'set' | 'delete'; readonly object: RawObject } | { readonly kind: 'nothing'; readonly object: RawObject };

const enforced: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  StagedNetworkPolicy: ['projectcalico.org/v3', 'NetworkPolicy'],
  StagedGlobalNetworkPolicy: ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
  StagedKubernetesNetworkPolicy: ['networking.k8s.io/v1', 'NetworkPolicy'],
};

/** The promotion of a staged policy, as the object that would be enforced, to be read like any other; null for every other object. Source: projectcalico/api v3 ConvertStagedPolicyToEnforced. */
export function promotionOf(object: RawObject): Promotion | null {
  const target = Object.hasOwn(enforced, object.kind) && groups.includes(groupOf(object.apiVersion)) ? enforced[object.kind] : undefined;
  if (target === undefined) return null;
  const [plain, kind] = target;
  const apiVersion = plain.startsWith('projectcalico.org/') ? object.apiVersion : plain;
  const { stagedAction, ...spec } = members(object.body.spec);
  const body = { ...object.body, apiVersion, kind, spec };
  const promoted: RawObject = { ...object, apiVersion, kind, body };
  if (stagedAction === 'Learn' || stagedAction === 'Ignore') return { kind: 'nothing', object: promoted };
  return { kind: stagedAction === 'Delete' ? 'delete' : 'set', object: promoted };
}

/** What a staged policy would do, for people; null for every other object. */
export function aboutStaged(object: RawObject): StagedPolicy | null {
  const promotion = promotionOf(object);
  if (promotion === null) return null;
  return { id: titleOf(object), does: promotion.kind, target: titleOf(promotion.object), origin: object.origin };
}

function titleOf({ kind, namespace, name }: RawObject): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

/**
 * The objects as they would be with every staged policy promoted, in order: promoted ones at the places of those they replace or else of their own,
 * deleted ones gone, staged ones gone. A deletion without a namesake is a warning.
 */
export function withPromoted(objects: readonly RawObject[]): { readonly objects: readonly RawObject[]; readonly diagnostics: readonly Diagnostic[] } {
  const promotions = new Map<string, Promotion>();
  for (const object of objects) {
    const promotion = promotionOf(object);
    if (promotion !== null && promotion.kind !== 'nothing') promotions.set(keyOf(promotion.object), promotion);
  }
  const out: RawObject[] = [];
  const done = new Set<string>();
  for (const object of objects) {
    if (promotionOf(object) !== null) continue;
    const promotion = promotions.get(keyOf(object));
    if (promotion === undefined) out.push(object);
    else {
      if (promotion.kind === 'set') out.push(promotion.object);
      done.add(keyOf(object));
    }
  }
  const left = [...promotions].filter(([key]) => !done.has(key)).map(([, promotion]) => promotion);
  const diagnostics = left
    .filter(({ kind }) => kind === 'delete')
    .map(
      ({ object }): Diagnostic => ({
        code: 'nothing-to-delete',
        severity: 'warning',
        message: `This staged policy deletes ${object.kind} ${object.name}, which the input does not hold.`,
        origin: within(object.origin, 'spec', 'stagedAction'),
      }),
    );
  return { objects: [...out, ...left.filter(({ kind }) => kind === 'set').map(({ object }) => object)], diagnostics };
}

/** Both groups of Calico hold the same objects. */
function keyOf({ apiVersion, kind, namespace, name }: RawObject): string {
  const group = groupOf(apiVersion);
  return JSON.stringify([groups.includes(group) ? 'projectcalico.org' : group, kind, namespace, name]);
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
