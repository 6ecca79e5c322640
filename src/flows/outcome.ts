import type { FlowFormat, ObservedFlow } from '../model/observed-flow.ts';

/** What one record is. `other`: something that is no flow and lies among flows by right (a status, an agent event). */
export type Outcome =
  | { readonly kind: 'flow'; readonly flow: ObservedFlow; readonly mergeKey?: string | undefined; readonly mergeRole?: 'verdict' | 'drop' | undefined }
  | { readonly kind: 'lost'; readonly count: number; readonly node: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'bad'; readonly why: string };

/** Reads records that are JSON objects. */
export interface JsonFormat {
  readonly id: FlowFormat;
  readonly title: string;
  /** Where the format is described. */
  readonly source: string;
  /** Whether the record is of this format, by its shape. */
  takes(record: Readonly<Record<string, unknown>>): boolean;
  read(record: Readonly<Record<string, unknown>>): readonly Outcome[];
}

/** Reads one line of a format that is lines of text. */
export type LineRead = (line: string) => Outcome;

/** Reads records that are lines of text. */
export interface TextFormat {
  readonly id: FlowFormat;
  readonly title: string;
  readonly source: string;
  /**
   * Looks at the first line of a file: null where it is not of this format. `isHeader`: the line says what the others hold and is no record itself.
   * `now` is the time of records that have none.
   */
  open(line: string, now: bigint): { readonly read: LineRead; readonly isHeader: boolean } | null;
}

export const other: Outcome = { kind: 'other' };

export function bad(why: string): Outcome {
  return { kind: 'bad', why };
}
