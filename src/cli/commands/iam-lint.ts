import { lints } from '../../app/iam/lints/registry.gen.ts';
import { runLints } from '../../app/iam/run-lints.ts';
import { applyIgnores } from '../../app/ignore.ts';
import { iamLintJson, iamLintMarkdown, iamLintText } from '../../report/iam-lint.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import { baselineOptions, throughBaseline, writeBaseline } from '../baseline.ts';
import { isFailing, rowsOf } from '../check-list.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { joinedLocator, printDiagnostics, readPolicies } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';

export const command: Command = {
  name: 'iam lint',
  summary: 'find what is wrong with AWS policies, without a zone',
  description: [
    'Reads policies as iam verify does and says what is wrong with them by themselves: actions, resources and condition keys that do not fit, what is far too wide, trust that lets others in, endpoints that let too much or too little through, checkpoints that can be lost. With a zone, iam verify proves what they allow.',
    'Each lint has a page that names what parliament, cloudsplaining and IAM Access Analyzer call it. In YAML a finding is ignored by a comment as for other checks; JSON has no comments, and known findings go into a baseline.',
    'Exits with 1 when a finding is worse than info.',
  ],
  operands: { name: 'POLICY', min: 1, max: null, help: 'Policies: a file, a folder (every .yaml, .yml and .json below), or - for standard input.' },
  options: [formatOption(['text', 'json', 'sarif', 'markdown']), outputOption, ...baselineOptions],
  examples: [
    { line: 'ringfence iam lint policies/', note: 'policies of a repository' },
    { line: 'aws iam get-account-authorization-details | ringfence iam lint - --format sarif -o iam.sarif', note: 'those of an account, for code scanning' },
  ],
  sections: () => [{ title: 'Lints', rows: rowsOf(lints) }],
  async run(invocation, { io, version }) {
    const read = await readPolicies(invocation.operands, io);
    const chosen = applyIgnores(runLints(read), { objects: [], locator: read.locator, today: io.today, checks: lints.map((l) => l.slug) });
    const baseline = await throughBaseline(chosen.kept, invocation, io);
    const locator = joinedLocator(read.locator, ...baseline.locators);
    const diagnostics = [...read.diagnostics, ...chosen.problems, ...baseline.diagnostics];
    const broken = printDiagnostics(diagnostics, locator, io);
    const report = { findings: baseline.fresh, ignored: [...chosen.ignored, ...baseline.known], taken: read.taken };
    const render = {
      text: () => iamLintText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }, diagnostics),
      json: () => jsonText(iamLintJson(report, { locator, diagnostics, ignored: report.ignored })),
      markdown: () => iamLintMarkdown(report, locator, diagnostics),
      sarif: () =>
        sarifText({
          version,
          rules: lints,
          findings: report.findings,
          ignored: report.ignored,
          claims: [],
          diagnostics,
          locator,
          fallbackFile: read.texts[0]?.file ?? null,
        }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    writeBaseline(chosen.kept, broken, invocation, io);
    if (broken) return exitCodes.badInput;
    return report.findings.some(isFailing) ? exitCodes.findings : exitCodes.clean;
  },
};
