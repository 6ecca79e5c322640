import type { HubbleMetric, MetricSettings } from '../../../model/alerting.ts';
import { madeByUs } from '../../../model/made-by.ts';
import type { PackFile } from '../../../model/pack.ts';
import { hubbleMetricText } from '../../../prometheus/hubble-options.ts';
import { yamlDocument } from '../yaml-text.ts';
import { wantedHubble } from './settings.ts';

/** What must be set at the CNI for the metrics of the rules to be there, in the form that it takes. `given.hubble`: the zone has values of its own. */
export function cniSettings(cni: string, settings: MetricSettings, given: { readonly hubble: boolean }): readonly PackFile[] {
  switch (cni) {
    case 'cilium':
      return [{ path: 'hubble-values.yaml', text: hubbleValues(given.hubble ? (settings.hubble ?? new Map()) : new Map()) }];
    case 'eks':
      return [
        {
          path: 'eks-addon.yaml',
          text: yamlDocument(
            [
              'Configuration of the VPC CNI add-on (aws eks update-addon --addon-name vpc-cni --configuration-values file://…): policies enforced, and drops counted.',
              madeByUs,
            ],
            { enableNetworkPolicy: 'true', nodeAgent: { enablePolicyEventLogs: 'true', metricsBindAddr: '8162' } },
          ),
        },
      ];
    case 'calico':
      return [
        {
          path: 'calico-settings.yaml',
          text: yamlDocument(['For FelixConfiguration default, as a patch: metrics of Felix, on port 9091.', madeByUs], {
            spec: { prometheusMetricsEnabled: true },
          }),
        },
      ];
    default:
      return [];
  }
}

/** The metrics that are on, each with the labels that it lacks, and those that are off. */
function hubbleValues(on: ReadonlyMap<string, HubbleMetric>): string {
  const merged = [...wantedHubble.values()].map((wanted): HubbleMetric => {
    const has = on.get(wanted.name);
    if (has === undefined) return wanted;
    const both = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])];
    return {
      name: has.name,
      labels: both(has.labels, wanted.labels),
      source: has.source.length > 0 ? has.source : wanted.source,
      destination: has.destination.length > 0 ? has.destination : wanted.destination,
      options: both(has.options, wanted.options),
    };
  });
  const others = [...on.values()].filter(({ name }) => !wantedHubble.has(name));
  return yamlDocument(
    [
      'Helm values of Cilium, to be merged into yours: the metrics and labels that the rules of this folder ask for. Without the labels, rules that ask for them are silent for ever.',
      'None of them has values that somebody outside can make up without end. Do not add dns:query, or dns and ip as contexts: a tunnel makes a series of every look-up.',
      madeByUs,
    ],
    {
      hubble: {
        enabled: true,
        metrics: { enableOpenMetrics: true, enabled: [...merged, ...others].map(hubbleMetricText), serviceMonitor: { enabled: true } },
      },
      prometheus: { enabled: true, serviceMonitor: { enabled: true } },
    },
  );
}
