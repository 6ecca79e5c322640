import { guidOf } from '../guid.ts';
import type { DumpReader } from './dump-reader.ts';

const line = /^sminfo: sm lid (\d{1,5}) sm guid 0x([0-9a-f]{1,16}), activity count \d{1,10} priority (\d{1,2}) state \d (SMINFO_[A-Z]{1,16})$/;

/** `sminfo`, once for each subnet manager that is asked. Source: rdma-core infiniband-diags/sminfo.c (main). */
export const reader: DumpReader = {
  tool: 'sminfo',
  starts: (text) => line.test(text),
  read(lines, { facts }) {
    const [, lid, hex = '', priority, state = ''] = line.exec(lines.line ?? '') ?? [];
    facts.push({ kind: 'sm', guid: guidOf(hex) ?? '', lid: Number(lid), priority: Number(priority), state, origin: lines.place() });
    lines.next();
  },
};
