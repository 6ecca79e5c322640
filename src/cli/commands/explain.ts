import { explain } from '../../app/explain.ts';
import { explainMarkdown } from '../../report/explain-markdown.ts';
import { explainText } from '../../report/explain-text.ts';
import { explainJson, jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, namedProfile, printDiagnostics, profileOption, readCluster } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'explain',
  summary: 'say why traffic passes or does not, rule by rule',
  description: [
    'Decides the packets that the question stands for and prints for each the walk through the policy tiers in a line, then every rule with its file and line, on both sides: the egress of the source and the ingress of the destination.',
    'Exits with 0 whatever the answer is; in JSON it stands at the top as verdict: allowed, denied, unknown or ambiguous.',
  ],
  operands: manifestOperands,
  options: [
    { name: 'from', value: 'WHO', help: 'Who dials: NAMESPACE/NAME of a workload or pod.' },
    { name: 'to', value: 'WHOM', help: 'Who is dialled: NAMESPACE/NAME of a workload, pod or Service, an IP address, a CIDR, or a host name.' },
    { name: 'port', value: 'PORT/PROTOCOL', help: 'As in 443/TCP, 53/UDP or ICMP; every port that the destination declares when left out.' },
    profileOption('kubernetes, the strict reading of the API'),
    formatOption(['text', 'json', 'markdown'], { sarif: 'explain answers a question and has no findings to write as SARIF' }),
    outputOption,
  ],
  examples: [
    { line: 'ringfence explain ./manifests --from ml/train --to data/postgres --port 5432/TCP', note: 'between two workloads' },
    { line: 'ringfence explain ./manifests --from ml/train --to 169.254.169.254 --port 80/TCP', note: 'the metadata service' },
    { line: 'ringfence explain ./manifests --from ml/train --to huggingface.co --port 443 --profile cilium@1.19 --format json', note: 'a host, as JSON' },
  ],
  async run(invocation, { io }) {
    const [from, to] = [invocation.text('from'), invocation.text('to')];
    const problems = [
      ...(from === undefined ? [{ message: 'explain needs --from NAMESPACE/NAME: who dials' }] : []),
      ...(to === undefined ? [{ message: 'explain needs --to: a workload, Service, address, CIDR or host name' }] : []),
    ];
    if (from === undefined || to === undefined) throw new UsageError(problems);
    const profile = namedProfile(invocation.text('profile'), 'kubernetes');
    const progress = progressOn(io);
    const { snapshot, locator, diagnostics } = await readCluster(invocation.operands, io, progress);
    progress.say('deciding');
    const answer = explain(snapshot, profile, { from, to, port: invocation.text('port') ?? null });
    const all = [...diagnostics, ...answer.diagnostics];
    progress.done();
    const broken = printDiagnostics(all, locator, io);
    if (!answer.ok) return exitCodes.badInput;
    const render = {
      text: () => explainText(answer.value, { pen: resultPen(invocation, io), locator }),
      json: () => jsonText(explainJson(answer.value, { locator, diagnostics: all, ignored: [] })),
      markdown: () => explainMarkdown(answer.value, locator),
      sarif: () => '',
    };
    emit(render[formatOf(invocation)](), invocation, io);
    return broken ? exitCodes.badInput : exitCodes.clean;
  },
};
