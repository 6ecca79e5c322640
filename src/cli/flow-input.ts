import { flowColumns, flowOfCells, flowSchemaVersion } from '../flows/columns.ts';
import { CoverageCount } from '../flows/coverage.ts';
import { DropMerger } from '../flows/drop-merger.ts';
import { type BadLine, FlowScanner } from '../flows/flow-scanner.ts';
import { joinedCoverage } from '../flows/joined-coverage.ts';
import { timeOf } from '../flows/values.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { readParts } from '../live/flow-store/flow-reader.ts';
import { StoreFolder } from '../live/flow-store/store-folder.ts';
import { readLogs } from '../live/log-stream.ts';
import type { FlowCoverage } from '../model/flow-coverage.ts';
import type { ObservedFlow } from '../model/observed-flow.ts';
import type { Invocation, Operands, Option } from './command.ts';
import type { Io } from './io.ts';
import { noteRead } from './own-inputs.ts';
import type { Progress } from './progress.ts';
import { UsageError } from './usage-error.ts';

export const flowOperands: Operands = {
  name: 'PATH',
  min: 1,
  max: null,
  help: 'Flows: files, folders (every file below), or - for standard input; plain or packed with gzip. Hubble (-o json, or the exporter), Goldmane and flow logs of Calico, VPC flow logs of AWS and Google Cloud, flow logs of Azure, conntrack -L, CSV: each file is told by what is in it.',
};

/** For verbs that read flows from files or from a store. */
export const flowOrStoreOperands: Operands = { ...flowOperands, min: 0 };

export const storeOption: Option = {
  name: 'store',
  value: 'DIR',
  completes: 'folder',
  help: 'Read the flows of a store that flows ingest made, in place of files.',
};

/** Bad lines that are told one by one. */
const told = 5;

export interface FlowsRead {
  readonly coverage: FlowCoverage;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads flows of any format as a stream and hands each on. Bad lines are warnings, the first few by themselves; `onBad` is given every one. */
export async function readFlows(
  paths: readonly string[],
  io: Io,
  progress: Progress,
  use: { flow(flow: ObservedFlow): void; bad?(line: BadLine): void; pause?(): Promise<void> },
): Promise<FlowsRead> {
  const now = timeOf(io.now) ?? 0n;
  const count = new CoverageCount(now);
  const badLines: BadLine[] = [];
  const scan = {
    now,
    count,
    merger: new DropMerger(),
    flow: use.flow,
    badLine: (line: BadLine) => {
      if (badLines.length < told) badLines.push(line);
      use.bad?.(line);
    },
  };
  const unread = await readLogs(
    paths,
    { cwd: io.cwd, stdin: () => io.stdin.chunks() },
    async (file, chunks) => {
      noteRead(io, [file]);
      progress.say(`reading ${file}`);
      const scanner = new FlowScanner(file, scan);
      try {
        for await (const chunk of chunks) {
          scanner.feed(chunk);
          await use.pause?.();
        }
      } finally {
        // What came before a fault counts.
        scanner.end();
      }
    },
    {
      one: 'flow log',
      manifests: 'Give policies and pods with --policies.',
      wanted: 'Give what hubble observe -o json prints, files of its exporter, or flow logs of Calico or a cloud.',
    },
  );
  const more = count.bad - badLines.length;
  return {
    coverage: count.done(),
    diagnostics: [
      ...unread,
      ...badLines.map((b): Diagnostic => warning('unreadable-flow', `${b.file}:${b.line}: ${b.why}; the line is left out.`)),
      ...(more > 0 ? [warning('unreadable-flows', `${more} more lines could not be read.`)] : []),
      ...(count.flows === 0 && !unread.some((d) => d.severity === 'error')
        ? [{ ...warning('no-flows', 'No flow was read.', 'The formats that are read are listed by ringfence help flows.'), severity: 'error' as const }]
        : []),
    ],
  };
}

function warning(code: string, message: string, hint?: string): Diagnostic {
  return { code, severity: 'warning', message, ...(hint === undefined ? {} : { hint }), origin: null };
}

/** Reads the flows that the command line names: files, or a store. */
export async function readNamedFlows(invocation: Invocation, io: Io, progress: Progress, flow: (flow: ObservedFlow) => void): Promise<FlowsRead> {
  const folder = invocation.text('store');
  if ((folder === undefined) === (invocation.operands.length === 0))
    throw new UsageError([
      folder === undefined ? { message: 'flows are missing: PATH or --store DIR' } : { message: 'flows come from files or from a store, not from both' },
    ]);
  if (folder === undefined) return readFlows(invocation.operands, io, progress, { flow });
  progress.say(`reading ${folder}`);
  const store = new StoreFolder(io.cwd, folder, flowSchemaVersion);
  const receipts = store.receipts<FlowCoverage>();
  await readParts(
    store,
    receipts,
    flowColumns.map((c) => c.name),
    (cells) => flow(flowOfCells(cells)),
  );
  const coverage = joinedCoverage(receipts.map((r) => r.coverage));
  const none = coverage.flows === 0 ? [{ ...warning('no-flows', 'The store holds no flow.'), severity: 'error' as const }] : [];
  return { coverage, diagnostics: none };
}

/** Flows have no place in a manifest. */
export const nowhere: Locator = {
  locate: ({ document: { file } }) => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 }),
  line: () => undefined,
};
