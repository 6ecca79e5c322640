import { FlowDetection } from '../../app/flows/detect.ts';
import { detectors } from '../../flows/detectors/registry.gen.ts';
import { flowMetricsText } from '../../report/flow-metrics.ts';
import { byteSize } from '../byte-size.ts';
import type { Command } from '../command.ts';
import { flowOrStoreOperands, readNamedFlows, storeOption } from '../flow-input.ts';
import { allowOption, budgetOption, flowFormatOption, presentFlows } from '../flow-present.ts';
import { writeResult } from '../own-inputs.ts';
import { outputOption } from '../present.ts';
import { progressOn } from '../progress.ts';

/** Source: the floor of the trial that ranked the methods; see docs/flows.md. */
const defaultBudget = '20GB';

export const command: Command = {
  name: 'flows detect',
  summary: 'look in recorded flows for signs of exfiltration and of search',
  description: [
    'Reads flows as they were recorded, without any configuration, and first says of each destination what it is; then looks for more bytes sent outside than are budgeted, destinations that are new, data in DNS names, use of the metadata service and the API server, what was tried and dropped, long connections, and connections at regular intervals. Every finding gives the numbers that it rests on, and flows.',
    'Window, places of recording and loss stand with every answer, and so does what the flows cannot tell.',
    'Exits with 1 when there is a finding above info.',
  ],
  operands: flowOrStoreOperands,
  options: [
    storeOption,
    allowOption,
    { ...budgetOption, help: `${budgetOption.help} ${defaultBudget} when left out.` },
    {
      name: 'metrics',
      value: 'FILE',
      completes: 'file',
      help: 'Also write metrics to FILE, for the textfile collector of node_exporter. Names and addresses stay out of them.',
    },
    flowFormatOption,
    outputOption,
  ],
  examples: [
    { line: 'hubble observe --last 100000 -o json | ringfence flows detect -', note: 'what the ring buffers hold' },
    { line: 'ringfence flows detect /var/run/cilium/hubble/ --allow "*.s3.us-east-1.amazonaws.com" --budget 50GB', note: 'files of the exporter' },
    { line: 'ringfence flows detect vpc-flow-logs/ --metrics /var/lib/node_exporter/ringfence.prom --format sarif -o flows.sarif', note: 'for machines' },
  ],
  async run(invocation, { io, version }) {
    const detection = new FlowDetection({
      allowed: invocation.texts('allow'),
      budget: byteSize('budget', invocation.text('budget') ?? defaultBudget),
    });
    const progress = progressOn(io);
    const { coverage, diagnostics } = await readNamedFlows(invocation, io, progress, (flow) => detection.add(flow));
    const report = detection.done(coverage);
    progress.done();
    const metrics = invocation.text('metrics');
    if (metrics !== undefined) writeResult(io, metrics, flowMetricsText(report, detection.measured, io.now));
    return presentFlows(report, diagnostics, detectors, invocation, { io, version });
  },
};
