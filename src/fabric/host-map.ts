import type { SourceText } from '../kernel/source-text.ts';
import type { HostFact } from './facts.ts';
import { guidOf } from './guid.ts';
import { placeIn } from './place.ts';

/** Names of columns, as inventories have them. */
const hostColumns: ReadonlySet<string> = new Set(['host', 'hostname', 'node', 'name', 'server']);
const guidColumns: ReadonlySet<string> = new Set(['guid', 'port_guid', 'portguid', 'port guid', 'node_guid', 'nodeguid', 'node guid']);
const longestLine = 4096;

/** Whether the first line heads a table of hosts and GUIDs. */
export function isHostMap(text: string): boolean {
  return columns(firstLine(text)) !== null;
}

/** A table of hosts and GUIDs: CSV, or with tabs or semicolons; a line a port (or an adapter, by its node GUID). */
export function readHostMap({ file, text }: SourceText): readonly HostFact[] {
  const table = columns(firstLine(text));
  if (table === null) return [];
  const facts: HostFact[] = [];
  text.split('\n').forEach((line, i) => {
    if (i === 0 || line.length > longestLine) return;
    const cells = cellsOf(line, table.separator);
    const host = cells[table.host] ?? '';
    if (host === '') return;
    for (const at of table.guids) {
      const guid = guidOf(cells[at] ?? '');
      if (guid !== null && !/^0+$/.test(guid)) facts.push({ kind: 'host', host, guid, origin: placeIn(file, i + 1, 1, line.length + 1) });
    }
  });
  return facts;
}

function firstLine(text: string): string {
  return text.slice(0, longestLine).split('\n', 1)[0] ?? '';
}

function columns(line: string): { readonly separator: string; readonly host: number; readonly guids: readonly number[] } | null {
  for (const separator of [',', '\t', ';']) {
    const names = cellsOf(line, separator).map((cell) => cell.toLowerCase());
    const host = names.findIndex((name) => hostColumns.has(name));
    const guids = names.flatMap((name, i) => (guidColumns.has(name) ? [i] : []));
    if (host >= 0 && guids.length > 0) return { separator, host, guids };
  }
  return null;
}

function cellsOf(line: string, separator: string): string[] {
  return line
    .replace(/\r$/, '')
    .split(separator)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
