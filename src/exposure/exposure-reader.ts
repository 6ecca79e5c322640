import type { Result } from '../kernel/result.ts';
import type { Exposure } from '../model/exposure.ts';
import type { RawObject } from '../model/snapshot.ts';

/** Reads one kind of object that opens something to the outside. What it returns is added to the lists of the whole. */
export interface ExposureReader {
  /** Kinds it takes; `group` is the API group without version, '' for core. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  read(object: RawObject): Result<Partial<Exposure>>;
}
