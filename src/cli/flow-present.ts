import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FlowReport, FlowRule } from '../model/flow-report.ts';
import { flowReportJson } from '../report/flow-report-json.ts';
import { flowReportMarkdown } from '../report/flow-report-markdown.ts';
import { flowReportText } from '../report/flow-report-text.ts';
import { jsonText } from '../report/json.ts';
import { sarifText } from '../report/sarif.ts';
import type { Invocation, Option } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { nowhere } from './flow-input.ts';
import { printDiagnostics } from './inputs.ts';
import type { Io } from './io.ts';
import { emit, formatOf, formatOption, resultPen } from './present.ts';

export const flowFormatOption: Option = formatOption(['text', 'json', 'markdown', 'sarif']);

export const allowOption: Option = {
  name: 'allow',
  value: 'DESTINATION',
  repeats: true,
  help: 'A destination outside that is meant: a CIDR, an address, a host name, or *.NAME for all below it. Repeats.',
};

export const budgetOption: Option = {
  name: 'budget',
  value: 'SIZE',
  help: 'What a workload may send to other destinations outside in any 24 hours.',
};

/** Prints an answer about flows in the form that was asked for, and gives the exit code. */
export function presentFlows(
  report: FlowReport,
  diagnostics: readonly Diagnostic[],
  rules: readonly FlowRule[],
  invocation: Invocation,
  { io, version, locator = nowhere }: { readonly io: Io; readonly version: string; readonly locator?: Locator },
): ExitCode {
  const broken = printDiagnostics(diagnostics, locator, io);
  const render = {
    text: () => flowReportText(report, { pen: resultPen(invocation, io), locator }),
    json: () => jsonText(flowReportJson(report, { locator, diagnostics })),
    markdown: () => flowReportMarkdown(report, locator),
    sarif: () =>
      sarifText({
        version,
        rules: rules.map((r) => ({ ...r, plane: 'detection' })),
        findings: report.findings,
        ignored: [],
        claims: [],
        diagnostics,
        locator,
        fallbackFile: report.coverage.files[0]?.file ?? null,
      }),
  };
  emit(render[formatOf(invocation)](), invocation, io);
  if (broken) return exitCodes.badInput;
  return report.findings.some((f) => f.severity !== 'info') ? exitCodes.findings : exitCodes.clean;
}
