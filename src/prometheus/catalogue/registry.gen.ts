// Generated from the folder listing by `npm run gen`; do not edit.
import type { Exporter } from './metric.ts';
import { exporter as cadvisorExporter } from './cadvisor.ts';
import { exporter as calicoExporter } from './calico.ts';
import { exporter as ciliumAgentExporter } from './cilium-agent.ts';
import { exporter as eksNetworkPolicyAgentExporter } from './eks-network-policy-agent.ts';
import { exporter as hubbleExporter } from './hubble.ts';
import { exporter as kubeApiserverExporter } from './kube-apiserver.ts';
import { exporter as kubeStateMetricsExporter } from './kube-state-metrics.ts';
import { exporter as ncclInspectorExporter } from './nccl-inspector.ts';
import { exporter as nodeExporterExporter } from './node-exporter.ts';
import { exporter as prometheusExporter } from './prometheus.ts';
import { exporter as ringfenceExporter } from './ringfence.ts';

/** Every exporter of `src/prometheus/catalogue`, in name order. */
export const exporters: readonly Exporter[] = [
  cadvisorExporter,
  calicoExporter,
  ciliumAgentExporter,
  eksNetworkPolicyAgentExporter,
  hubbleExporter,
  kubeApiserverExporter,
  kubeStateMetricsExporter,
  ncclInspectorExporter,
  nodeExporterExporter,
  prometheusExporter,
  ringfenceExporter,
];
