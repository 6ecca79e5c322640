import { gkeMetadata } from '../../services/metadata.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { addressEnd, type PathEnd } from './needed-path.ts';

/**
 * Where pods have to be let for the metadata server of GKE. Dataplane V2 judges port 80, which they dial; other data planes judge the ports that this is
 * translated to, and the documentation has both opened. Source: GKE documentation, Workload Identity Federation, on network policies.
 */
export function gkeMetadataEnds(profileId: string): readonly PathEnd[] {
  const v2 = profileId.startsWith('gke');
  const { cidrs, ports } = gkeMetadata(v2 ? 'v2' : 'v1');
  const asked = TransportSet.of(
    'TCP',
    (v2 ? ports.slice(0, 1) : ports).map((port): [number, number] => [port, port]),
  );
  return cidrs.map((cidr) => {
    const ip = cidr.slice(0, cidr.indexOf('/'));
    return { ...addressEnd(ip, asked), title: `the metadata server ${ip}` };
  });
}
