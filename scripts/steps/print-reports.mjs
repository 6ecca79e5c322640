import { built } from './printing.mjs';

/** The published JSON Schemas of the reports. */
export async function reportSchemaFiles() {
  const { reportJsonSchemas } = await built('report/json-schema.js');
  return reportJsonSchemas().map(({ file, text }) => ({ path: `schemas/${file}`, text }));
}
