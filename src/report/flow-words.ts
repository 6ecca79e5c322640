import type { FlowCoverage } from '../model/flow-coverage.ts';
import type { FlowReport } from '../model/flow-report.ts';
import { severityCounts } from './finding-text.ts';
import { counted } from './words.ts';

/** The answer in a sentence. */
export function flowHeadline({ verb, findings, coverage, omitted }: FlowReport): string {
  if (coverage.flows === 0) return 'No flow was read: nothing can be said.';
  const told = findings.filter((f) => f.severity !== 'info');
  const more = omitted > 0 ? `, and ${omitted} more` : '';
  const over = `in ${grouped(coverage.flows)} ${coverage.flows === 1 ? 'flow' : 'flows'}`;
  switch (verb) {
    case 'detect':
      return told.length === 0 ? `No signal ${over}.` : `${counted(told.length, 'signal')} ${over}: ${severityCounts(told)}${more}.`;
    case 'check':
      return told.length === 0
        ? `Nothing ${over} contradicts the policies.`
        : `${counted(told.length, 'contradiction')} between flows and policies ${over}: ${severityCounts(told)}${more}.`;
    case 'replay':
      return told.length === 0
        ? `The new policies would have cut nothing ${over}.`
        : `The new policies would have changed ${counted(told.length, 'passage')} ${over}${more}.`;
    case 'suggest':
      return told.length === 0 ? `No workload lacks a rule ${over}.` : `${counted(told.length, 'workload')} would need a rule ${over}${more}.`;
  }
}

/** `1,234,567`. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** What stands behind the answer, in lines: window, places, loss. */
export function coverageSentences(coverage: FlowCoverage): string[] {
  const { window, nodes, nodesOmitted, lost, bad, merged, others, withBytes, dropped, files } = coverage;
  const formats = [...new Set(files.flatMap((f) => f.format ?? []))];
  const where =
    nodes.length === 0
      ? 'the records name no node'
      : `${counted(nodes.length + nodesOmitted, 'node')}: ${nodes.slice(0, 6).join(', ')}${nodes.length + nodesOmitted > 6 ? ' and others' : ''}`;
  return [
    window === null ? 'Window: none' : `Window: ${window.from} to ${window.to} (${durationText(window.seconds)}); ${where}`,
    `Read: ${grouped(coverage.flows)} flows (${grouped(dropped)} dropped, ${grouped(withBytes)} with bytes) of ${formats.length === 0 ? 'no known format' : formats.join(', ')}; ${grouped(merged)} second records of one drop left out, ${grouped(others)} records of another sort`,
    `Lost: ${lost === 0 ? 'nothing that the recorder tells of' : `${grouped(lost)} events`}; unreadable: ${counted(bad, 'line')}`,
    'That no flow was seen does not say that there is no way.',
  ];
}

function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} hours` : `${(seconds / 86_400).toFixed(1)} days`;
}
