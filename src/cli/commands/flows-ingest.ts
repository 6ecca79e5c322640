import { flowColumns, flowSchemaVersion } from '../../flows/columns.ts';
import type { BadLine } from '../../flows/flow-scanner.ts';
import { FlowWriter } from '../../live/flow-store/flow-writer.ts';
import { ingestionId, StoreFolder } from '../../live/flow-store/store-folder.ts';
import type { ObservedFlow } from '../../model/observed-flow.ts';
import { ingestJson, ingestText } from '../../report/flow-ingest.ts';
import { jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { flowOperands, nowhere, readFlows, storeOption } from '../flow-input.ts';
import { printDiagnostics } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'flows ingest',
  summary: 'put recorded flows into a store on disk',
  description: [
    'Reads flows of any format that is known, makes them one schema, and writes them as Parquet (zstd), a part for each hour, which any engine reads. An ingestion is in the store whole or not at all: a full disk, a kill or a power cut leaves the store as it was.',
    'Lines that could not be read are put aside in the store, with file, line and reason. One process at a time writes a store; others may read it meanwhile.',
    'Takes the optional package @duckdb/node-api. Exits with 1 when lines could not be read, or the recorder lost events.',
  ],
  operands: flowOperands,
  options: [
    { ...storeOption, help: 'The folder of the store; it is made where there is none.' },
    formatOption(['text', 'json'], { sarif: 'an ingestion has no findings', markdown: 'an ingestion has no findings' }),
    outputOption,
  ],
  examples: [
    { line: 'ringfence flows ingest /var/run/cilium/hubble/ --store flows/', note: 'files of the exporter' },
    { line: 'hubble observe --follow -o json | head -n 1000000 | ringfence flows ingest - --store flows/', note: 'what comes, up to a number' },
    { line: 'ringfence flows detect --store flows/', note: 'what the store holds' },
  ],
  async run(invocation, { io }) {
    const folder = invocation.text('store');
    if (folder === undefined) throw new UsageError([{ message: 'flows ingest needs a store: --store DIR' }]);
    const progress = progressOn(io);
    const store = new StoreFolder(io.cwd, folder, flowSchemaVersion);
    store.own();
    try {
      const writer = await FlowWriter.open<ObservedFlow>(store, flowColumns);
      try {
        const { coverage, diagnostics } = await readFlows(invocation.operands, io, progress, {
          flow: (flow) => writer.add(flow),
          bad: (line: BadLine) => writer.putAside(line),
          pause: () => writer.flush(),
        });
        progress.say('writing parts');
        const receipt = coverage.flows + coverage.bad === 0 ? null : await writer.commit(ingestionId(io.now), coverage);
        progress.done();
        const broken = printDiagnostics(diagnostics, nowhere, io);
        const report = { store: folder, receipt, coverage };
        emit(formatOf(invocation) === 'json' ? jsonText(ingestJson(report, diagnostics)) : ingestText(report, resultPen(invocation, io)), invocation, io);
        if (broken) return exitCodes.badInput;
        return coverage.bad > 0 || coverage.lost > 0 ? exitCodes.findings : exitCodes.clean;
      } finally {
        writer.close();
      }
    } finally {
      store.release();
    }
  },
};
