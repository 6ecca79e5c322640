import type { FlowCoverage } from '../model/flow-coverage.ts';

const nodesNamed = 100;

/** What several readings stand on together. */
export function joinedCoverage(all: readonly FlowCoverage[]): FlowCoverage {
  const sum = (of: (c: FlowCoverage) => number): number => all.reduce((total, c) => total + of(c), 0);
  const windows = all.flatMap((c) => c.window ?? []);
  const from = windows.map((w) => w.from).sort()[0];
  const to = windows
    .map((w) => w.to)
    .sort()
    .at(-1);
  const nodes = [...new Set(all.flatMap((c) => c.nodes))].sort();
  return {
    flows: sum((c) => c.flows),
    others: sum((c) => c.others),
    bad: sum((c) => c.bad),
    merged: sum((c) => c.merged),
    lost: sum((c) => c.lost),
    window: from === undefined || to === undefined ? null : { from, to, seconds: (Date.parse(to) - Date.parse(from)) / 1000 },
    nodes: nodes.slice(0, nodesNamed),
    nodesOmitted: Math.max(0, nodes.length - nodesNamed) + Math.max(0, ...all.map((c) => c.nodesOmitted)),
    dropped: sum((c) => c.dropped),
    withBytes: sum((c) => c.withBytes),
    nameless: sum((c) => c.nameless),
    unsureInitiator: sum((c) => c.unsureInitiator),
    dnsQueries: sum((c) => c.dnsQueries),
    clockBack: sum((c) => c.clockBack),
    clockAhead: sum((c) => c.clockAhead),
    files: all.flatMap((c) => c.files),
  };
}
