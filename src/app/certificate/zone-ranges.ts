import type { ClusterRanges } from '../../model/snapshot.ts';
import type { LoadedZone } from '../../spec/zone.ts';

/** What the zones say about the cluster's address ranges; nothing said leaves it to the Node objects. */
export function rangesOf(zones: readonly LoadedZone[]): Partial<ClusterRanges> {
  const said = (of: keyof ClusterRanges): readonly string[] => [...new Set(zones.flatMap((z) => z.zone.spec.platform.ranges[of]))];
  return Object.fromEntries((['pods', 'nodes', 'services'] as const).map((of) => [of, said(of)] as const).filter(([, cidrs]) => cidrs.length > 0));
}
