import type { z } from 'zod';

/** A field that may be left out; absent is null in the parsed zone. */
export function maybe<T extends z.ZodType>(inner: T): z.ZodPipe<z.ZodOptional<T>, z.ZodTransform<z.output<T> | null, z.output<T> | undefined>> {
  return inner.optional().transform((value) => value ?? null);
}
