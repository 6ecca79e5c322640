import { join } from 'node:path';
import { openEngine, sqlText } from './engine.ts';
import type { Receipt, StoreFolder } from './store-folder.ts';

/** Hands on every row of a store, as cells in the order of `columns`, part by part in the order of their times. */
export async function readParts(
  store: StoreFolder,
  receipts: readonly Receipt<unknown>[],
  columns: readonly string[],
  use: (cells: readonly unknown[]) => void,
): Promise<void> {
  const paths = receipts
    .flatMap((r) => r.parts.map((p) => p.path))
    .sort()
    .map((path) => join(store.root, path));
  if (paths.length === 0) return;
  const { connection, close } = await openEngine(':memory:', join(store.root, 'tmp'));
  try {
    for (const path of paths) {
      const result = await connection.stream(`SELECT ${columns.join(', ')} FROM read_parquet(${sqlText(path)})`);
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        const values = chunk.getColumns();
        for (let i = 0; i < chunk.rowCount; i++) use(values.map((column) => column[i]));
      }
    }
  } finally {
    close();
  }
}
