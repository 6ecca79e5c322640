/** What an alert may be about at one site: names that the zone and its pack give. */
export interface Site {
  readonly zone: string;
  readonly namespace: string;
  /** What enforces policies, without its version. */
  readonly cni: string;
  /** NetworkPolicy of the pack that shuts everything. */
  readonly defaultDeny: string;
  /** Whether look-ups of training are held to names that it may ask for. */
  readonly dnsFiltered: boolean;
  /** Whether a workload uses RDMA. */
  readonly rdma: boolean;
  /** Resources that a pod with a claim to the fabric requests, as kube-state-metrics spells them. */
  readonly rdmaResources: readonly string[];
  /** Values of the label `job` of the scrapes. */
  readonly jobs: { readonly hubble: string; readonly stateMetrics: string };
  /** The CronJob that tries what must be denied, and how often; null: there is none. */
  readonly canary: { readonly name: string; readonly minutes: number } | null;
}

export type AlertSeverity = 'critical' | 'warning' | 'info';

/** One series as promtool takes it: `0+1x10` is eleven samples, `_x5` five missing ones. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

/** Series over time, and which alerts fire at one moment; their labels without those that every alert of the pack has. */
export interface Scenario {
  readonly name: string;
  /** Between samples, and between evaluations. A minute when left out. */
  readonly step?: string;
  readonly input: readonly Series[];
  readonly at: string;
  readonly fires: readonly Readonly<Record<string, string>>[];
  /** What fires at other moments of the same series. */
  readonly also?: readonly { readonly at: string; readonly fires: readonly Readonly<Record<string, string>>[] }[];
  /** Recorded series that must not be there then. */
  readonly unrecorded?: string;
}

/** A series that is worked out once and asked for often. `level:metric:operation`. */
export interface Recording {
  readonly record: string;
  readonly expr: (site: Site) => string;
  /** Every five minutes is enough. */
  readonly slow?: true;
}

/** One alert: its rule, its page and its tests. The id is its file name, its page in `runbooks/` and, in capitals, its name. */
export interface Alert {
  readonly id: string;
  readonly severity: AlertSeverity;
  /** Null: about this site. Else the sentence that says why it is not. */
  readonly idle?: (site: Site) => string | null;
  readonly records?: readonly Recording[];
  readonly expr: (site: Site) => string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** Labels of series stand in it by `said`, and by nothing else: they are other people's text. */
  readonly summary: string;
  readonly description: string;
  /** What to look at, and what to do. Markdown; a sentence or two each. */
  readonly runbook: { readonly means: string; readonly look: readonly string[]; readonly mend: string };
  /** In at least one it fires, in at least one it is silent. */
  readonly scenarios: (site: Site) => readonly Scenario[];
}

/** What an alert is called in Prometheus: `egress-denied` is `RingfenceEgressDenied`. */
export function alertName(id: string): string {
  return `Ringfence${id.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`;
}
