import { guidOf } from '../guid.ts';
import type { NodeKind } from '../subnet.ts';
import type { DumpReader } from './dump-reader.ts';

const row = /^(CA|SW|RT) +(\d{1,5}) +(\d{1,3}) 0x([0-9a-f]{1,16}) [^ ]{1,8} [^ ]{1,12} /;
/** Of a link, the description of the near end stands first. */
const near = /\( '(.*)' - '/;
const far = / - (CA|SW|RT) +(\d{1,5}) +(\d{1,3}) 0x([0-9a-f]{1,16}) \( '.*' - '(.*)' \)$/;
const alone = / '(.*)'$/;
const kinds: Readonly<Record<string, NodeKind>> = { CA: 'ca', SW: 'switch', RT: 'router' };

/** `ibnetdiscover -p`: a line a port. Source: rdma-core infiniband-diags/ibnetdiscover.c (dump_ports_report). */
export const reader: DumpReader = {
  tool: 'ibnetdiscover -p',
  starts: (line) => row.test(line),
  read(lines, { facts }) {
    const switches = new Set<string>();
    for (let line = lines.line; line !== undefined; lines.next(), line = lines.line) {
      const found = row.exec(line);
      if (found === null) return;
      const [, word = '', lid, number, hex = ''] = found;
      const guid = guidOf(hex) ?? '';
      const nodeKind = kinds[word] ?? 'ca';
      const peer = far.exec(line);
      if (peer !== null) {
        const [peerKind, peerGuid] = [kinds[peer[1] ?? ''] ?? 'ca', guidOf(peer[4] ?? '')];
        const named = peerKind === 'switch' ? { guid: null, nodeGuid: peerGuid } : { guid: peerGuid, nodeGuid: null };
        facts.push({
          kind: 'peer',
          ...named,
          nodeKind: peerKind,
          number: Number(peer[3]),
          lid: Number(peer[2]),
          description: peer[5] ?? '',
          origin: lines.place(),
        });
      }
      // Every external port of a switch is a line with the GUID of the switch: its own port is number 0.
      if (nodeKind === 'switch') {
        if (switches.has(guid)) continue;
        switches.add(guid);
      }
      facts.push({
        kind: 'port',
        guid,
        nodeGuid: nodeKind === 'switch' ? guid : null,
        nodeKind,
        number: nodeKind === 'switch' ? 0 : Number(number),
        lid: Number(lid),
        description: (near.exec(line) ?? alone.exec(line))?.[1] ?? null,
        capacity: null,
        origin: lines.place(),
      });
    }
  },
};
