import { patchOf } from '../../app/advice/patch.ts';
import { explain } from '../../app/explain.ts';
import { explainMarkdown } from '../../report/explain-markdown.ts';
import { explainText } from '../../report/explain-text.ts';
import { explainJson, jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, namedProfile, printDiagnostics, profileOption, readCluster, seen } from '../inputs.ts';
import { refuseInput, writeResult } from '../own-inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'explain',
  summary: 'say why traffic passes or does not, rule by rule',
  description: [
    'Decides the packets that the question stands for and prints for each the walk through the policy tiers in a line, then every rule with its file and line, on both sides: the egress of the source and the ingress of the destination.',
    'Then says what would have to change to open or close it, in the language of the cluster: each proposal was carried out on the input and the packet decided again, and all other traffic that it changes is told.',
    'Exits with 0 whatever the answer is; in JSON it stands at the top as verdict: allowed, denied, unknown or ambiguous.',
  ],
  operands: manifestOperands,
  options: [
    { name: 'from', value: 'WHO', help: 'Who dials: NAMESPACE/NAME of a workload or pod.' },
    { name: 'to', value: 'WHOM', help: 'Who is dialled: NAMESPACE/NAME of a workload, pod or Service, an IP address, a CIDR, or a host name.' },
    { name: 'port', value: 'PORT/PROTOCOL', help: 'As in 443/TCP, 53/UDP or ICMP; every port that the destination declares when left out.' },
    {
      name: 'network',
      value: 'NETWORK',
      help: 'A network beside the pod network, as NAMESPACE/NAME of its NetworkAttachmentDefinition: decide on it, among the pods that attach to it.',
    },
    profileOption('kubernetes, the strict reading of the API'),
    {
      name: 'fix',
      value: 'FILE',
      completes: 'file',
      help: 'Write the first proposal that fits in one patch to FILE, whole or not at all: policies to add as YAML, an edit as a unified diff for patch -p0; - is standard output, in place of the explanation. Your manifests are never edited.',
    },
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
    const network = invocation.text('network');
    const base = namedProfile(invocation.text('profile'), 'kubernetes');
    const progress = progressOn(io);
    const { snapshot, profile, locator, diagnostics, texts } = seen(await readCluster(invocation.operands, io, progress), base);
    progress.say('deciding');
    const answer = explain(snapshot, profile, {
      from,
      to,
      port: invocation.text('port') ?? null,
      ...(network === undefined ? {} : { network }),
    });
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
    const fix = invocation.text('fix');
    if (fix !== undefined && fix !== '-') refuseInput(io, fix);
    const patch = fix === undefined ? null : patchOf(answer.value, { texts, locator, profile });
    if (patch !== null) printDiagnostics(patch.diagnostics, locator, io);
    if (fix !== '-') emit(render[formatOf(invocation)](), invocation, io);
    if (fix !== undefined && patch?.ok === true) {
      if (fix === '-') io.stdout.write(patch.value);
      else writeResult(io, fix, patch.value);
    }
    if (patch !== null && !patch.ok) return exitCodes.badInput;
    return broken ? exitCodes.badInput : exitCodes.clean;
  },
};
