import { diffIdentities } from '../../app/iam/diff.ts';
import { iamDiffFindings, iamDiffJson, iamDiffMarkdown, iamDiffRules, iamDiffText } from '../../report/iam-diff.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { joinedLocator, printDiagnostics, readPolicies } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'iam diff',
  summary: 'say what access a change of AWS policies gives and takes',
  description: [
    'Compares two sets of AWS policies and lists what each role may do, and who may become it, on one side and not on the other: for all requests, each sort with one that shows it and the statements about it. What is not listed is the same.',
    'Policies are read as by iam verify. Actions of object storage, iam, kms and sts are compared.',
    'Exits with 1 when anything was gained or lost, or could not be compared, like diff(1).',
  ],
  operands: { name: 'PATH', min: 2, max: 2, help: 'BEFORE and AFTER: policies, each a file, a folder, or - for standard input.' },
  options: [
    { name: 'role', value: 'ROLE', help: 'Name or ARN of the role whose policies are those that do not say whose they are.' },
    formatOption(['text', 'json', 'sarif', 'markdown']),
    outputOption,
  ],
  examples: [
    { line: 'ringfence iam diff before/ after/', note: 'what a pull request gives and takes' },
    { line: 'ringfence iam diff main/training.json training.json --role training --format markdown', note: 'a comment about one role' },
  ],
  async run(invocation, { io, version }) {
    const [first = '', second = ''] = invocation.operands;
    if (first === '-' && second === '-') throw new UsageError([{ message: 'standard input cannot be both sides' }]);
    const role = invocation.text('role') ?? null;
    if (role !== null && !/^(?:arn:[a-z-]{1,20}:iam::\d{12}:role\/)?[\w+=,.@/-]{1,512}$/.test(role))
      throw new UsageError([{ message: `--role ${JSON.stringify(role)} is neither the name nor the ARN of a role` }]);
    const [before, after] = [await readPolicies([first], io), await readPolicies([second], io)];
    const locator = joinedLocator(before.locator, after.locator);
    const diagnostics = [...before.diagnostics, ...after.diagnostics];
    const broken = printDiagnostics(diagnostics, locator, io);
    // A side with a fault lacks a policy, and a comparison would call that a change.
    if (broken) return exitCodes.badInput;
    const report = diffIdentities({ title: first, read: before }, { title: second, read: after }, role);
    const render = {
      text: () => iamDiffText(report, { pen: resultPen(invocation, io), locator, inputs: invocation.operands }),
      json: () => jsonText(iamDiffJson(report, { locator, diagnostics })),
      markdown: () => iamDiffMarkdown(report, locator, diagnostics),
      sarif: () =>
        sarifText({ version, rules: iamDiffRules, findings: iamDiffFindings(report), ignored: [], claims: [], diagnostics, locator, fallbackFile: second }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    return report.changes.length + report.untold.length === 0 ? exitCodes.clean : exitCodes.findings;
  },
};
