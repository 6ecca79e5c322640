import type { DumpReader } from './dump-reader.ts';

const heading = /^PKeyTableRecord dump:$/;
const field = /^\t*(LID|Port|Block)\.+(\d{1,5})$/;
const row = /^\t*((?:0x[0-9a-f]{4} ?){8})$/;
/** Keys in a block. Source: InfiniBand Architecture Specification vol. 1, §14.2.5.7 (P_KeyTable). */
const blockSize = 32;

/** `saquery --smkey KEY PKTR`. Source: rdma-core infiniband-diags/saquery.c (dump_one_pkey_tbl_record). */
export const reader: DumpReader = {
  tool: 'saquery PKTR',
  starts: (line) => heading.test(line),
  read(lines, { facts }) {
    const origin = lines.place();
    lines.next();
    const said = new Map<string, number>();
    const keys: number[] = [];
    for (let line = lines.line; line !== undefined && line.trim() !== '' && !heading.test(line); lines.next(), line = lines.line) {
      const found = field.exec(line);
      if (found !== null) said.set(found[1] ?? '', Number(found[2]));
      const cells = row.exec(line);
      if (cells !== null) for (const key of (cells[1] ?? '').trim().split(' ')) keys.push(Number(key));
    }
    const lid = said.get('LID');
    if (lid === undefined || keys.length === 0) return;
    facts.push({ kind: 'table', port: { lid, port: said.get('Port') ?? null }, from: (said.get('Block') ?? 0) * blockSize, keys, capacity: null, origin });
  },
};
