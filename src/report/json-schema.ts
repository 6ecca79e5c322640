import { z } from 'zod';
import { certificateSchema } from '../model/certificate.ts';
import { auditReportSchema } from './audit.ts';
import { certificateCheckSchema } from './certificate-check.ts';
import { diagnosisSchema } from './diagnosis-json.ts';
import { exposureReportSchema } from './exposure-json.ts';
import { fabricAuditSchema } from './fabric-audit-json.ts';
import { feedChangeSchema } from './feed-change.ts';
import { feedFetchSchema } from './feed-fetch.ts';
import { feedStatusSchema } from './feed-status.ts';
import { flowIngestSchema } from './flow-ingest.ts';
import { flowReportSchema } from './flow-report-json.ts';
import { iamDiffSchema } from './iam-diff.ts';
import { iamVerifySchema } from './iam-json.ts';
import { iamLintSchema } from './iam-lint.ts';
import { migrationReportSchema } from './migration.ts';
import { preflightReportSchema } from './preflight-json.ts';
import { queryReportSchema } from './query-json.ts';
import { diffReportSchema } from './schema/diff.ts';
import { explainReportSchema } from './schema/explain.ts';
import { generateReportSchema } from './schema/generate.ts';
import { scanReportSchema } from './schema/scan.ts';
import { verifyReportSchema } from './schema/verify.ts';

const reports = {
  scan: scanReportSchema,
  verify: verifyReportSchema,
  explain: explainReportSchema,
  generate: generateReportSchema,
  diff: diffReportSchema,
  query: queryReportSchema,
  migrate: migrationReportSchema,
  audit: auditReportSchema,
  exposure: exposureReportSchema,
  preflight: preflightReportSchema,
  diagnosis: diagnosisSchema,
  'feed-fetch': feedFetchSchema,
  'feed-change': feedChangeSchema,
  'feed-status': feedStatusSchema,
  'fabric-audit': fabricAuditSchema,
  flows: flowReportSchema,
  'flow-ingest': flowIngestSchema,
  'iam-verify': iamVerifySchema,
  'iam-diff': iamDiffSchema,
  'iam-lint': iamLintSchema,
  certificate: certificateSchema,
  'certificate-check': certificateCheckSchema,
};

/**
 * The published JSON Schemas (draft 2020-12) of every report, as files of the `schemas` folder: name and text. The name is the last part of
 * the `$id` and of the `$schema` that each report carries.
 */
export function reportJsonSchemas(): { readonly file: string; readonly text: string }[] {
  return Object.entries(reports).map(([name, schema]) => {
    const file = `${name}.v1.json`;
    // Properties may be added within v1, so readers must not refuse what they do not know: the published schema leaves objects open.
    const json = z.toJSONSchema(schema, { override: (context) => void delete context.jsonSchema.additionalProperties });
    const { $schema, ...rest } = json;
    return { file, text: `${JSON.stringify({ $schema, $id: `https://ringfence.dev/schemas/${file}`, ...rest }, null, 2)}\n` };
  });
}
