import type { Locator } from '../kernel/origin.ts';
import type { Pen } from './pen.ts';

/** What every text renderer needs beside the report: how to write, and where things stand in the user's files. */
export interface TextContext {
  readonly pen: Pen;
  readonly locator: Locator;
}
