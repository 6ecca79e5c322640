import { alerts as allAlerts } from '../../../alerts/registry.gen.ts';
import { chooseAlerts, type LeftOut, ruleFiles, ruleTests } from '../../../alerts/rules.ts';
import type { Diagnostic } from '../../../kernel/result.ts';
import type { SourceText } from '../../../kernel/source-text.ts';
import { madeByUs } from '../../../model/made-by.ts';
import type { PackFile } from '../../../model/pack.ts';
import type { ZoneIntents } from '../../../spec/intents.ts';
import { type LoadedZone, originIn } from '../../../spec/zone.ts';
import { zoneLabels } from '../objects.ts';
import { yamlDocument } from '../yaml-text.ts';
import { alertmanagerExample } from './alertmanager.ts';
import { canaryObjects } from './canary.ts';
import { cniSettings } from './cni-settings.ts';
import { dashboard, panelsOf } from './dashboard.ts';
import { folderReadme } from './folder-readme.ts';
import { runbookPage } from './runbook-page.ts';
import { settingsFor } from './settings.ts';
import { siteOf } from './site.ts';

/** Folder of the pack that holds alerts, and what they rest on. It is applied by itself: its kinds may not be there. */
export const monitoringFolder = 'monitoring';

/** Where runbooks are when nobody says where they are published: a path in the pack. */
const inThePack = `${monitoringFolder}/runbooks/`;

/** Alerts of a zone that asks for them. `texts` are the files that zones name. */
export function monitoringFiles(
  loaded: LoadedZone,
  intents: ZoneIntents,
  texts: readonly SourceText[],
): { readonly files: readonly PackFile[]; readonly diagnostics: readonly Diagnostic[] } {
  const { zone } = loaded;
  const { monitoring } = zone.spec;
  if (monitoring === null) return { files: [], diagnostics: [] };
  const settings = settingsFor(loaded, texts);
  if (!settings.ok) return { files: [], diagnostics: settings.diagnostics };
  const site = siteOf(zone, monitoring, intents);
  const { alerts, left } = chooseAlerts(allAlerts, site, settings.value);
  const runbooks = monitoring.runbooks ?? inThePack;
  const rules = ruleFiles(alerts, site, runbooks);
  const objects = [
    yamlDocument(['The rules of rules.yaml and its like as one object, for the Prometheus operator.', madeByUs], {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: `ringfence-${zone.metadata.name}`, namespace: zone.spec.namespace.name, labels: { ...monitoring.ruleLabels, ...zoneLabels(zone) } },
      spec: { groups: rules.flatMap((r) => r.groups) },
    }),
    ...canaryObjects(zone).map(({ about, body }) => yamlDocument([...about, madeByUs], body)),
  ].map((text, i) => ({ path: i === 0 ? 'prometheusrule.yaml' : 'canary.yaml', text }));
  const files: PackFile[] = [
    ...rules.map(({ path, groups }) => ({
      path,
      text: yamlDocument([`Rules of zone ${zone.metadata.name}, for promtool and for Prometheus without the operator.`, madeByUs], { groups }),
    })),
    ...rules.flatMap((file) =>
      ruleTests(file, site, runbooks).map(({ step, body }) => ({
        path: file.path.replace(/[.]yaml$/, step === '1m' ? '.test.yaml' : `.${step}.test.yaml`),
        text: yamlDocument([`Unit tests of ${file.path}: promtool test rules. Series every ${step}.`, madeByUs], body),
      })),
    ),
    ...objects,
    {
      path: 'kustomization.yaml',
      text: yamlDocument([`Alerts of zone ${zone.metadata.name}: kubectl apply -k ${monitoringFolder}`, madeByUs], {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: objects.map((o) => o.path),
      }),
    },
    ...cniSettings(site.cni, settings.value, { hubble: monitoring.hubble.values !== null }),
    {
      path: 'alertmanager.example.yaml',
      text: yamlDocument(
        ['An example, to be merged into the configuration of Alertmanager by hand: routes by severity, and which alert silences which.', madeByUs],
        alertmanagerExample(alerts),
      ),
    },
    { path: 'dashboard.json', text: `${JSON.stringify(dashboard(site, panelsOf(site, settings.value)), null, 2)}\n` },
    ...alerts.map((alert) => ({ path: `runbooks/${alert.id}.md`, text: runbookPage(alert, site) })),
    {
      path: 'README.md',
      text: folderReadme(
        site.cni,
        monitoring,
        alerts,
        left,
        rules.map((r) => r.path),
      ),
    },
  ];
  return {
    files: files.map(({ path, text }) => ({ path: `${monitoringFolder}/${path}`, text })),
    diagnostics: told(loaded, left),
  };
}

/** One warning for each setting that the zone's own values lack, with the alerts that wait for it. */
function told(loaded: LoadedZone, left: readonly LeftOut[]): readonly Diagnostic[] {
  const { monitoring } = loaded.zone.spec;
  const bySetting = new Map<string, string[]>();
  for (const { id, missing } of left)
    for (const { metric, set } of missing) if (!metric.startsWith('ringfence_')) bySetting.set(set, [...new Set([...(bySetting.get(set) ?? []), id])]);
  const key = monitoring?.hubble.values != null ? 'hubble' : 'eks';
  return [...bySetting].map(([set, ids]) => ({
    code: 'alert-left-out',
    severity: 'warning' as const,
    message: `${ids.length === 1 ? 'This alert is not made' : 'These alerts are not made'}, because what ${ids.length === 1 ? 'it asks' : 'they ask'} for is not there: ${ids.join(', ')}.`,
    hint: set,
    origin: originIn(loaded, 'spec', 'monitoring', key, 'values'),
  }));
}
