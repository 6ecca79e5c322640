import type { Locator } from '../kernel/origin.ts';
import type { Pen } from './pen.ts';

/** What every text renderer needs beside the report: how to write, and where things stand in the user's files. */
export interface TextContext {
  readonly pen: Pen;
  readonly locator: Locator;
  /** The paths that the user gave, where a report names command lines to go on with; of a comparison those of both sides. */
  readonly inputs?: readonly string[];
}
