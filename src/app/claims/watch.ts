import { cidrSet } from '../../engine/addresses.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import type { Change } from '../../model/change.ts';
import { matchLabels } from '../../model/labels.ts';
import type { NamespaceMatch } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { ZoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { isNodeLocalCache } from './liveness.ts';
import { isProtected } from './protected.ts';

/** What of a zone's claims some changes may touch: nothing, those about its protected zones alone, or all of them. */
export type Seen = 'nothing' | 'protected' | 'all';

/** What the claims of a zone look at beside the answers of the matrix. */
export interface Watch {
  /** What these changes may touch, beside what answers of the matrix they change. */
  sees(before: Snapshot, after: Snapshot, changes: readonly Change[]): Seen;
  /** Whether ways in from outside are looked at, which lead through any pod. */
  exposed(snapshot: Snapshot): boolean;
}

/**
 * The zone's own namespace, pods that it needs, clients that come in, pods of its protected zones (and which namespaces those are), caches that answer for DNS, and, where it has nodes of its
 * own, every pod that might be scheduled onto them.
 */
export function watchOf(intents: ZoneIntents, { zone }: LoadedZone): Watch {
  const places = new Set([
    intents.namespace,
    ...intents.workloads.flatMap((w) => w.needs.flatMap((n) => n.targets.flatMap((t) => (t.kind === 'pods' ? [t.namespace] : [])))),
    ...intents.workloads.flatMap((w) =>
      w.drivers.flatMap((d) => [d.namespace, ...d.needs.flatMap((n) => n.targets.flatMap((t) => (t.kind === 'pods' ? [t.namespace] : [])))]),
    ),
    ...intents.workloads.flatMap((w) => w.clients.map((c) => c.namespace)),
  ]);
  const targets = intents.protected.map((target) => ({ target, blocks: cidrSet(target.cidrs) }));
  const labelled = intents.protected.flatMap(({ namespaces }): NamespaceMatch[] =>
    namespaces !== null && !('names' in namespaces) ? [{ kind: 'labelled', selector: matchLabels(namespaces.labels) }] : [],
  );
  const seesPod = (snapshot: Snapshot, w: Workload): Seen => {
    if (zone.spec.nodes !== null || places.has(w.namespace) || isNodeLocalCache(w)) return 'all';
    return targets.some(({ target, blocks }) => isProtected(snapshot, target, blocks, w) !== 'no') ? 'protected' : 'nothing';
  };
  const seesChange = (before: Snapshot, after: Snapshot, change: Change): Seen => {
    switch (change.kind) {
      case 'policy':
        return 'nothing';
      case 'workload':
        return most([change.before === null ? 'nothing' : seesPod(before, change.before), change.after === null ? 'nothing' : seesPod(after, change.after)]);
      case 'namespace':
        return most(
          [change.before, change.after].map((n) => {
            if (n === null) return 'nothing';
            if (n.name === intents.namespace) return 'all';
            return labelled.some((match) => matchNamespace(before, match, n.name).is !== matchNamespace(after, match, n.name).is) ? 'protected' : 'nothing';
          }),
        );
    }
  };
  return {
    sees: (before, after, changes) => most(changes.map((change) => seesChange(before, after, change))),
    exposed: ({ exposure }) =>
      [exposure.doors, exposure.ingresses, exposure.routes, exposure.openshiftRoutes].some((entries: readonly unknown[]) => entries.length > 0),
  };
}

function most(seen: readonly Seen[]): Seen {
  return seen.includes('all') ? 'all' : seen.includes('protected') ? 'protected' : 'nothing';
}
