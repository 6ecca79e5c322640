import type { DumpReader } from './dump-reader.ts';

const heading = /^# Port (?:extended )?counters: Lid (\d{1,5}) port (\d{1,3})\b/;
const field = /^([A-Za-z0-9]{3,40}):\.*(\d{1,20})$/;
/** Packets that a port turned down because of their key. Source: InfiniBand Architecture Specification vol. 1, §16.1.3.5 (PortCounters). */
const counted: ReadonlySet<string> = new Set(['PortXmitConstraintErrors', 'PortRcvConstraintErrors']);

/** `perfquery`. Source: rdma-core infiniband-diags/perfquery.c (dump_perfcounters). */
export const reader: DumpReader = {
  tool: 'perfquery',
  starts: (line) => heading.test(line),
  read(lines, { facts }) {
    const [, lid, port] = heading.exec(lines.line ?? '') ?? [];
    lines.next();
    for (let found = field.exec(lines.line ?? ''); found !== null; lines.next(), found = field.exec(lines.line ?? ''))
      if (counted.has(found[1] ?? ''))
        facts.push({ kind: 'counter', lid: Number(lid), port: Number(port), name: found[1] ?? '', value: Number(found[2]), origin: lines.place() });
  },
};
