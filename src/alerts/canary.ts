import type { Site } from './alert.ts';

/** The workload that Hubble sees in the canary: its CronJob; null without one. */
export function canaryWorkload({ canary }: Site): string | null {
  return canary?.name ?? null;
}

/** Why an alert about the canary is not for this site. */
export function withoutCanary({ canary }: Site): string | null {
  return canary === null ? 'there is no canary: spec.monitoring.canary names its image' : null;
}
