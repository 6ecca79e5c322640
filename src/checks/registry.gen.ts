// Generated from the folder listing by `npm run gen`; do not edit.
import type { Check } from './check.ts';
import { check as jobPeersBlockedCheck } from './job-peers-blocked.ts';
import { check as ncclFixedPortsOnlyCheck } from './nccl-fixed-ports-only.ts';
import { check as oneWayJobTrafficCheck } from './one-way-job-traffic.ts';

/** Every check of `src/checks`, in name order. */
export const checks: readonly Check[] = [
  jobPeersBlockedCheck,
  ncclFixedPortsOnlyCheck,
  oneWayJobTrafficCheck,
];
