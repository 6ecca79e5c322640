import type { RingfenceExport } from '../../model/alerting.ts';

/** What a label may hold, where that is known: certain words, or words of a certain spelling. */
export type LabelValues = { readonly words: readonly string[] } | { readonly spelled: RegExp; readonly like: string };

/** What must be set for a metric to be there at all. Nothing: it is there wherever its exporter is. */
export type Condition =
  | { readonly kind: 'hubble'; readonly metric: string }
  | { readonly kind: 'cilium-agent' }
  | { readonly kind: 'state-labels'; readonly resource: string }
  | { readonly kind: 'eks-event-logs' }
  | { readonly kind: 'ringfence'; readonly export: RingfenceExport }
  | { readonly kind: 'never'; readonly instead: string };

/** One metric: what kind it is, which labels it has, and when. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** Labels that it has by itself; those that options make are not among them. */
  readonly labels: readonly string[];
  readonly values?: Readonly<Record<string, LabelValues>>;
  /** A counter that has no series before its first event: its first count is born, not increased. */
  readonly lazy?: true;
  readonly when?: Condition;
  /** Labels that there are under an option of the Hubble metric. */
  readonly optional?: Readonly<Record<string, string>>;
  readonly about: string;
  /** Where name, type and labels are said. */
  readonly source: string;
}

/** What one program exports. */
export interface Exporter {
  readonly id: string;
  readonly title: string;
  /** Names that begin so are this exporter's alone: one that the catalogue lacks is unknown. Empty when the catalogue has but a part of it. */
  readonly prefixes: readonly string[];
  readonly metrics: readonly Metric[];
}
