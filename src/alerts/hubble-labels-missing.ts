import type { Alert } from './alert.ts';

export const alert: Alert = {
  id: 'hubble-labels-missing',
  severity: 'critical',
  idle: ({ cni }) => (cni === 'cilium' ? null : 'it is about Hubble'),
  // With the option the label is never empty: what has no direction is "unknown". Source: cilium/cilium pkg/hubble/metrics/api/context.go.
  expr: () => 'count(hubble_drop_total{traffic_direction=""}) > 0',
  for: '10m',
  summary: 'Drops are counted without the labels that alerts on them need',
  description:
    'Hubble runs with other metric options than those that this pack was made for, so that alerts on drops can never fire. The options are in hubble-values.yaml.',
  runbook: {
    means: 'The series of drops lack traffic_direction: the metric `drop` is on without labelsContext, on some agent at least.',
    look: ['`kubectl -n kube-system get configmap cilium-config -o yaml | grep hubble-metrics`', 'Agents that did not restart since the values changed.'],
    mend: 'Merge hubble-values.yaml into the Helm values of Cilium, upgrade, and restart the agents.',
  },
  scenarios: ({ namespace }) => [
    { name: 'the plain metric', input: [{ series: 'hubble_drop_total{reason="POLICY_DENIED",protocol="TCP"}', values: '1x60' }], at: '15m', fires: [{}] },
    { name: 'a rollout', input: [{ series: 'hubble_drop_total{reason="POLICY_DENIED",protocol="TCP"}', values: '1x8 stale' }], at: '15m', fires: [] },
    { name: 'just begun', input: [{ series: 'hubble_drop_total{reason="POLICY_DENIED",protocol="TCP"}', values: '_x8 1x60' }], at: '15m', fires: [] },
    {
      name: 'as it should be',
      input: [
        { series: `hubble_drop_total{reason="POLICY_DENIED",protocol="TCP",source_namespace="${namespace}",traffic_direction="unknown"}`, values: '1x60' },
      ],
      at: '15m',
      fires: [],
    },
    { name: 'nothing was dropped yet', input: [], at: '15m', fires: [] },
  ],
};
