import type { PeerFact, PortFact } from '../facts.ts';
import { type Guid, guidOf } from '../guid.ts';
import type { NodeKind } from '../subnet.ts';
import type { DumpReader } from './dump-reader.ts';

const kinds: Readonly<Record<string, NodeKind>> = { Ca: 'ca', Switch: 'switch', Rt: 'router' };
const node = /^(Ca|Switch|Rt)\t(\d{1,3}) "[HSR]-([0-9a-f]{1,16})"\s+# "(.*)"/;
const port = /^\[(\d{1,3})\](?:\[[^\]]{0,8}\])?\(([0-9a-f]{1,16})\)\s/;
const ownLid = /# lid (\d{1,5}) lmc /;
const switchLid = / port 0 lid (\d{1,5}) lmc \d+$/;
/** The far end of a link; behind it, in the block of an adapter, stands what is the near end's own. */
const link = /\t"([HSR])-([0-9a-f]{1,16})"\[(\d{1,3})\](?:\[[^\]]{0,8}\])?(?:\(([0-9a-f]{1,16})\))?\s+# (?:lid \d{1,5} lmc \d{1,3} )?"(.*)" lid (\d{1,5}) /;
const peers: Readonly<Record<string, NodeKind>> = { H: 'ca', S: 'switch', R: 'router' };
/** What else stands in a block. */
const aside = /^(?:vendid|devid|sysimgguid)=|^\[|^#/;
const heading = /^(?:switch|ca|rt)guid=0x([0-9a-f]{1,16})(?:\(([0-9a-f]{1,16})\))?$/;

/** The topology, a block a node. Source: rdma-core infiniband-diags/ibnetdiscover.c (out_switch, out_ca, out_switch_port, out_ca_port). */
export const reader: DumpReader = {
  tool: 'ibnetdiscover',
  starts: (line) => heading.test(line) || node.test(line),
  read(lines, { facts }) {
    let portGuid: Guid | null = null;
    let owner: { readonly kind: NodeKind; readonly guid: Guid | null; readonly description: string } | null = null;
    for (let line = lines.line; line !== undefined && line.trim() !== ''; lines.next(), line = lines.line) {
      const head = heading.exec(line);
      if (head !== null) {
        portGuid = guidOf(head[2] ?? head[1] ?? '');
        continue;
      }
      const found = node.exec(line);
      if (found !== null) {
        owner = { kind: kinds[found[1] ?? ''] ?? 'ca', guid: guidOf(found[3] ?? ''), description: found[4] ?? '' };
        // A switch has one port of its own, number 0, which its heading names.
        if (owner.kind === 'switch') facts.push({ ...portOf(owner, portGuid ?? owner.guid, 0, switchLid.exec(line)?.[1]), origin: lines.place() });
        continue;
      }
      if (!aside.test(line)) return;
      const far = link.exec(line);
      if (far !== null) facts.push({ ...peerOf(far), origin: lines.place() });
      const own = port.exec(line);
      if (own === null || owner === null || owner.kind === 'switch') continue;
      facts.push({ ...portOf(owner, guidOf(own[2] ?? ''), Number(own[1]), ownLid.exec(line)?.[1]), origin: lines.place() });
    }
  },
};

function portOf(
  owner: { readonly kind: NodeKind; readonly guid: Guid | null; readonly description: string },
  guid: Guid | null,
  number: number,
  lid: string | undefined,
): Omit<PortFact, 'origin'> {
  return {
    kind: 'port',
    guid: guid ?? '',
    nodeGuid: owner.guid,
    nodeKind: owner.kind,
    number,
    lid: lid === undefined ? null : Number(lid),
    description: owner.description,
    capacity: null,
  };
}

function peerOf([, letter = '', node = '', number, portGuid, description = '', lid]: RegExpExecArray): Omit<PeerFact, 'origin'> {
  return {
    kind: 'peer',
    guid: portGuid === undefined ? null : guidOf(portGuid),
    nodeGuid: guidOf(node),
    nodeKind: peers[letter] ?? 'ca',
    number: Number(number),
    lid: Number(lid),
    description,
  };
}
