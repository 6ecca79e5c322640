import { type ChangeCause, type ChangedObject, type DiffReport, isSame, type UndecidedTraffic } from '../model/diff-report.ts';
import type { WorkloadId } from '../model/workload.ts';
import { diagnosticsJson, type JsonContext, verdictJson } from './json.ts';
import { type DiagnosticJson, type Envelope, type LocationJson, reportApiVersion, type VerdictJson } from './json-types.ts';
import { locationJson } from './location-json.ts';

interface ChangedObjectJson extends Omit<ChangedObject, 'origin'> {
  readonly location: LocationJson | null;
}

type Change = DiffReport['changes'][number];

export interface UndecidedTrafficJson extends Omit<UndecidedTraffic, 'example' | 'causes'> {
  readonly example: Omit<Change['example'], 'before' | 'after'> & { readonly before: VerdictJson | null; readonly after: VerdictJson | null };
  readonly causes: readonly (Omit<ChangeCause, 'origin'> & { readonly location: LocationJson | null })[];
}

export interface TrafficChangeJson extends Omit<Change, 'example' | 'causes'>, Pick<UndecidedTrafficJson, 'example' | 'causes'> {}

export interface DiffJson extends Envelope<'diff', 'DiffReport'> {
  readonly same: boolean;
  readonly before: DiffReport['before'];
  readonly after: DiffReport['after'];
  readonly changes: readonly TrafficChangeJson[];
  readonly undecided: readonly UndecidedTrafficJson[];
  readonly policies: readonly ChangedObjectJson[];
  readonly filters: readonly ChangedObjectJson[];
  readonly workloads: readonly (ChangedObjectJson & { readonly id: WorkloadId })[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

export function diffJson(report: DiffReport, { locator, diagnostics }: Omit<JsonContext, 'ignored'>): DiffJson {
  const at = (origin: ChangeCause['origin']): LocationJson | null => (origin === null ? null : locationJson(origin, locator));
  const shownBy = ({ example, causes }: UndecidedTraffic): Pick<UndecidedTrafficJson, 'example' | 'causes'> => ({
    example: {
      packet: example.packet,
      before: example.before === null ? null : verdictJson(example.before, locator),
      after: example.after === null ? null : verdictJson(example.after, locator),
    },
    causes: causes.map(({ side, text, origin }) => ({ side, text, location: at(origin) })),
  });
  return {
    $schema: 'https://ringfence.dev/schemas/diff.v1.json',
    apiVersion: reportApiVersion,
    kind: 'DiffReport',
    same: isSame(report),
    before: report.before,
    after: report.after,
    changes: report.changes.map((change) => ({ ...change, ...shownBy(change) })),
    undecided: report.undecided.map((traffic) => ({ ...traffic, ...shownBy(traffic) })),
    policies: report.policies.map(({ title, how, origin }) => ({ title, how, location: at(origin) })),
    filters: report.filters.map(({ title, how, origin }) => ({ title, how, location: at(origin) })),
    workloads: report.workloads.map(({ id, title, how, origin }) => ({ id, title, how, location: at(origin) })),
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}
