import type { FabricRow } from '../model/fabric-audit-report.ts';

/** Hosts of one party that have the same place in every partition, by one of them. */
export interface HostSort {
  readonly row: FabricRow;
  readonly hosts: number;
}

/** One sort for each host where they are few, else one for all that are alike. */
export function hostSorts(rows: readonly FabricRow[], mostRows: number): readonly HostSort[] {
  if (rows.length <= mostRows) return rows.map((row) => ({ row, hosts: 1 }));
  const sorts = new Map<string, { readonly row: FabricRow; hosts: number }>();
  for (const row of rows) {
    const key = JSON.stringify([row.party, row.cells, row.indexZero]);
    const known = sorts.get(key);
    if (known === undefined) sorts.set(key, { row, hosts: 1 });
    else known.hosts++;
  }
  return [...sorts.values()];
}
