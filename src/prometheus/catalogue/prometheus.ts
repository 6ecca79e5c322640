import type { Exporter } from './metric.ts';

export const exporter: Exporter = {
  id: 'prometheus',
  title: 'Prometheus itself',
  prefixes: [],
  metrics: [
    { name: 'up', type: 'gauge', labels: [], about: '1 where the last scrape of a target worked.', source: 'prometheus.io, Jobs and instances' },
    {
      name: 'ALERTS',
      type: 'gauge',
      labels: ['alertname', 'alertstate', 'severity'],
      about: 'Alerts that are pending or firing.',
      source: 'prometheus.io, Alerting rules',
    },
  ],
};
