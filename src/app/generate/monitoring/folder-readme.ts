import { type Alert, alertName } from '../../../alerts/alert.ts';
import type { LeftOut } from '../../../alerts/rules.ts';
import { madeByUs } from '../../../model/made-by.ts';
import type { ZoneMonitoring } from '../../../spec/monitoring.ts';
import { code, plainText, table } from '../markdown.ts';
import { plainWords } from './runbook-page.ts';

/** What the folder holds, which alerts there are, and which there are not, with what to set. */
export function folderReadme(
  cni: string,
  monitoring: ZoneMonitoring,
  alerts: readonly Alert[],
  left: readonly LeftOut[],
  ruleFiles: readonly string[],
): string {
  const link = (path: string): string => `[${path}](${path})`;
  const wanting = left.filter((l) => l.missing.length > 0);
  const idle = left.filter((l) => l.missing.length === 0);
  return [
    `<!-- ${madeByUs} -->\n`,
    '# Alerts\n',
    'Every rule here can fire: its metrics and labels are there under the settings below, and its unit tests make it fire and stay silent. A rule for which that is not so is not made.\n',
    `## Apply\n\n${steps(cni, monitoring)
      .map((step, i) => `${i + 1}. ${step}\n`)
      .join('')}`,
    `## Files\n\n${table(
      ['file', 'what it is'],
      [
        ...ruleFiles.map((path) => [link(path), 'the rules as Prometheus reads them; with unit tests beside, for `promtool test rules`']),
        [link('prometheusrule.yaml'), 'the same rules as one PrometheusRule object, for the operator'],
        ...(monitoring.canary === null ? [] : [[link('canary.yaml'), 'a pod that must be refused, every few minutes']]),
        [link('alertmanager.example.yaml'), 'routes by severity, and which alert silences which; to be merged by hand'],
        [link('dashboard.json'), 'a dashboard for Grafana'],
        ['[runbooks/](runbooks/)', 'a page for each alert, to which it links'],
      ],
    )}`,
    `## Alerts\n\n${table(
      ['alert', 'severity', 'says'],
      alerts.map((a) => [`[${alertName(a.id)}](runbooks/${a.id}.md)`, a.severity, plainWords(a.summary)]),
    )}`,
    ...(wanting.length === 0
      ? []
      : [
          `## Not made\n\nWhat they ask for is not there, so that they would be silent for ever:\n\n${table(
            ['alert', 'why', 'what to do'],
            wanting.map((l) => [code(l.id), plainText(l.why), plainText([...new Set(l.missing.map((m) => m.set))].join(' '))]),
          )}`,
        ]),
    ...(idle.length === 0 ? [] : [`## Not about this zone\n\n${idle.map((l) => `- ${code(l.id)}: ${plainText(l.why)}\n`).join('')}`]),
    `## What no alert here sees\n\n${blind.map((text) => `- ${text}\n`).join('')}`,
  ].join('\n');
}

function steps(cni: string, { hubble, eks, jobs }: ZoneMonitoring): readonly string[] {
  return [
    ...(cni === 'cilium'
      ? [
          `Merge [hubble-values.yaml](hubble-values.yaml) into the Helm values of Cilium, and restart the agents.${hubble.values === null ? ' The rules count on exactly these options.' : ' It holds the options of your values and what alerts still lack.'}`,
        ]
      : []),
    ...(cni === 'eks'
      ? [
          `Give [eks-addon.yaml](eks-addon.yaml) to the VPC CNI add-on as its configuration.${eks.values === null ? ' The rules count on it.' : ''} Metrics of the agent are on port 8162.`,
        ]
      : []),
    ...(cni === 'calico'
      ? [
          '`kubectl patch felixconfiguration default --type merge --patch-file calico-settings.yaml`. Open source Calico counts no denied packets: who is refused shows in Goldmane alone.',
        ]
      : []),
    `Scrape kube-state-metrics with \`honorLabels: true\`, under the job ${code(jobs.stateMetrics)}${cni === 'cilium' ? `, and Hubble under ${code(jobs.hubble)}` : ''}.`,
    '`kubectl apply --server-side -k .`, or load the rule files. Prometheus 2.42 or later.',
    'Merge the routes, publish `runbooks/`, and import the dashboard.',
  ];
}

const blind: readonly string[] = [
  'Data that leaves for an allowed destination, such as another account’s bucket behind the same front end: endpoint policies and the log of the object store show it.',
  'To whom RDMA goes: the fabric has counters by port, and none by peer.',
  'Bytes by destination, where nothing but Hubble is there: it counts flows.',
];
