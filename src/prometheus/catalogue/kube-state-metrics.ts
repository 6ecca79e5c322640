import type { Exporter, Metric } from './metric.ts';

const stores = 'kubernetes/kube-state-metrics internal/store';

function gauge(name: string, labels: readonly string[], file: string, about: string, values?: Metric['values']): Metric {
  return { name, type: 'gauge', labels, about, source: `${stores}/${file}`, ...(values === undefined ? {} : { values }) };
}

/** Labels of objects as `label_…`: only those of `--metric-labels-allowlist`. */
function labelsOf(kind: string, resource: string, labels: readonly string[], file: string): Metric {
  return {
    name: `kube_${kind}_labels`,
    type: 'gauge',
    labels,
    when: { kind: 'state-labels', resource },
    about: `Labels of ${resource}, as label_NAME with every sign but letters and digits as _: those of --metric-labels-allowlist and no others.`,
    source: `${stores}/${file}; docs/developer/cli-arguments.md`,
  };
}

const truth = { words: ['true', 'false'] };

export const exporter: Exporter = {
  id: 'kube-state-metrics',
  title: 'kube-state-metrics (scraped with honorLabels: its namespace, pod and node are those of the object)',
  prefixes: ['kube_networkpolicy_'],
  metrics: [
    gauge('kube_namespace_created', ['namespace'], 'namespace.go', 'When the namespace was made.'),
    gauge('kube_namespace_status_phase', ['namespace', 'phase'], 'namespace.go', 'Active or Terminating.', { phase: { words: ['Active', 'Terminating'] } }),
    labelsOf('namespace', 'namespaces', ['namespace'], 'namespace.go'),
    gauge(
      'kube_networkpolicy_created',
      ['namespace', 'networkpolicy'],
      'networkpolicy.go',
      'When a NetworkPolicy was made. CiliumNetworkPolicy and Calico are not told.',
    ),
    gauge(
      'kube_networkpolicy_spec_ingress_rules',
      ['namespace', 'networkpolicy'],
      'networkpolicy.go',
      'How many rules; 0 is shut, or not about that direction.',
    ),
    gauge(
      'kube_networkpolicy_spec_egress_rules',
      ['namespace', 'networkpolicy'],
      'networkpolicy.go',
      'How many rules; 0 is shut, or not about that direction.',
    ),
    labelsOf('networkpolicy', 'networkpolicies', ['namespace', 'networkpolicy'], 'networkpolicy.go'),
    gauge(
      'kube_pod_info',
      ['namespace', 'pod', 'uid', 'host_ip', 'pod_ip', 'node', 'created_by_kind', 'created_by_name', 'priority_class', 'host_network'],
      'pod.go',
      'One a pod, always 1.',
      { host_network: truth },
    ),
    gauge('kube_pod_status_phase', ['namespace', 'pod', 'uid', 'phase'], 'pod.go', '1 for the phase that the pod is in.', {
      phase: { words: ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] },
    }),
    labelsOf('pod', 'pods', ['namespace', 'pod', 'uid'], 'pod.go'),
    gauge(
      'kube_pod_container_resource_requests',
      ['namespace', 'pod', 'uid', 'container', 'node', 'resource', 'unit'],
      'pod.go',
      'What a container asks for. The name of an extended resource has _ for every sign but letters and digits: nvidia_com_gpu.',
      { resource: { spelled: /^[a-zA-Z0-9_]+$/, like: 'nvidia_com_gpu' } },
    ),
    gauge(
      'kube_node_info',
      ['node', 'kernel_version', 'os_image', 'container_runtime_version', 'kubelet_version', 'internal_ip', 'provider_id', 'pod_cidr', 'system_uuid'],
      'node.go',
      'One a node, always 1.',
    ),
    labelsOf('node', 'nodes', ['node'], 'node.go'),
    gauge('kube_cronjob_created', ['namespace', 'cronjob'], 'cronjob.go', 'When a CronJob was made.'),
    gauge('kube_cronjob_spec_suspend', ['namespace', 'cronjob'], 'cronjob.go', '1 while it is suspended.'),
    gauge('kube_cronjob_status_last_schedule_time', ['namespace', 'cronjob'], 'cronjob.go', 'When a Job was last made of it.'),
    gauge('kube_cronjob_status_last_successful_time', ['namespace', 'cronjob'], 'cronjob.go', 'When a Job of it last succeeded; not there before.'),
    gauge('kube_job_created', ['namespace', 'job_name'], 'job.go', 'When a Job was made.'),
    gauge('kube_job_status_failed', ['namespace', 'job_name', 'reason'], 'job.go', 'Pods of the Job that failed.'),
    gauge('kube_job_status_succeeded', ['namespace', 'job_name'], 'job.go', 'Pods of the Job that succeeded.'),
  ],
};
