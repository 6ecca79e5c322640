import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';

/** That nothing reads a kind which may make pods; one object of it speaks for all. */
export function kindNotRead({ apiVersion, kind, origin }: RawObject, hint: string): Diagnostic {
  return {
    code: 'kind-not-read',
    severity: 'warning',
    message: `Objects of kind ${shown(kind)} (${shown(apiVersion)}) are not read: pods that they make are in no answer.`,
    hint,
    origin,
  };
}
