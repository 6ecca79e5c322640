import { audit } from '../../app/audit.ts';
import { auditFindings, auditJson, auditMarkdown, auditRules, auditText } from '../../report/audit.ts';
import { jsonText } from '../../report/json.ts';
import { sarifText } from '../../report/sarif.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, printDiagnostics, readCluster } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'audit',
  summary: 'hold what EKS nodes enforce against what the policies ask for',
  description: [
    'The VPC CNI enforces PolicyEndpoints and ClusterPolicyEndpoints: what its controller made of the policies, as addresses. Compares them with what the NetworkPolicies, ApplicationNetworkPolicies and ClusterNetworkPolicies of the same input ask for, given its pods and Services: what is missing, stale, too wide or too narrow, each with the policy, the addresses and what to do.',
    'Where labels of a namespace are not known, nothing that rests on them is called drift. What the input does not tell, such as the pod behind an address, is a warning, and the headline counts it. An extra rule is called stale, not too wide, where other policies let the same pods have as much. Exits with 1 when anything drifts or is not known, and with 2 and no report where a PolicyEndpoint cannot be read.',
  ],
  operands: manifestOperands,
  options: [formatOption(['text', 'json', 'sarif', 'markdown']), outputOption],
  examples: [
    { line: 'kubectl get policyendpoints,netpol,pods,svc,ns -A -o yaml | ringfence audit -', note: 'a running cluster' },
    { line: 'ringfence audit dump/ --format markdown -o drift.md', note: 'a dump, for a ticket' },
  ],
  async run(invocation, { io, version }) {
    const progress = progressOn(io);
    const { snapshot, locator, diagnostics: read } = await readCluster(invocation.operands, io, progress);
    const audited = audit(snapshot);
    progress.done();
    const diagnostics = [...read, ...audited.diagnostics];
    const broken = printDiagnostics(diagnostics, locator, io);
    if (!audited.ok) return exitCodes.badInput;
    const report = audited.value;
    if (report.endpoints === 0) {
      if (broken) return exitCodes.badInput;
      throw new UsageError([
        {
          message: 'the input holds no PolicyEndpoint: nothing tells what nodes enforce',
          hint: 'add them: kubectl get policyendpoints,clusterpolicyendpoints -A -o yaml',
        },
      ]);
    }
    const render = {
      text: () => auditText(report, { pen: resultPen(invocation, io), locator }),
      json: () => jsonText(auditJson(report, { locator, diagnostics })),
      markdown: () => auditMarkdown(report, locator),
      sarif: () =>
        sarifText({ version, rules: auditRules, findings: auditFindings(report), ignored: [], claims: [], diagnostics, locator, fallbackFile: null }),
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return report.drifts.length === 0 && report.unknown === 0 ? exitCodes.clean : exitCodes.findings;
  },
};
