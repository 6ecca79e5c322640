import type { Origin } from '../kernel/origin.ts';

/** One rule of Prometheus as somebody wrote it: an alert, or a series that is recorded. Nothing in it has been checked. */
export interface PrometheusRule {
  /** Name of the alert or of the recorded series. */
  readonly name: string;
  readonly kind: 'alert' | 'recording';
  /** PromQL. */
  readonly expr: string;
  /** How long the query must hold before the alert fires; null: at once. */
  readonly wait: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the file calls the group. */
  readonly group: string;
  /** The object that holds it, `namespace/name`; null in a plain rule file. */
  readonly object: string | null;
  readonly origin: Origin;
}

/** One metric of Hubble as it is turned on: `drop:labelsContext=source_namespace;destinationContext=namespace`. */
export interface HubbleMetric {
  readonly name: string;
  /** Of `labelsContext`. */
  readonly labels: readonly string[];
  /** Of `sourceContext` and `destinationContext`, first to last; the first that is not empty is the value of the label. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  /** Other options, in lower case: `query`, `any-drop`, `port`, `syn-only`. */
  readonly options: readonly string[];
}

/** What decides which series and labels there are. Null: the input does not say. */
export interface MetricSettings {
  /** Metrics of Hubble by their name in Helm values; a metric that is not in it is off. */
  readonly hubble: ReadonlyMap<string, HubbleMetric> | null;
  /** Whether the Cilium agent serves metrics (Helm `prometheus.enabled`). */
  readonly ciliumAgent: boolean | null;
  /** Labels that kube-state-metrics makes of object labels, by resource (`networkpolicies`); `*` stands for all. */
  readonly stateLabels: ReadonlyMap<string, readonly string[]> | null;
  /** Whether the network policy agent of EKS counts drops (`--enable-policy-event-logs`). */
  readonly eksEventLogs: boolean | null;
  /** What of Ringfence's own is exported; null: not said, which counts as nothing. */
  readonly ringfence: readonly RingfenceExport[] | null;
}

/** What of Ringfence's own can be exported for Prometheus. */
export type RingfenceExport = 'flows' | 'external-bytes' | 'feeds' | 'fabric';

export const unknownSettings: MetricSettings = { hubble: null, ciliumAgent: null, stateLabels: null, eksEventLogs: null, ringfence: null };

/** Rules of the input, and what it says about the metrics that they ask for. */
export interface Alerting {
  readonly rules: readonly PrometheusRule[];
  readonly settings: MetricSettings;
}

export const noAlerting: Alerting = { rules: [], settings: unknownSettings };
