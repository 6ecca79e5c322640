// Generated from the folder listing by `npm run gen`; do not edit.
import type { Check } from './check.ts';

/** Every check of `src/checks`, in name order. */
export const checks: readonly Check[] = [];
