import { guidOf } from '../guid.ts';
import type { NodeKind } from '../subnet.ts';
import type { DumpReader } from './dump-reader.ts';

const heading = /^NodeRecord dump:$/;
const field = /^\t*([a-zA-Z_]{2,20})\.{1,30}(.*)$/;
const kinds: Readonly<Record<string, NodeKind>> = { 'Channel Adapter': 'ca', Switch: 'switch', Router: 'router' };

/** `saquery NR`. Source: rdma-core infiniband-diags/saquery.c (dump_node_record). */
export const reader: DumpReader = {
  tool: 'saquery NR',
  starts: (line) => heading.test(line),
  read(lines, { facts }) {
    const origin = lines.place();
    lines.next();
    const said = new Map<string, string>();
    for (let line = lines.line; line !== undefined && !heading.test(line); lines.next(), line = lines.line) {
      const found = field.exec(line);
      if (found === null) break;
      said.set(found[1] ?? '', found[2] ?? '');
    }
    const guid = guidOf(said.get('port_guid') ?? '');
    if (guid === null) return;
    const nodeKind = kinds[said.get('node_type') ?? ''] ?? null;
    const number = numberOf(said.get('port_num'));
    facts.push({
      kind: 'port',
      guid,
      nodeGuid: guidOf(said.get('node_guid') ?? ''),
      nodeKind,
      number: nodeKind === 'switch' ? 0 : number,
      lid: numberOf(said.get('lid')),
      description: said.get('NodeDescription') ?? null,
      capacity: numberOf(said.get('partition_cap')),
      origin,
    });
  },
};

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^(?:0x[0-9a-fA-F]{1,8}|\d{1,9})$/.test(text) ? Number(text) : null;
}
