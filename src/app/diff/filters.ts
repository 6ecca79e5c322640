import { stableJson } from '../../kernel/stable.ts';
import type { ChangedObject } from '../../model/diff-report.ts';
import type { Policy } from '../../model/policy.ts';
import { changedPolicies, type PolicyChanges } from './same-policies.ts';

/** What a policy filters above layer 4, as text: names that may be asked of DNS, TLS server names, methods and paths of HTTP and the like. */
function filterText(policy: Policy): string {
  const filters = policy.rules.flatMap(({ direction, action, application }) =>
    application === null
      ? []
      : [stableJson({ direction, action, ...application, dns: inOrder(application.dns), serverNames: inOrder(application.serverNames) })],
  );
  return [...new Set(filters)].sort().join();
}

function inOrder(alternatives: readonly unknown[] | null): readonly string[] | null {
  return alternatives === null ? null : alternatives.map((one) => stableJson(one)).sort();
}

/** Policies whose filters above layer 4 came, went or changed. Sets of traffic do not show them: a filtered connection is allowed on layer 4. */
export function changedFilters({ gone, come }: PolicyChanges): ChangedObject[] {
  const filtersOf = (policies: readonly Policy[], id: string): string =>
    policies
      .filter((p) => p.id === id)
      .map(filterText)
      .sort()
      .join(' ');
  const ids = new Set([...gone, ...come].map((p) => p.id).filter((id) => filtersOf(gone, id) !== filtersOf(come, id)));
  const ofThose = (policies: readonly Policy[]): Policy[] => policies.filter((p) => ids.has(p.id));
  return changedPolicies({ gone: ofThose(gone), come: ofThose(come) });
}
