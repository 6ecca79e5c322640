import type { Location, Locator, Origin } from '../kernel/origin.ts';
import type { LocationJson } from './json-types.ts';
import { pathText } from './place.ts';

/** A place as reports write it; `place` where another than the origin's own is meant. */
export function locationJson(origin: Origin, locator: Locator, place: Location | null = null): LocationJson {
  const { file, line, column, endLine, endColumn } = place ?? locator.locate(origin);
  return { file, line, column, endLine, endColumn, document: origin.document.index, path: origin.path.length === 0 ? '' : pathText(origin.path) };
}
