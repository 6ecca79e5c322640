import { expect, test } from 'vitest';
import type { ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import { penFor } from './pen.ts';
import { scanText } from './scan-text.ts';

const locator = { locate: () => ({ file: 'a', line: 1, column: 1, endLine: 1, endColumn: 1 }), line: () => undefined };

function workload(name: string, reaches: string): TrainingWorkload {
  const party = (id: string): TrainingWorkload['reaches'][number] => ({
    party: { kind: 'workload', id, title: id },
    certainty: 'allowed',
    ports: 'TCP 22',
    listening: 'nothing',
    gaps: [],
  });
  return {
    id: name,
    title: `${name}[Pod]`,
    namespace: 'ml',
    pods: 1,
    members: [name],
    because: [],
    reaches: [party(reaches)],
    reachedBy: [],
    blastRadius: [],
    podsWithin: { allowed: 1, unknown: 0, total: 3 },
    ungoverned: [],
    fabric: { attachments: [], shared: [], omitted: 0 },
    omitted: { members: 0, reaches: 0, reachedBy: 0, blastRadius: 0 },
  };
}

function text(training: readonly TrainingWorkload[]): string {
  const report: ScanReport = {
    profile: 'kubernetes',
    counts: { namespaces: 1, workloads: 3, pods: 3, services: 0, nodes: 0, policies: 0 },
    unread: [],
    training,
    exposed: [],
    halfOpen: [],
    staged: [],
    findings: [],
    omitted: { training: 0, exposed: 0, halfOpen: 0 },
    assumptions: [],
  };
  return scanText(report, { pen: penFor({ colour: false, unicode: true, width: 100 }), locator });
}

test('workloads that differ in nothing but which of their like they meet are spelled out once', () => {
  const shown = text([workload('ml/a', 'ml/b'), workload('ml/b', 'ml/a')]);
  expect(shown.match(/^● /gm)).toHaveLength(1);
  expect(shown).toContain('Other training workloads');
  expect(shown).toContain('ml/b[Pod] can reach 1 of 3 pods');
});

test('workloads that reach different things are each spelled out', () => {
  expect(text([workload('ml/a', 'db/x'), workload('ml/b', 'db/y')]).match(/^● /gm)).toHaveLength(2);
});

test('an open port that nothing declares is said to be open', () => {
  expect(text([workload('ml/a', 'db/x')])).toContain('TCP 22 (it declares none of these)');
});
