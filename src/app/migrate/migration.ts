import { emit } from '../../dialects/network-policy-api/emit.ts';
import { migrate } from '../../dialects/network-policy-api/migrate.ts';
import { isMap } from '../../kernel/map.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import { madeByUs } from '../../model/made-by.ts';
import type { MigratedPolicy, MigrationReport } from '../../model/migration-report.ts';
import type { Policy } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { diff } from '../diff/diff.ts';
import { yamlDocument, yamlFile } from '../generate/yaml-text.ts';
import { loadSnapshot } from '../load.ts';
import { everybody } from './everybody.ts';

/** Annotations that tell of the old object itself. Source: kubectl apply. */
const ofTheOldObject: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/**
 * The older cluster policies of a snapshot as ClusterNetworkPolicies, and the proof: what is written is read again, put in the place of what it was made of,
 * and the two clusters are compared under `profile`, which must read both kinds. What cannot be said is refused, and then nothing is migrated. Pure.
 */
export function migration(snapshot: Snapshot, profile: Profile): Result<MigrationReport> {
  const migrated = migrate(snapshot.policies);
  if (!migrated.ok) return failed(migrated.diagnostics);
  const policies = migrated.value.map((policy) => written(policy, snapshot));
  const again = loadSnapshot([{ file: 'migrated.yaml', text: yamlFile(policies.map((p) => p.text)) }]);
  const unread: Diagnostic[] = again.diagnostics.filter((d) => d.severity === 'error').map((d) => ({ ...d, origin: null }));
  if (unread.length > 0) return failed(unread);
  const before = everybody(snapshot);
  const isOlder = (p: Policy): boolean => p.dialect === 'network-policy-api' && p.kind !== 'ClusterNetworkPolicy';
  const after: Snapshot = {
    ...before.snapshot,
    policies: [...before.snapshot.policies.filter((p) => !isOlder(p)), ...again.snapshot.policies.map((p) => ({ ...p, origin: originOf(p, migrated.value) }))],
  };
  const difference = diff({ title: 'before', snapshot: before.snapshot, profile }, { title: 'after', snapshot: after, profile });
  return ok({ policies, difference, sorts: before.sorts, left: before.left }, migrated.diagnostics);
}

function originOf(policy: Policy, migrated: readonly Policy[]): Policy['origin'] {
  return migrated.find((p) => p.name === policy.name)?.origin ?? policy.origin;
}

function written(policy: Policy, { policies, objects }: Snapshot): MigratedPolicy {
  const from = policies.find((p) => p.origin === policy.origin)?.id ?? policy.id;
  const object = objects.find((o) => o.origin === policy.origin);
  const said = emit(policy);
  if (!said.ok) throw new RangeError(`${policy.id} was said before and cannot be said now`);
  const spec = { ...(said.value.spec as Readonly<Record<string, unknown>>) };
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = spec[direction];
    if (Array.isArray(rules)) spec[direction] = rules.map((rule, i) => withName(rule, policy.rules.filter((r) => r.direction === direction)[i], object));
  }
  const value = { ...said.value, metadata: metadataOf(policy.name, object), spec };
  const { tier, order, name, origin } = policy;
  return { name, from, origin, tier: tier.id, priority: order, text: yamlDocument([`Made of ${from} by ringfence migrate.`, madeByUs], value) };
}

/** The rule's own name comes first, as people write it. The model does not hold it. */
function withName(rule: unknown, meant: Policy['rules'][number] | undefined, object: RawObject | undefined): unknown {
  const path = meant?.origin.path.slice(object?.origin.path.length ?? 0) ?? [];
  const name = at(object?.body, [...path, 'name']);
  return typeof name === 'string' && name !== '' ? { name, ...(rule as object) } : rule;
}

/** Name, labels and annotations. What the API server adds stays behind. */
function metadataOf(name: string, object: RawObject | undefined): Readonly<Record<string, unknown>> {
  const labels = at(object?.body, ['metadata', 'labels']);
  const annotations = at(object?.body, ['metadata', 'annotations']);
  const kept = isMap(annotations) ? Object.fromEntries(Object.entries(annotations).filter(([key]) => !ofTheOldObject.has(key))) : {};
  return { name, ...(isMap(labels) ? { labels } : {}), ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}) };
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (v, step) => (typeof v === 'object' && v !== null && Object.hasOwn(v, step) ? (v as Readonly<Record<string | number, unknown>>)[step] : undefined),
    value,
  );
}
