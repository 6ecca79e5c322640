import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { UnfinishedError } from '../unfinished-error.ts';

type DuckDb = typeof import('@duckdb/node-api');

/** DuckDB, which is an optional package: whoever keeps no store does without its 70 MB. Throws UnfinishedError where it is not installed. */
export async function duckDb(): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    throw new UnfinishedError(
      'a store of flows takes the package @duckdb/node-api, which is not installed',
      'Install it beside ringfence: npm install @duckdb/node-api. Without a store, flows are read from files.',
    );
  }
}

/** An engine with one connection. `file` is a database of its own, or `:memory:`. Memory is bounded; beyond it, `scratch` is used. */
export async function openEngine(
  file: string,
  scratch: string,
): Promise<{ readonly instance: DuckDBInstance; readonly connection: DuckDBConnection; close(): void }> {
  const { DuckDBInstance: Instance } = await duckDb();
  const instance = await Instance.create(file, { memory_limit: '512MB', threads: '2', temp_directory: scratch, preserve_insertion_order: 'true' });
  const connection = await instance.connect();
  return {
    instance,
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Runs one statement. What the disk refuses is a sentence; anything else is a bug. */
export async function runSql(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRows();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/No space left|disk quota|max_temp_directory_size|failed to offload/i.test(message))
      throw new UnfinishedError(
        'the disk is full: nothing of this ingestion is in the store',
        'What was in it before is as it was. Make room and ingest again.',
      );
    throw error;
  }
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
