import type { Path } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';

/** One fault of a zone whose every field is fine by itself; `path` is in the zone document. */
export interface Fault {
  readonly code: string;
  readonly severity?: Diagnostic['severity'];
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}
