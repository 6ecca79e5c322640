import type { Origin } from './origin.ts';

/** How bad a diagnostic is. `error` stops the work that needs the input; `warning` is printed and the work goes on. */
export type DiagnosticSeverity = 'error' | 'warning';

/**
 * One thing that is wrong with what the user gave us (a manifest, a zone, a flag): never with the cluster it describes (that is a Finding).
 * `code` is kebab-case and stable; `message` is one sentence that says what was found and what was expected; `hint` says how to mend it.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
  readonly hint?: string;
  readonly origin: Origin | null;
}

/**
 * A value together with everything that was wrong on the way to it. `value` is absent exactly when some diagnostic is an `error`.
 * All problems are collected; nobody stops at the first one.
 */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A result that carries a value, and perhaps warnings. */
export function ok<T>(value: T, diagnostics: readonly Diagnostic[] = []): Result<T> {
  return { ok: true, value, diagnostics };
}

/** A result without a value; at least one of `diagnostics` is an error. */
export function failed(diagnostics: readonly Diagnostic[]): Result<never> {
  return { ok: false, diagnostics };
}

/** Ends an exhaustive switch: a new member of the union becomes a compile error here. Throws if reached at run time. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
