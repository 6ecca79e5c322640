import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigValueColorMode, BigValueGraphMode, type VizLegendOptions, type VizTooltipOptions } from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { afterAll, describe, expect, test } from 'vitest';
import { alertSite, fullSettings } from '../../../../cases/support/alert-site.ts';
import { installed, runIn } from '../../../../cases/support/promtool.ts';
import type { SourceText } from '../../../kernel/source-text.ts';
import { parseZone } from '../../../spec/parse.ts';
import { compile } from '../../generate.ts';
import { probe } from './canary.ts';
import { dashboard, panelsOf } from './dashboard.ts';
import { filesBeside } from './settings.ts';

/** The files of `monitoring/` for a zone with these lines under `spec.monitoring`. */
function pack(monitoring: string, cni = 'cilium', texts: readonly SourceText[] = []) {
  const zone = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: ${cni}}
  namespace: {name: ml}
  workloads: [{name: w, selector: {app: w}}]
  monitoring: ${monitoring}
`,
    'zones/zone.yaml',
  );
  if (!zone.ok) return { faults: zone.diagnostics.map((d) => d.message), warnings: [], files: {} as Record<string, string>, beside: [] };
  const made = compile(zone.value, [zone.value], texts);
  return {
    faults: made.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message),
    warnings: made.diagnostics.filter((d) => d.severity === 'warning').map((d) => `${d.message} ${d.hint}`),
    files: Object.fromEntries(made.ok ? made.value.files.map(({ path, text }) => [path, text]) : []),
    beside: filesBeside(zone.value),
  };
}

describe('rules are made for the metrics that there are', () => {
  test('without values, those of the pack', () => {
    const { files, warnings } = pack('{}');
    expect(warnings).toEqual([]);
    expect(files['monitoring/rules.yaml']).toContain('alert: RingfenceEgressDenied');
    expect(files['monitoring/hubble-values.yaml']).toContain('drop:destinationContext');
    expect(files['monitoring/README.md']).toContain('ringfence\\_external\\_bytes\\_total is not there');
    expect(files['monitoring/rules.yaml']).not.toContain('ringfence_external_bytes_total');
  });

  test('with values that lack a label, none that needs it, and it is said what to set', () => {
    const { files, warnings } = pack('{hubble: {values: {hubble: {metrics: {enabled: [drop, policy]}}, prometheus: {enabled: true}}}}');
    expect(files['monitoring/rules.yaml']).not.toContain('RingfenceEgressDenied');
    expect(files['monitoring/rules.yaml']).not.toContain('RingfencePolicyAuditMode');
    expect(files['monitoring/rules.yaml']).toContain('RingfencePolicyImportFailed');
    expect(files['monitoring/runbooks/egress-denied.md']).toBeUndefined();
    expect(warnings.join('\n')).toContain('egress-denied');
    expect(warnings.join('\n')).toContain('labelsContext=source_namespace');
    // What it writes of its own is what mends it.
    const values = files['monitoring/hubble-values.yaml'] ?? '';
    const mended = pack('{hubble: {values: hubble-values.yaml}}', 'cilium', [{ file: 'zones/hubble-values.yaml', text: values }]);
    expect(mended.warnings).toEqual([]);
    expect(mended.beside).toEqual(['zones/hubble-values.yaml']);
    expect(mended.files['monitoring/rules.yaml']).toContain('RingfenceEgressDenied');
  });

  test('a values file that is not there, or is no YAML, stops it', () => {
    expect(pack('{hubble: {values: values.yaml}}').faults.join()).toContain('could not be read');
    expect(pack('{hubble: {values: values.yaml}}', 'cilium', [{ file: 'zones/values.yaml', text: 'a: [' }]).faults).not.toEqual([]);
  });

  test.each(['/etc/passwd', '../values.yaml', 'a/../../b.yaml', 'a\\b', ''])('a values file outside the folder of the zone is refused: %s', (path) => {
    expect(pack(`{hubble: {values: ${JSON.stringify(path)}}}`).faults).not.toEqual([]);
  });

  test('another CNI has its own', () => {
    expect(Object.keys(pack('{}', 'eks').files)).toContain('monitoring/eks-addon.yaml');
    expect(pack('{}', 'eks').files['monitoring/rules.yaml']).toContain('RingfenceEksEgressDenied');
    expect(pack('{eks: {values: {nodeAgent: {enablePolicyEventLogs: "false"}}}}', 'eks').warnings.join()).toContain('eks-egress-denied');
    expect(Object.keys(pack('{}', 'calico').files)).toContain('monitoring/calico-settings.yaml');
    expect(pack('{}', 'kubernetes').files['monitoring/rules.yaml']).toContain('RingfenceDefaultDenyMissing');
  });
});

test('a canary that admission would refuse is a fault of the zone', () => {
  expect(pack('{canary: {image: "busybox:1"}}\n  admission: {images: by-digest}').faults.join()).toContain('by digest');
  expect(pack(`{canary: {image: "busybox@sha256:${'a'.repeat(64)}"}}\n  admission: {images: by-digest}`).faults).toEqual([]);
});

test.each([
  'runbooks: "http://x"',
  'runbooks: "https://x/{{ .x }}"',
  'canary: {image: "a b"}',
  'canary: {image: "x:1; rm"}',
  'exports: [all]',
  'jobs: {hubble: "a\\nb"}',
])('what cannot stand in a rule or a command is refused: %s', (line) => {
  expect(pack(`{${line}}`).faults).not.toEqual([]);
});

test('a job name with quotes and braces is a string of PromQL', () => {
  const { files } = pack(`{jobs: {hubble: 'a"}) or vector(1) #{{'}, canary: {image: "busybox:1"}}`);
  if (installed('promtool')) expect(runIn({ 'rules.yaml': files['monitoring/rules.yaml'] ?? '' }, 'promtool', ['check', 'rules', 'rules.yaml']).status).toBe(0);
  expect(files['monitoring/rules.yaml']).toContain('up{job="a\\"}) or vector(1) #{{"}');
});

describe.skipIf(!installed('amtool'))(
  'the example for Alertmanager (skipped where amtool, of the Debian package prometheus-alertmanager, is not installed)',
  () => {
    const text = pack('{canary: {image: "busybox:1"}}').files['monitoring/alertmanager.example.yaml'] ?? '';
    const routed = (...labels: readonly string[]): string =>
      runIn({ 'a.yaml': text }, 'amtool', ['config', 'routes', 'test', '--config.file=a.yaml', ...labels]).stdout.trim();

    test('is taken, and sends the critical to the pager and everything to the chat', () => {
      expect(runIn({ 'a.yaml': text }, 'amtool', ['check-config', 'a.yaml'])).toMatchObject({ status: 0 });
      expect(routed('pack=ringfence', 'severity=critical', 'alertname=RingfenceHubbleBlind')).toBe('security-pager,security-chat');
      expect(routed('pack=ringfence', 'severity=warning', 'alertname=RingfenceEgressDenied')).toBe('security-chat');
      expect(routed('pack=ringfence', 'severity=info', 'alertname=RingfenceNetworkPolicyWrite')).toBe('security-pager,security-chat');
      expect(routed('severity=critical', 'alertname=Others')).toBe('everything-else');
    });
  },
);

test('the dashboard is what the builders of Grafana make of the same panels', () => {
  const site = alertSite('cilium');
  const panels = panelsOf(site, fullSettings);
  expect(panels.length).toBeGreaterThan(10);
  const ours = dashboard(site, panels);
  const places = (ours.panels as readonly { gridPos: { h: number; w: number; x: number; y: number } }[]).map((p) => p.gridPos);
  const source = { type: 'prometheus', uid: '$datasource' };
  let theirs = new DashboardBuilder(String(ours.title))
    .uid(String(ours.uid))
    .description(String(ours.description))
    .tags(['ringfence'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const [i, { kind, title, about, unit, queries }] of panels.entries()) {
    const targets = queries.map(({ expr, legend }, j) =>
      new DataqueryBuilder()
        .expr(expr)
        .legendFormat(legend)
        .refId('ABCDEFGH'[j] ?? ''),
    );
    const place = places[i] ?? { h: 0, w: 0, x: 0, y: 0 };
    const stat = new StatBuilder()
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .reduceOptions({ build: () => ({ calcs: ['lastNotNull'] }) });
    const series = new TimeseriesBuilder()
      .legend({ build: () => ({ displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }) as unknown as VizLegendOptions })
      .tooltip({ build: () => ({ mode: 'multi', sort: 'desc' }) as unknown as VizTooltipOptions });
    theirs = theirs.withPanel((kind === 'stat' ? stat : series).title(title).description(about).datasource(source).unit(unit).gridPos(place).targets(targets));
  }
  expect(ours).toEqual(JSON.parse(JSON.stringify(theirs.build())));
  for (const [i, a] of places.entries())
    for (const b of places.slice(i + 1)) expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h).toBe(false);
});

const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();

describe.skipIf(busybox === '')('the canary (skipped where busybox is not installed)', () => {
  const bin = mkdtempSync(join(tmpdir(), 'ringfence-canary-'));
  afterAll(() => rmSync(bin, { recursive: true, force: true }));
  if (busybox !== '') for (const applet of ['nc', 'timeout', 'sleep', 'sh']) symlinkSync(busybox, join(bin, applet));

  const run = (port: number | null, path: string = bin) => {
    const address = port === null ? {} : { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
    const { status, stdout } = spawnSync(join(bin, 'sh'), ['-c', probe], { env: { PATH: path, ...address }, encoding: 'utf8', timeout: 50_000 });
    return { status, said: stdout };
  };

  test('succeeds where it is refused', () => {
    expect(run(1)).toEqual({ status: 0, said: 'denied\n' });
  });

  test('fails where it gets through, though the other side says nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = server.address();
    expect(run(typeof address === 'object' && address !== null ? address.port : 0)).toMatchObject({ status: 1 });
    server.close();
  });

  test('says when it cannot tell: no address, no nc', () => {
    expect(run(null)).toMatchObject({ status: 2 });
    expect(run(1, '/nonexistent')).toMatchObject({ status: 2 });
  });
});
