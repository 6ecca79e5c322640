import { exposure } from '../../app/exposure.ts';
import { reach } from '../../engine/reach.ts';
import { exposureJson } from '../../report/exposure-json.ts';
import { exposureMarkdown } from '../../report/exposure-markdown.ts';
import { exposureText } from '../../report/exposure-text.ts';
import { jsonText } from '../../report/json.ts';
import { readAsked } from '../asked-cluster.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, printDiagnostics, profileOption } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';

export const command: Command = {
  name: 'exposure',
  summary: 'show who can be reached from outside the cluster, and through what',
  description: [
    'Follows every Ingress, route of the Gateway API, Route of OpenShift, and Service of type LoadBalancer or NodePort or with external IPs to the pods behind it: from outside to the controller, and from the controller (or the node that was dialled) to the pod, each hop judged by the policies. Which pods a controller is comes from its class and the labels that its chart sets. What the input does not show is not known, and says what would settle it.',
    'Exits with 1 when a training workload can be reached from outside.',
  ],
  operands: manifestOperands,
  options: [
    profileOption('kubernetes, the strict reading of the API'),
    formatOption(['text', 'json', 'markdown'], { sarif: 'what training is exposed to is a finding of scan: ringfence scan --format sarif' }),
    outputOption,
  ],
  examples: [
    { line: 'ringfence exposure ./manifests', note: 'every manifest below a folder' },
    { line: 'kubectl get ing,ingressclass,svc,netpol,deploy,ns -A -o yaml | ringfence exposure -', note: 'a running cluster' },
  ],
  async run(invocation, { io }) {
    const progress = progressOn(io);
    const asked = await readAsked(invocation, io, progress);
    if (asked === null) return exitCodes.badInput;
    const { snapshot, profile, locator, diagnostics } = asked;
    progress.say('following ways in');
    const report = exposure(reach(snapshot, profile));
    progress.done();
    const broken = printDiagnostics(diagnostics, locator, io);
    const render = {
      text: () => exposureText(report, { pen: resultPen(invocation, io), locator }, diagnostics),
      json: () => jsonText(exposureJson(report, { locator, diagnostics, ignored: [] })),
      markdown: () => exposureMarkdown(report, locator, diagnostics),
      sarif: () => '',
    };
    emit(render[formatOf(invocation)](), invocation, io);
    if (broken) return exitCodes.badInput;
    return report.workloads.some((w) => w.training && w.verdict === 'allowed') ? exitCodes.findings : exitCodes.clean;
  },
};
