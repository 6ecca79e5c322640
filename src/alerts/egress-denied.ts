import type { Alert, Recording, Site } from './alert.ts';
import { canaryWorkload } from './canary.ts';
import { risen, risenScenarios, unrelated, upSeries } from './parts.ts';
import { literally, quoted, said } from './text.ts';

const record = 'source_namespace_source_workload_destination_reason:hubble_drops:increase5m';

/** Reasons by which policies drop. Source: cilium/cilium api/v1/flow/flow.proto: nothing allowed it (133), a rule denied it (181), no mutual authentication (189). */
const reasons = 'POLICY_DENIED|POLICY_DENY|AUTH_REQUIRED';

const denied = (site: Site): string =>
  `hubble_drop_total{source_namespace=${quoted(site.namespace)},traffic_direction="egress",reason=~"${reasons}"${
    site.canary === null ? '' : `,source_workload!~${quoted(`${literally(site.canary.name)}(-[0-9]+)?`)}`
  }}`;

const drops: Recording = {
  record,
  expr: (site) => `sum by (source_namespace, source_workload, destination, reason) (${risen(denied(site), '5m')})`,
};

export const alert: Alert = {
  id: 'egress-denied',
  severity: 'warning',
  records: [drops],
  expr: (site) => `${record}{source_namespace=${quoted(site.namespace)}} > 0`,
  keepFiringFor: '15m',
  summary: `Training workload ${said('source_workload')} tried to reach ${said('destination')}, and a policy refused`,
  description: `Packets that left ${said('source_namespace')}/${said('source_workload')} for ${said('destination')} were dropped by a policy (${said('reason')}). A job that lost a rule it needs, or somebody who tries doors.`,
  runbook: {
    means:
      'A policy dropped packets that a training pod sent. The first packet counts: it fires for a single refused connection, and for 15 minutes after the last.',
    look: [
      '`hubble observe --verdict DROPPED --namespace NAMESPACE --since 30m` has addresses, names and ports.',
      '`ringfence explain PATH… --from NAMESPACE/WORKLOAD --to …` says which policy refuses it, and why.',
      'Did a job start at that time with an image or a configuration that nobody knows?',
    ],
    mend: 'If the job needs the destination, put it into the zone and generate the pack again; never open it by hand. If not, keep the pod for forensics and revoke its identity.',
  },
  scenarios: (site) => {
    const series = (rest: string): string => `hubble_drop_total{source_namespace="${site.namespace}",${rest},job="${site.jobs.hubble}",instance="a"}`;
    const base = 'source_workload="pretrain",destination="reserved:world",traffic_direction="egress",protocol="TCP"';
    const labels = { source_namespace: site.namespace, source_workload: 'pretrain', destination: 'reserved:world' };
    const up = upSeries(site.jobs.hubble, 'a', '1x120');
    const one = series(`${base},reason="POLICY_DENIED"`);
    const canary = canaryWorkload(site);
    const fires = [{ ...labels, reason: 'POLICY_DENIED' }];
    return [
      ...risenScenarios({ series: one, job: site.jobs.hubble, window: 5, keep: 15, fires }),
      ...['POLICY_DENY', 'AUTH_REQUIRED'].map((reason) => ({
        name: `for the reason ${reason}`,
        input: [up, { series: series(`${base},reason="${reason}"`), values: '0x10 3x60' }],
        at: '12m',
        fires: [{ ...labels, reason }],
      })),
      {
        name: 'two destinations are two alerts, two agents one',
        input: [
          up,
          ...[one, one.replace('instance="a"', 'instance="b"'), one.replace('reserved:world', 'production')].map((name) => ({
            series: name,
            values: '0x10 3x60',
          })),
        ],
        at: '12m',
        fires: [...fires, { ...labels, destination: 'production', reason: 'POLICY_DENIED' }],
      },
      {
        name: 'a name that somebody made up is made harmless',
        input: [up, { series: one.replace('reserved:world', '<!here> `x` [y](z)'), values: '0x10 3x60' }],
        at: '12m',
        fires: [{ ...labels, destination: '<!here> `x` [y](z)', reason: 'POLICY_DENIED' }],
      },
      {
        name: 'other reasons, ways, namespaces and zones, and the canary',
        input: [
          up,
          ...[
            one.replace('POLICY_DENIED', 'STALE_OR_UNROUTABLE_IP'),
            one.replace('"egress"', '"ingress"'),
            one.replace(`"${site.namespace}"`, '"elsewhere"'),
            ...(canary === null ? [] : [canary, `${canary}-28700000`].map((name) => one.replace('"pretrain"', `"${name}"`))),
          ].flatMap((name) => unrelated(name, 10)),
          { series: `${record}{source_namespace="another-zone"}`, values: '1x120' },
        ],
        at: '12m',
        fires: [],
      },
      {
        name: 'what other namespaces do is not recorded',
        input: [up, ...unrelated(one.replace(`"${site.namespace}"`, '"elsewhere"'), 10)],
        at: '12m',
        fires: [],
        unrecorded: record,
      },
    ];
  },
};
