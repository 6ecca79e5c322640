import { guidOf } from '../guid.ts';
import type { DumpReader } from './dump-reader.ts';

const adapter = /^CA '[A-Za-z0-9_-]{1,32}'$/;
const portHead = /^\tPort (\d{1,3}):$/;
const field = /^\t{1,2}([A-Za-z ]{2,30}): (.*)$/;
const lidOf = (text: string | undefined): number | null => (text !== undefined && /^\d{1,5}$/.test(text) && text !== '0' ? Number(text) : null);

/** `ibstat`, of one host. Source: rdma-core infiniband-diags/ibstat.c (ca_dump, port_dump). */
export const reader: DumpReader = {
  tool: 'ibstat',
  starts: (line) => adapter.test(line),
  read(lines, { facts }) {
    lines.next();
    let nodeGuid: string | null = null;
    let number: number | null = null;
    let said = new Map<string, string>();
    let origin = lines.place();
    const done = (): void => {
      const guid = guidOf(said.get('Port GUID') ?? '');
      // RoCE ports have no place on the fabric.
      if (number === null || guid === null || said.get('Link layer') === 'Ethernet') return;
      facts.push({ kind: 'port', guid, nodeGuid, nodeKind: 'ca', number, lid: lidOf(said.get('Base lid')), description: null, capacity: null, origin });
    };
    for (let line = lines.line; line?.startsWith('\t'); lines.next(), line = lines.line) {
      const head = portHead.exec(line);
      if (head !== null) {
        done();
        number = Number(head[1]);
        said = new Map();
        origin = lines.place();
        continue;
      }
      const found = field.exec(line);
      if (found === null) continue;
      if (number === null && found[1] === 'Node GUID') nodeGuid = guidOf(found[2] ?? '');
      said.set(found[1] ?? '', found[2] ?? '');
    }
    done();
  },
};
