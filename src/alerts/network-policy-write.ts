import type { Alert } from './alert.ts';
import { risen, risenScenarios, unrelated, upSeries } from './parts.ts';
import { said } from './text.ts';

/** Kinds that decide traffic, by their plural. */
const resources =
  'networkpolicies|ciliumnetworkpolicies|ciliumclusterwidenetworkpolicies|globalnetworkpolicies|stagednetworkpolicies|adminnetworkpolicies|baselineadminnetworkpolicies|clusternetworkpolicies|tiers';

/** A dry run writes nothing; a status is written by the CNI itself. */
const written = `apiserver_request_total{resource=~"${resources}",verb=~"POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION",code=~"2..",dry_run="",subresource=""}`;

export const alert: Alert = {
  id: 'network-policy-write',
  severity: 'info',
  expr: () => `sum by (resource, verb) (${risen(written, '5m', `apiserver_request_total{resource=~"${resources}"}`)}) > 0`,
  summary: `Somebody changed ${said('resource')} (${said('verb')})`,
  description: `The API server took a ${said('verb')} of ${said('resource')} somewhere in the cluster. Outside a window for changes this should have a name to it: the audit log has it.`,
  runbook: {
    means:
      'Policies were made, changed or deleted. The metric has no namespace and no user; this is the hint to open the audit log, and the only one that an edit in place gives.',
    look: ['Audit log of the API server: resource, verb, user, namespace.', '`ringfence verify -f zone.yaml LIVE/` says whether the zone still holds.'],
    mend: 'Route it to the pager outside change windows (alertmanager.example.yaml shows how), and to a log inside them.',
  },
  scenarios: () => {
    const one = 'apiserver_request_total{group="networking.k8s.io",resource="networkpolicies",verb="DELETE",code="200",job="apiserver",instance="a"}';
    const fires = [{ resource: 'networkpolicies', verb: 'DELETE' }];
    return [
      ...risenScenarios({ series: one, job: 'apiserver', window: 5, keep: 0, fires }),
      { name: 'two API servers are one alert', input: [one, one.replace('"a"', '"b"')].map((series) => ({ series, values: '4x10 5x40' })), at: '12m', fires },
      {
        name: 'read, refused, tried, a status, or another kind',
        input: [
          upSeries('apiserver', 'a', '1x120'),
          ...[
            one.replace('DELETE', 'GET'),
            one.replace('200', '403'),
            one.replace('code=', 'dry_run="All",code='),
            one.replace('code=', 'subresource="status",code='),
            one.replace('networkpolicies', 'pods'),
          ].flatMap((name) => unrelated(name, 10)),
        ],
        at: '12m',
        fires: [],
      },
    ];
  },
};
