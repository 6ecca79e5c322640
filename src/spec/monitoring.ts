import type { RingfenceExport } from '../model/alerting.ts';

/** Helm values: a file beside the zone, by its relative path, or the values themselves. */
export type HelmValues = string | Readonly<Record<string, unknown>>;

/** Alerts about the zone, and what the cluster has for them. */
export interface ZoneMonitoring {
  /** Null: the pack's own values, which must then be applied. */
  readonly hubble: { readonly values: HelmValues | null };
  readonly eks: { readonly values: HelmValues | null };
  readonly exports: readonly RingfenceExport[];
  readonly jobs: { readonly hubble: string; readonly stateMetrics: string };
  readonly ruleLabels: Readonly<Record<string, string>>;
  /** What the address of a runbook begins with; null: its path in the pack. */
  readonly runbooks: string | null;
  readonly canary: { readonly image: string; readonly minutes: number } | null;
}
