import type { Location, Locator, Origin, Path } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { visible } from './visible.ts';

/** `file:line:column`, as editors and terminals make it a link. */
export function placeText(location: Location): string {
  return `${visible(location.file)}:${location.line}:${location.column}`;
}

/** Diagnostics that are about a key and not about what it holds. */
const aboutKeys: ReadonlySet<string> = new Set(['unknown-field', 'wrong-key', 'bad-label-key', 'bad-annotation-key']);

/** Where a diagnostic points: the key that is wrong, or the value. Null when it has no place. */
export function diagnosticPlace({ code, origin }: Diagnostic, locator: Locator): Location | null {
  return origin === null ? null : locator.locate(origin, aboutKeys.has(code) ? 'key' : 'value');
}

/** The place of an origin, or `null` where there is none. */
export function placeOf(origin: Origin | null, locator: Locator): string | null {
  return origin === null ? null : placeText(locator.locate(origin));
}

/** A path as people write it: `spec.ingress[0].from`; keys that are no plain words are quoted. The document itself is `(document)`. */
export function pathText(path: Path): string {
  if (path.length === 0) return '(document)';
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}
