import { keyText } from '../../../model/pkey.ts';
import type { TrainingZone } from '../../../spec/zone.ts';
import { code } from '../markdown.ts';
import type { FabricFiles } from './files.ts';
import { zoneOptions } from './zone-options.ts';

const purposes: Readonly<Record<string, string>> = {
  'fabric/opensm.conf': 'settings of the subnet manager: switches enforce in both directions, and the keys that protect the fabric itself',
  'fabric/partitions.conf': 'the partitions of the whole fabric, for OpenSM',
  'fabric/ufm-pkeys.json': 'the same as requests to UFM, where it manages the fabric',
};

/** What the owner of the fabric is to do. Empty: the zone is on none. */
export function fabricSection({ spec }: TrainingZone, { files, zones }: Pick<FabricFiles, 'files' | 'zones'>): readonly string[] {
  const fabric = spec.fabric?.infiniband ?? null;
  if (fabric === null) return [];
  const rows = files.map(({ path }) => `- ${code(path)}: ${purposes[path] ?? ''}\n`).join('');
  const hubs = fabric.hubs.map((hub) => `${code(hub.name)} (${code(keyText(hub.pkey))}, limited)`).join(', ');
  return [
    `## Fabric

RDMA meets no policy: partitions of the fabric keep the zone apart. Its ports are full members of ${code(keyText(fabric.partition.pkey))}${hubs === '' ? '' : `, and limited ones of ${hubs}`}. For the owner of the fabric:

${rows}
Before each reload of the subnet manager, and from time to time:

\`\`\`text
ringfence fabric audit ${zoneOptions(zones)} fabric/partitions.conf ibnetdiscover.txt pkeys.txt opensm.conf opensm.log sminfo.txt
\`\`\`
`,
  ];
}
