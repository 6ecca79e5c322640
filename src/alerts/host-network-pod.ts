import type { Alert } from './alert.ts';
import { quoted, said } from './text.ts';

export const alert: Alert = {
  id: 'host-network-pod',
  severity: 'critical',
  expr: ({ namespace }) => `max by (namespace, pod, node) (kube_pod_info{namespace=${quoted(namespace)},host_network="true"}) == 1`,
  for: '1m',
  summary: `Pod ${said('pod')} of ${said('namespace')} is on the network of its node`,
  description: `No NetworkPolicy holds ${said('namespace')}/${said('pod')} on ${said('node')}: it reaches what the node reaches, the metadata service with it.`,
  runbook: {
    means: 'Admission should have refused it. A pod with hostNetwork has the addresses of its node.',
    look: ['`kubectl -n NAMESPACE get pod POD -o yaml`: who made it?', 'Are the policies of `admission/` in force? `ringfence verify` says (`hygiene/…`).'],
    mend: 'Delete it, put the admission policies in force, and take the credentials of its node for known to it.',
  },
  scenarios: ({ namespace }) => {
    const pod = (hostNetwork: string, where = namespace, values = '1x30') => ({
      series: `kube_pod_info{namespace="${where}",pod="trainer-0",node="gpu-1",host_network="${hostNetwork}",uid="u",host_ip="10.0.0.1"}`,
      values,
    });
    return [
      { name: 'one', input: [pod('true')], at: '10m', fires: [{ namespace, pod: 'trainer-0', node: 'gpu-1' }] },
      { name: 'just made', input: [pod('true', namespace, '_x9 1x30')], at: '9m', fires: [] },
      { name: 'just made, a moment later', input: [pod('true', namespace, '_x9 1x30')], at: '9m30s', fires: [] },
      { name: 'on a network of its own, and elsewhere', input: [pod('false'), pod('true', 'kube-system')], at: '10m', fires: [] },
    ];
  },
};
