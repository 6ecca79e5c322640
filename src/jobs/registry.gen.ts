// Generated from the folder listing by `npm run gen`; do not edit.
import type { JobExpander } from './expander.ts';

/** Every expander of `src/jobs`, in name order. */
export const expanders: readonly JobExpander[] = [];
