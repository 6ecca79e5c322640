import type { Reachability } from '../engine/reach.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { Profile } from '../model/profile.ts';
import type { ScanReport } from '../model/scan-report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { LoadedZone } from '../spec/zone.ts';
import { exposure } from './exposure.ts';
import { halfOpenPassages } from './half-open.ts';
import { cloudReach } from './iam/cloud-reach.ts';
import type { PoliciesRead } from './iam/read-policies.ts';
import { namesTaken } from './names-taken.ts';
import { ReachMap } from './reach-map.ts';
import { runChecks } from './run-checks.ts';
import { stagedPolicies } from './staged/promote.ts';
import { trainingWorkloads } from './training.ts';
import { trainingSections } from './training-sections.ts';

/** The most half-open passages that a report lists; each is a finding too. */
const halfOpenListed = 200;

/** The most exposed training workloads that a report lists. */
const exposedListed = 100;

/**
 * Everything that `scan` answers about one cluster, with the policies of its roles and the zones that say what they are for where these are given, from the picture, the CNI's profile and the solved matrix (which must be of the same two).
 * Pure. Training workloads and all lists come in a stable order and are cut at a length, with what was cut counted.
 */
export function scan(
  snapshot: Snapshot,
  profile: Profile,
  reach: Reachability,
  policies: PoliciesRead | null = null,
  zones: readonly LoadedZone[] = [],
): ScanReport {
  const because = trainingWorkloads(snapshot);
  const map = new ReachMap(reach);
  const sections = trainingSections(map, because);
  const cloud = policies === null ? null : cloudReach(map, new Set(because.keys()), policies, zones);
  const halfOpen = halfOpenPassages(reach, new Set(because.keys()));
  const exposed = exposure(reach).workloads.filter((w) => w.training);
  return {
    profile: profile.id,
    counts: {
      namespaces: snapshot.namespaces.size,
      workloads: snapshot.workloads.length,
      pods: snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0),
      services: snapshot.services.length,
      nodes: snapshot.nodes.length,
      policies: snapshot.policies.filter((p) => p.unread !== true).length,
    },
    unread: sortedBy(snapshot.unread, ([kind]) => kind).map(([kind, count]) => ({ kind, count })),
    training: sortedBy(sections.training, (w) => w.title),
    exposed: exposed.slice(0, exposedListed),
    halfOpen: halfOpen.slice(0, halfOpenListed),
    staged: stagedPolicies(snapshot),
    findings: [...runChecks(reach), ...(cloud?.findings ?? [])],
    ...(cloud === null ? {} : { cloud: cloud.reach }),
    omitted: { training: sections.omitted, exposed: Math.max(0, exposed.length - exposedListed), halfOpen: Math.max(0, halfOpen.length - halfOpenListed) },
    assumptions: [...profile.assumptions, ...namesTaken(snapshot, profile, false)],
  };
}
