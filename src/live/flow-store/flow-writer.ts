import { createWriteStream, type WriteStream } from 'node:fs';
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { UnfinishedError } from '../unfinished-error.ts';
import { duckDb, openEngine, runSql, sqlText } from './engine.ts';
import type { Receipt, StoreFolder } from './store-folder.ts';

/** A column as the store writes it. */
interface Column<Row> {
  readonly name: string;
  readonly type: 'BIGINT' | 'INTEGER' | 'VARCHAR' | 'BOOLEAN';
  of(row: Row): DuckDBValue;
}

/** Rows of one vector. Source: DuckDB, STANDARD_VECTOR_SIZE. */
const vector = 2048;

/** Hours that get a part each; with more of them parts are of days, then one: clocks that jump make no million files. */
const mostParts = 400;

const hour = 3_600_000_000_000;

/**
 * Takes the flows of one ingestion into an engine's table aside, then writes them as Parquet, by the hour, and commits them to the store. Until then nothing of
 * it is in the store.
 */
export class FlowWriter<Row> {
  readonly #store: StoreFolder;
  readonly #columns: readonly Column<Row>[];
  readonly #types: readonly DuckDBType[];
  readonly connection: DuckDBConnection;
  readonly #close: () => void;
  readonly #chunkOf: (types: readonly DuckDBType[], columns: readonly DuckDBValue[][]) => Parameters<DuckDBAppender['appendDataChunk']>[0];
  #appender: DuckDBAppender | null = null;
  #buffer: DuckDBValue[][];
  #rows = 0;
  #bad: WriteStream | null = null;
  #badError: Error | null = null;

  private constructor(
    store: StoreFolder,
    columns: readonly Column<Row>[],
    api: Awaited<ReturnType<typeof duckDb>>,
    engine: Awaited<ReturnType<typeof openEngine>>,
  ) {
    this.#store = store;
    this.#columns = columns;
    this.connection = engine.connection;
    this.#close = engine.close;
    const types: Readonly<Record<Column<Row>['type'], DuckDBType>> = { BIGINT: api.BIGINT, INTEGER: api.INTEGER, VARCHAR: api.VARCHAR, BOOLEAN: api.BOOLEAN };
    this.#types = columns.map((c) => types[c.type]);
    this.#buffer = columns.map(() => []);
    this.#chunkOf = (of, values) => {
      const chunk = api.DuckDBDataChunk.create(of);
      chunk.setColumns(values);
      return chunk;
    };
  }

  /** The store must be owned. */
  static async open<Row>(store: StoreFolder, columns: readonly Column<Row>[]): Promise<FlowWriter<Row>> {
    const engine = await openEngine(store.temporary('flows.duckdb'), store.temporary('spill'));
    const writer = new FlowWriter(store, columns, await duckDb(), engine);
    await runSql(engine.connection, `CREATE TABLE flows (${columns.map((c) => `${c.name} ${c.type}`).join(', ')})`);
    return writer;
  }

  add(row: Row): void {
    for (let i = 0; i < this.#columns.length; i++) (this.#buffer[i] as DuckDBValue[]).push((this.#columns[i] as Column<Row>).of(row));
    this.#rows++;
  }

  /** Hands on what has gathered. Call between pieces of input, so that memory stays as it is. */
  async flush(all = false): Promise<void> {
    if (this.#rows === 0 || (!all && this.#rows < vector)) return;
    this.#appender ??= await this.connection.createAppender('flows');
    for (let at = 0; at < this.#rows; at += vector)
      this.#appender.appendDataChunk(
        this.#chunkOf(
          this.#types,
          this.#buffer.map((values) => values.slice(at, at + vector)),
        ),
      );
    this.#buffer = this.#columns.map(() => []);
    this.#rows = 0;
    if (this.#badError !== null) throw new UnfinishedError(`lines that could not be read cannot be put aside: ${this.#badError.message}`);
  }

  /** Puts a line aside that could not be read. */
  putAside(line: object): void {
    if (this.#bad === null) {
      this.#bad = createWriteStream(this.#store.temporary('bad.ndjson'), { flags: 'wx' });
      this.#bad.on('error', (error) => {
        this.#badError = error;
      });
    }
    this.#bad.write(`${JSON.stringify(line)}\n`);
  }

  /** Ends the appender, so that statements see what was added. */
  async settle(): Promise<void> {
    await this.flush(true);
    this.#appender?.closeSync();
    this.#appender = null;
  }

  /** Writes parts and makes them count. */
  async commit<Coverage>(id: string, coverage: Coverage): Promise<Receipt<Coverage>> {
    await this.settle();
    const bad = this.#bad;
    if (bad !== null) await new Promise<void>((resolve) => bad.end(resolve));
    const slots = await this.#slots();
    const parts = [];
    for (const [i, { where, day, name }] of slots.entries()) {
      const from = this.#store.temporary(`part-${i}.parquet`);
      const [[rows = 0n] = []] = await runSql(
        this.connection,
        `COPY (SELECT * FROM flows WHERE ${where} ORDER BY time_ns) TO ${sqlText(from)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
      );
      parts.push({ from, day, name, rows: Number(rows) });
    }
    return this.#store.commit(id, coverage, parts, bad === null ? null : this.#store.temporary('bad.ndjson'));
  }

  /** One part an hour; where these are too many one a day, and then one. */
  async #slots(): Promise<readonly { readonly where: string; readonly day: string; readonly name: string }[]> {
    for (const [width, isHour] of [
      [hour, true],
      [24 * hour, false],
    ] as const) {
      const found = await runSql(this.connection, `SELECT DISTINCT time_ns // ${width} AS slot FROM flows ORDER BY slot LIMIT ${mostParts + 1}`);
      if (found.length > mostParts) continue;
      return found.map(([slot]) => {
        const start = Number(slot) * width;
        const at = Math.abs(start / 1e6) < 8.64e15 ? new Date(start / 1e6).toISOString() : null;
        const day = at === null || !/^\d{4}-/.test(at) ? 'any-time' : at.slice(0, 10);
        return {
          where: `time_ns // ${width} = ${String(slot)}`,
          day,
          name: isHour ? `${at?.slice(11, 13) ?? 'x'}-${String(slot).replace('-', 'n')}` : `day-${String(slot).replace('-', 'n')}`,
        };
      });
    }
    return [{ where: 'true', day: 'any-time', name: 'all' }];
  }

  /** Ends the engine. Nothing that was not committed is kept. */
  close(): void {
    this.#appender = null;
    this.#close();
  }
}
