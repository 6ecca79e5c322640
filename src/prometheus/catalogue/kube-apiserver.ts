import type { Exporter } from './metric.ts';

export const exporter: Exporter = {
  id: 'kube-apiserver',
  title: 'kube-apiserver',
  prefixes: [],
  metrics: [
    {
      name: 'apiserver_request_total',
      type: 'counter',
      labels: ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component', 'code'],
      values: { verb: { spelled: /^[A-Z]+$/, like: 'POST, PUT, PATCH, APPLY or DELETE' } },
      lazy: true,
      about: 'Requests by kind of object and outcome; who asked, and for which namespace, is in the audit log alone.',
      source: 'kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go',
    },
  ],
};
