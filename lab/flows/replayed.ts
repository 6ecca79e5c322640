import { FlowDetection } from '../../src/app/flows/detect.ts';
import { CoverageCount } from '../../src/flows/coverage.ts';
import { DropMerger } from '../../src/flows/drop-merger.ts';
import { FlowScanner } from '../../src/flows/flow-scanner.ts';
import type { FlowReport } from '../../src/model/flow-report.ts';
import type { Json } from './records.ts';

/** What `flows detect` says of records, in the order of their times. */
export function detected(records: Iterable<Json>, allowed: readonly string[] = []): FlowReport {
  const detection = new FlowDetection({ allowed, budget: 20e9 });
  const count = new CoverageCount(2n ** 62n);
  const scanner = new FlowScanner('-', { now: 0n, count, merger: new DropMerger(), flow: (flow) => detection.add(flow), badLine: () => {} });
  for (const text of inOrder(records)) scanner.feed(Buffer.from(`${text}\n`));
  scanner.end();
  return detection.done(count.done());
}

/** Records as lines, by time. */
export function inOrder(records: Iterable<Json>): string[] {
  return [...records]
    .map((record) => [String(record.time), JSON.stringify(record)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text);
}
