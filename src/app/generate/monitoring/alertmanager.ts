import { type Alert, alertName } from '../../../alerts/alert.ts';

/**
 * Routes for the alerts of the pack, to be merged by hand: whose configuration is replaced has no other alerts any more. Receivers are null ones. Source:
 * prometheus.io, Alertmanager configuration; matchers need 0.22.
 */
export function alertmanagerExample(alerts: readonly Alert[]): Readonly<Record<string, unknown>> {
  const named = (ids: readonly string[]): readonly string[] => ids.filter((id) => alerts.some((a) => a.id === id)).map(alertName);
  // What one alert explains is not told again by those that it explains.
  const inhibitions = [
    { source: ['hubble-blind'], target: ['flows-lost', 'canary-drop-unseen', 'hubble-labels-missing'] },
    { source: ['state-metrics-down'], target: ['canary-silent', 'hubble-blind'] },
    { source: ['policy-audit-mode'], target: ['canary-not-denied', 'canary-drop-unseen'] },
    { source: ['default-deny-missing'], target: ['canary-not-denied', 'network-policy-removed'] },
  ]
    .map(({ source, target }) => ({ source: named(source), target: named(target) }))
    .filter(({ source, target }) => source.length > 0 && target.length > 0);
  return {
    route: {
      receiver: 'everything-else',
      routes: [
        {
          matchers: ['pack="ringfence"'],
          receiver: 'security-chat',
          group_by: ['alertname', 'zone', 'cluster'],
          group_wait: '30s',
          group_interval: '5m',
          repeat_interval: '4h',
          routes: [
            { matchers: ['severity="critical"'], receiver: 'security-pager', group_wait: '10s', continue: true },
            {
              matchers: [`alertname=${JSON.stringify(alertName('network-policy-write'))}`],
              receiver: 'security-pager',
              mute_time_intervals: ['change-window'],
              continue: true,
            },
            { matchers: ['severity=~"critical|warning|info"'], receiver: 'security-chat' },
          ],
        },
      ],
    },
    inhibit_rules: inhibitions.map(({ source, target }) => ({
      source_matchers: [`alertname=~${JSON.stringify(source.join('|'))}`],
      target_matchers: [`alertname=~${JSON.stringify(target.join('|'))}`],
      equal: ['zone', 'cluster'],
    })),
    time_intervals: [{ name: 'change-window', time_intervals: [{ weekdays: ['tuesday'], times: [{ start_time: '09:00', end_time: '11:00' }] }] }],
    receivers: [{ name: 'everything-else' }, { name: 'security-chat' }, { name: 'security-pager' }],
  };
}
