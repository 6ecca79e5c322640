import { verifyIdentities } from '../../app/iam/verify.ts';
import { asClaimResult } from '../../model/iam-report.ts';
import { iamVerifyJson } from '../../report/iam-json.ts';
import { iamMarkdown } from '../../report/iam-markdown.ts';
import { iamText } from '../../report/iam-text.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { joinedLocator, printDiagnostics, readPolicies, readZoneFiles, zoneOption } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'iam verify',
  summary: 'prove or refute what the roles of a zone can read, write and hand on',
  description: [
    'Reads AWS policies and answers for all requests, not for samples: reads stay inside the data sets of the zone, writes inside those that may be written, nothing is deleted, no permission changes, no bucket of another account is reached, nobody but the ServiceAccount becomes the role, and what the data sets need is allowed.',
    'What fails is shown by one request (caller, action, resource, condition keys) with the statements about it; a second, plain evaluator has confirmed it.',
    'Policies are JSON or YAML: documents alone, or output of the AWS CLI (iam get-role, get-role-policy, get-policy-version, get-account-authorization-details, s3api get-bucket-policy, kms get-key-policy, ec2 describe-vpc-endpoints), or of terraform show -json, of a state or a plan. A document of kind IdentityPolicies says which file is a boundary, a session policy or a control policy.',
    'Exits with 1 when a claim does not hold. See docs/iam.md for what is asked, and of what nothing is known.',
  ],
  operands: { name: 'POLICY', min: 1, max: null, help: 'Policies: a file, a folder (every .yaml, .yml and .json below), or - for standard input.' },
  options: [zoneOption, formatOption(['text', 'json', 'sarif', 'markdown']), outputOption],
  examples: [
    { line: 'ringfence iam verify -f zone.yaml policies/', note: 'the roles of a zone' },
    { line: 'aws iam get-account-authorization-details | ringfence iam verify -f zone.yaml -', note: 'as the account has them' },
    { line: 'terraform show -json plan.out | ringfence iam verify -f zone.yaml -', note: 'as a plan of Terraform would leave them' },
  ],
  async run(invocation, { io, version }) {
    const zonePaths = invocation.texts('file');
    if (zonePaths.length === 0)
      throw new UsageError([{ message: 'iam verify needs a zone: -f ZONE', hint: 'the zone says which data its workloads are to use' }]);
    if (zonePaths.includes('-') && invocation.operands.includes('-'))
      throw new UsageError([{ message: 'standard input cannot be both the zone and the policies' }]);
    const zones = await readZoneFiles(zonePaths, io);
    const read = await readPolicies(invocation.operands, io);
    const locator = joinedLocator(zones.locator, read.locator);
    const diagnostics = [...zones.diagnostics, ...read.diagnostics];
    const broken = printDiagnostics(diagnostics, locator, io);
    if (zones.diagnostics.some((d) => d.severity === 'error')) return exitCodes.badInput;
    const report = verifyIdentities(zones.zones, read);
    const claims = report.zones.flatMap((z) => z.claims);
    const render = {
      text: () => iamText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }, diagnostics),
      json: () => jsonText(iamVerifyJson(report, { locator, diagnostics })),
      markdown: () => iamMarkdown(report, locator, diagnostics),
      sarif: () =>
        sarifText({
          version,
          rules: [],
          findings: [],
          ignored: [],
          claims: claims.map(asClaimResult),
          diagnostics,
          locator,
          fallbackFile: zonePaths[0] ?? null,
        }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return claims.every((claim) => claim.status === 'holds') ? exitCodes.clean : exitCodes.findings;
  },
};
