/**
 * Metrics of Hubble with the options that the alerts and the dashboard of the pack need, as Helm takes them in hubble.metrics.enabled. No label of them has
 * values that somebody outside can make up without end: no address, no name that was asked for. Source: cilium/cilium Documentation/observability/metrics.rst.
 */
export const wantedMetrics: readonly string[] = [
  'drop:destinationContext=reserved-identity|namespace;labelsContext=source_namespace,source_workload,destination_namespace,traffic_direction',
  'policy:labelsContext=source_namespace,destination_namespace',
  'dns:labelsContext=source_namespace,source_workload,destination_namespace',
  'flows-to-world:any-drop;port;syn-only;labelsContext=source_namespace,source_workload',
  'flow',
];
