import type { Alert } from './alert.ts';
import { said } from './text.ts';

export const alert: Alert = {
  id: 'feed-stale',
  severity: 'warning',
  expr: () => 'time() - max by (feed) (ringfence_feed_last_success_timestamp_seconds) > 2 * 86400',
  for: '10m',
  summary: `The list of addresses ${said('feed')} is two days old`,
  description: `The feed ${said('feed')} was last fetched and taken more than two days ago. Addresses that its owner gave up may belong to somebody else by now, and new ones are refused.`,
  runbook: {
    means: 'Fetching fails, or the list was refused because it changed too much.',
    look: ['`ringfence feeds status`: when, and why not since.'],
    mend: 'Mend the fetch; a large change wants a person: `ringfence feeds diff`, then `ringfence feeds apply`.',
  },
  scenarios: () => {
    const taken = (feed: string, values: string, instance = 'a') => ({
      series: `ringfence_feed_last_success_timestamp_seconds{feed="${feed}",instance="${instance}"}`,
      values,
    });
    return [
      { name: 'old', step: '1h', input: [taken('aws', '0x60'), taken('gcp', '0+3600x60')], at: '50h', fires: [{ feed: 'aws' }] },
      { name: 'just beyond', step: '1h', input: [taken('aws', '0x60')], at: '49h', fires: [] },
      { name: 'a day old', step: '1h', input: [taken('aws', '0x60')], at: '36h', fires: [] },
      { name: 'taken by another', step: '1h', input: [taken('aws', '0x60'), taken('aws', '0+3600x60', 'b')], at: '50h', fires: [] },
    ];
  },
};
