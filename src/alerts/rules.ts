import { plainMap } from '../kernel/plain-map.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { MetricSettings } from '../model/alerting.ts';
import { readQuery } from '../prometheus/promql.ts';
import { type Missing, missingFrom } from '../prometheus/standing.ts';
import { type Alert, alertName, type Recording, type Site } from './alert.ts';
import { expanded } from './text.ts';

/** A rule as Prometheus takes it. Source: prometheus.io, Recording rules and Alerting rules; keep_firing_for needs 2.42. */
export type RuleBody =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly keep_firing_for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly RuleBody[];
}

/** An alert that is not in the pack. `missing` is empty where it is not about this site; `why` says so then. */
export interface LeftOut {
  readonly id: string;
  readonly why: string;
  readonly missing: readonly Missing[];
}

/** The alerts of a site: those that can fire under the settings, and those that cannot. */
export interface ChosenAlerts {
  readonly alerts: readonly Alert[];
  readonly left: readonly LeftOut[];
}

/** Which alerts can fire. One whose metrics or labels are not there, or are not known to be, is left out: it would be silent for ever. */
export function chooseAlerts(all: readonly Alert[], site: Site, settings: MetricSettings): ChosenAlerts {
  const chosen: Alert[] = [];
  const left: LeftOut[] = [];
  for (const alert of all) {
    const idle = alert.idle?.(site) ?? null;
    const missing = idle === null ? missingOf(alert, site, settings) : [];
    if (idle === null && missing.length === 0) chosen.push(alert);
    else left.push({ id: alert.id, why: idle ?? missing.map((m) => m.message).join(' '), missing });
  }
  return { alerts: chosen, left };
}

/** What a rule and the series that it records lack; once each. */
export function missingOf({ expr, records = [] }: Alert, site: Site, settings: MetricSettings): readonly Missing[] {
  const all = [expr, ...records.map((r) => r.expr)].flatMap((text) => missingFrom(readQuery(text(site)), settings));
  return [...new Map(all.map((one) => [one.message, one])).values()];
}

/** Labels that every alert of the pack has; routes of Alertmanager go by them. */
export function packLabels({ severity }: Alert, { zone }: Site): Readonly<Record<string, string>> {
  return { severity, pack: 'ringfence', zone };
}

function annotations({ id, summary, description }: Alert, runbooks: string): Readonly<Record<string, string>> {
  return { summary, description, runbook_url: `${runbooks}${id}.md` };
}

/** Whether it is worked out over hours and days of bytes: such rules stand in a group, and a file, of their own, because their tests are long. */
function overDays({ records = [] }: Alert): boolean {
  return records.some((r) => r.slow === true);
}

/** The file of some rules in the pack, and its groups in the order in which they must be evaluated. */
export interface RuleFile {
  readonly path: string;
  readonly alerts: readonly Alert[];
  readonly groups: readonly RuleGroup[];
}

/** Files of rules. `runbooks` is what the address of a page begins with. A file that would be empty is left out. */
export function ruleFiles(alerts: readonly Alert[], site: Site, runbooks: string): readonly RuleFile[] {
  const name = `ringfence-${site.zone}`;
  const file = (path: string, some: readonly Alert[], group: string, interval: { readonly interval?: string }): RuleFile => {
    const records = sortedBy(new Map(some.flatMap((a) => (a.records ?? []).map((r): [string, Recording] => [r.record, r]))).values(), (r) => r.record);
    const recorded = records.map(({ record, expr }) => ({ record, expr: expr(site) }));
    const groups: readonly RuleGroup[] = [
      { name: `${group}-recording`, ...interval, rules: recorded },
      { name: group, ...interval, rules: some.map((alert) => ruleOf(alert, site, runbooks)) },
    ];
    return { path, alerts: some, groups: groups.filter((g) => g.rules.length > 0) };
  };
  return [
    file(
      'rules.yaml',
      alerts.filter((a) => !overDays(a)),
      name,
      {},
    ),
    file('rules.volume.yaml', alerts.filter(overDays), `${name}-volume`, { interval: '5m' }),
  ].filter((f) => f.alerts.length > 0);
}

function ruleOf(alert: Alert, site: Site, runbooks: string): RuleBody {
  return {
    alert: alertName(alert.id),
    expr: alert.expr(site),
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: packLabels(alert, site),
    annotations: annotations(alert, runbooks),
  };
}

/** A file of unit tests as `promtool test rules` takes it. Source: prometheus.io, Unit testing rules, as far as 2.42 knows it. */
export interface RuleTests {
  readonly step: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Every scenario of the alerts of a file, a file of tests for each distance between samples: promtool has one for a whole file. */
export function ruleTests({ path, alerts, groups }: RuleFile, site: Site, runbooks: string): readonly RuleTests[] {
  const byStep = plainMap<Readonly<Record<string, unknown>>[]>();
  for (const alert of alerts)
    for (const { name, step = '1m', input, at, fires, also = [], unrecorded } of alert.scenarios(site)) {
      byStep[step] ??= [];
      byStep[step].push({
        name: `${alert.id}: ${name}`,
        interval: step,
        input_series: input,
        alert_rule_test: [{ at, fires }, ...also].map((moment) => ({
          eval_time: moment.at,
          alertname: alertName(alert.id),
          exp_alerts: moment.fires.map((labels) => ({
            exp_labels: { ...labels, ...packLabels(alert, site) },
            exp_annotations: Object.fromEntries(Object.entries(annotations(alert, runbooks)).map(([key, text]) => [key, expanded(text, labels)])),
          })),
        })),
        ...(unrecorded === undefined ? {} : { promql_expr_test: [{ expr: unrecorded, eval_time: at, exp_samples: [] }] }),
      });
    }
  return sortedBy(Object.keys(byStep), (step) => step).map((step) => ({
    step,
    body: { rule_files: [path], evaluation_interval: step, group_eval_order: groups.map((g) => g.name), tests: byStep[step] },
  }));
}
