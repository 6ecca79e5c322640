import { labelOf } from '../model/labels.ts';
import { annotationsOf } from '../model/metadata.ts';
import type { Policy } from '../model/policy.ts';
import type { RawObject } from '../model/snapshot.ts';
import { tenantControlAnnotation, tenantControls } from '../model/tenant-control.ts';
import type { CheckContext } from './check.ts';

/** The control that the object of a policy says decides whose data is reached; null where it says none that there is. */
export function annotatedControl({ snapshot }: CheckContext, { origin }: Policy): string | null {
  const { file, index } = origin.document;
  const object = snapshot.objects.find(
    (one) => one.origin.document.file === file && one.origin.document.index === index && one.origin.path.every((step, i) => step === origin.path[i]),
  );
  const said = object === undefined ? undefined : annotation(object, tenantControlAnnotation);
  return tenantControls.find((control) => control === said) ?? null;
}

/** One annotation of an object; undefined where it has none of that name. */
export function annotation(object: RawObject, name: string): string | undefined {
  return labelOf(annotationsOf(object), name);
}
