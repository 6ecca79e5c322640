import { memberOf } from '../kernel/map.ts';
import type { Origin } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Jobs whose manifests name no namespace and that are judged in `default`: `kubectl -n` and the namespace of the current context decide what these leave out. */
export function inDefault(jobs: readonly { readonly title: string; readonly origin: Origin }[], { objects }: Snapshot, hint: string): readonly Diagnostic[] {
  return jobs
    .filter(({ origin: { document, path } }) =>
      objects.some(
        ({ origin, namespace, body }) =>
          namespace === 'default' &&
          origin.document.file === document.file &&
          origin.document.index === document.index &&
          origin.path.every((step, i) => step === path[i]) &&
          !memberOf(body, 'metadata', 'namespace'),
      ),
    )
    .map((job) => ({
      code: 'default-namespace',
      severity: 'warning',
      message: `${job.title} is judged in namespace default, since its manifest names none: kubectl -n or a context may put it elsewhere, under other policies.`,
      hint,
      origin: job.origin,
    }));
}
