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

/** What the claims of a zone look at beside the answers of the matrix. */
export interface Watch {
  /** Whether these changes may touch it. */
  sees(before: Snapshot, after: Snapshot, changes: readonly Change[]): boolean;
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
    ...intents.workloads.flatMap((w) => w.clients.map((c) => c.namespace)),
  ]);
  const targets = intents.protected.map((target) => ({ target, blocks: cidrSet(target.cidrs) }));
  const labelled = intents.protected.flatMap(({ namespaces }): NamespaceMatch[] =>
    namespaces !== null && !('names' in namespaces) ? [{ kind: 'labelled', selector: matchLabels(namespaces.labels) }] : [],
  );
  const seesPod = (snapshot: Snapshot, w: Workload): boolean =>
    zone.spec.nodes !== null ||
    places.has(w.namespace) ||
    isNodeLocalCache(w) ||
    targets.some(({ target, blocks }) => isProtected(snapshot, target, blocks, w) !== 'no');
  return {
    sees: (before, after, changes) =>
      changes.some((change) => {
        if (change.kind === 'policy') return false;
        if (change.kind === 'workload')
          return (change.before !== null && seesPod(before, change.before)) || (change.after !== null && seesPod(after, change.after));
        return [change.before, change.after].some(
          (n) =>
            n !== null &&
            (n.name === intents.namespace || labelled.some((match) => matchNamespace(before, match, n.name).is !== matchNamespace(after, match, n.name).is)),
        );
      }),
    exposed: ({ exposure }) =>
      [exposure.doors, exposure.ingresses, exposure.routes, exposure.openshiftRoutes].some((entries: readonly unknown[]) => entries.length > 0),
  };
}
