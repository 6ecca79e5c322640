import type { PortName } from '../facts.ts';
import { guidOf } from '../guid.ts';
import type { DumpReader } from './dump-reader.ts';

const row = /^ {0,3}(\d{1,5}): ((?:0x[0-9a-f]{4} ?){1,8})$/;
const capacity = /^(\d{1,5}) pkeys capacity for this port$/;
/** The command that printed it, as a shell with `set -x`, a script or its owner writes it above: smpquery itself does not say whose table it is. */
const command = /\bsmpquery((?: -{1,2}[A-Za-z][\w-]*(?:[ =](?!pkeys\b)[\w.]+)?){0,8}) +pkeys +(0x[0-9a-fA-F]{1,16}|\d{1,5})(?: +(\d{1,3}))?/;

/** `smpquery pkeys LID [PORT]`, one or many. Source: rdma-core infiniband-diags/smpquery.c (pkey_table). */
export const reader: DumpReader = {
  tool: 'smpquery pkeys',
  starts: (line) => row.test(line) || command.test(line),
  read(lines, { facts, diagnostics }) {
    let port: PortName | null = null;
    for (let line = lines.line; line !== undefined; lines.next(), line = lines.line) {
      const asked = command.exec(line);
      if (asked !== null) {
        port = named(asked[1] ?? '', asked[2] ?? '', asked[3]);
        continue;
      }
      if (line.trim() === '') continue;
      if (!row.test(line)) return;
      const origin = lines.place();
      const keys: number[] = [];
      let size: number | null = null;
      for (let at = row.exec(lines.line ?? ''); at !== null; lines.next(), at = row.exec(lines.line ?? '')) {
        if (Number(at[1]) !== keys.length) break;
        for (const key of (at[2] ?? '').trim().split(' ')) keys.push(Number(key));
      }
      const end = capacity.exec(lines.line ?? '');
      if (end !== null) size = Number(end[1]);
      if (port !== null) facts.push({ kind: 'table', port, from: 0, keys: size === null ? keys : keys.slice(0, size), capacity: size, origin });
      else
        diagnostics.push({
          code: 'table-without-port',
          severity: 'warning',
          message: 'This P_Key table is nobody’s: smpquery does not print whose it is.',
          hint: 'Print the command above each table: for l in $LIDS; do echo "# smpquery pkeys $l"; smpquery pkeys $l; done',
          origin,
        });
      // What comes next is another port's, whose command has to be seen.
      port = null;
      if (end === null) return;
    }
  },
};

function named(options: string, which: string, port: string | undefined): PortName | null {
  if (/(?:^| )(?:-G|--Guid)\b/.test(options)) {
    const guid = guidOf(which);
    return guid === null || (port !== undefined && port !== '0') ? null : { guid };
  }
  const lid = Number(which);
  return Number.isInteger(lid) && lid > 0 && lid <= 0xffff ? { lid, port: port === undefined ? null : Number(port) } : null;
}
