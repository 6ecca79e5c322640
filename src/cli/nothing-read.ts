import type { Diagnostic } from '../kernel/result.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * The error that an input without a single Kubernetes object is, as a list: an empty report would read as a clean one. Empty when there are objects.
 * An input that could not be read has its own errors, and this one is left out.
 */
export function nothingRead(snapshot: Snapshot, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (snapshot.objects.length > 0 || diagnostics.some((d) => d.severity === 'error')) return [];
  return [
    {
      code: 'nothing-to-read',
      severity: 'error',
      message: 'No Kubernetes object was found in the input.',
      hint: 'Give manifests, or what kubectl get -o yaml, kustomize or helm template print.',
      origin: null,
    },
  ];
}
