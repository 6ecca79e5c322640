import type { Path } from '../kernel/origin.ts';
import { metadataAddresses } from '../services/metadata.ts';
import type { Fault } from './fault.ts';
import { liesIn } from './open-addresses.ts';
import type { ZoneSpec } from './zone.ts';

/** Addresses that are listed to be opened and must stay shut altogether. Those that merely contain such addresses are narrowed instead. */
export function shutFaults(spec: ZoneSpec, cidrs: readonly string[], path: Path): readonly Fault[] {
  return cidrs.flatMap((cidr, index) => {
    const metadata = metadataAddresses.find((address) => liesIn(cidr, address.cidr));
    const zone = spec.protected.find((candidate) => candidate.cidrs.some((other) => liesIn(cidr, other)));
    const at = [...path, index];
    if (metadata !== undefined)
      return [
        {
          code: 'metadata-listed',
          path: at,
          message: `${cidr} is the ${metadata.title}: it hands out the node's credentials.`,
          hint: 'Remove it; cloud identities are opened through identity.',
        },
      ];
    if (zone !== undefined)
      return [
        {
          code: 'wanted-and-protected',
          path: at,
          message: `${cidr} lies in the protected zone ${zone.name}.`,
          hint: 'Remove it here, or narrow the protected addresses.',
        },
      ];
    return [];
  });
}
