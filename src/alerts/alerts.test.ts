import { describe, expect, test } from 'vitest';
import { alertSite, fullSettings } from '../../cases/support/alert-site.ts';
import { siteOf, suiteOf } from '../../cases/support/alert-suites.ts';
import { installed, runIn } from '../../cases/support/promtool.ts';
import { yamlDocument } from '../app/generate/yaml-text.ts';
import { readQuery } from '../prometheus/promql.ts';
import { alertName } from './alert.ts';
import { alerts } from './registry.gen.ts';
import { chooseAlerts, ruleFiles } from './rules.ts';

const runbooks = 'https://runbooks.example.com/';
const promtool = installed('promtool');

describe.each(['cilium', 'calico', 'eks'])('the alerts of a site with %s', (cni) => {
  const site = alertSite(cni);
  const { alerts: chosen, left } = chooseAlerts(alerts, site, fullSettings);

  test('are all but those about others', () => {
    expect(left.filter((l) => l.missing.length > 0)).toEqual([]);
    expect(chosen.length + left.length).toBe(alerts.length);
  });

  test.skipIf(!promtool)('are rules to promtool (skipped where promtool, of the Debian package prometheus, is not installed)', () => {
    const files = ruleFiles(chosen, site, runbooks);
    const texts = Object.fromEntries(files.map(({ path, groups }) => [path, yamlDocument([], { groups })]));
    expect(runIn(texts, 'promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...Object.keys(texts)])).toMatchObject({ status: 0 });
  });
});

test('no alert is for nobody', () => {
  expect(alerts.filter((alert) => siteOf(alert) === null)).toEqual([]);
});

test.skipIf(!promtool)(
  'each alert fires and stays silent as its scenarios say (skipped where promtool, of the Debian package prometheus, is not installed)',
  () => {
    const suites = alerts.flatMap((alert) => suiteOf(alert, alert.id, siteOf(alert) ?? alertSite('cilium')));
    const { status, output } = runIn(Object.fromEntries(suites.flatMap((s) => s.files)), 'promtool', ['test', 'rules', ...suites.flatMap((s) => s.tests)]);
    expect(status === 0 ? '' : output).toBe('');
  },
);

describe.each(alerts.map((alert) => [alert.id, alert] as const))('%s', (_, alert) => {
  const site = alertSite('cilium');

  test('has series in which it fires, and others in which it is silent', () => {
    const scenarios = alert.scenarios(site);
    expect(scenarios.some((s) => s.fires.length > 0)).toBe(true);
    expect(scenarios.some((s) => s.fires.length === 0)).toBe(true);
    expect(new Set(scenarios.map((s) => s.name)).size).toBe(scenarios.length);
  });

  test('asks in PromQL, and takes labels of series into its words only where they are made harmless', () => {
    for (const text of [alert.expr, ...(alert.records ?? []).map((r) => r.expr)]) expect(readQuery(text(site)).faults).toEqual([]);
    for (const text of [alert.summary, alert.description]) {
      const left = text.replaceAll(/\{\{ \$labels\.[a-z_]+ \| reReplaceAll "\[\^-A-Za-z0-9._:\/ \]\+" "\?" \}\}/g, '');
      expect(left).not.toMatch(/\{\{|\}\}|\$/);
    }
    expect(alertName(alert.id)).toMatch(/^Ringfence[A-Z][A-Za-z]+$/);
  });
});
