import { z } from 'zod';
import type { GenerateJson } from '../json-types.ts';
import { diagnosticSchema, envelope, textSchema } from './common.ts';

/** `ringfence generate --format json`. */
export const generateReportSchema: z.ZodType<GenerateJson> = z
  .strictObject({
    ...envelope('generate', 'GenerateReport'),
    folder: textSchema.nullable().describe('Where the pack lies; null when it was only computed.'),
    checked: z.boolean().describe('True with --check: nothing was written.'),
    clean: z.boolean().describe('Whether the folder held exactly this pack already.'),
    zones: z.array(textSchema),
    files: z.array(
      z.strictObject({
        path: textSchema,
        state: z
          .enum(['created', 'changed', 'unchanged', 'stale', 'computed'])
          .describe('What was, or with --check would be, done; stale files belong to an earlier pack and are left alone; computed files have no folder.'),
        text: textSchema.exactOptional().describe('The content, when there is no folder.'),
      }),
    ),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence generate report', description: 'The files of a generated pack and what became of each.' });
