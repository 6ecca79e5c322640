// Generated from the folder listing by `npm run gen`; do not edit.
import type { Detector } from '../detector.ts';
import { detector as apiserverReachedDetector } from './apiserver-reached.ts';
import { detector as beaconDetector } from './beacon.ts';
import { detector as deniedAttemptsDetector } from './denied-attempts.ts';
import { detector as dnsTunnelDetector } from './dns-tunnel.ts';
import { detector as egressAnomalyDetector } from './egress-anomaly.ts';
import { detector as egressBudgetDetector } from './egress-budget.ts';
import { detector as longConnectionDetector } from './long-connection.ts';
import { detector as metadataReachedDetector } from './metadata-reached.ts';
import { detector as newDestinationDetector } from './new-destination.ts';

/** Every detector of `src/flows/detectors`, in name order. */
export const detectors: readonly Detector[] = [
  apiserverReachedDetector,
  beaconDetector,
  deniedAttemptsDetector,
  dnsTunnelDetector,
  egressAnomalyDetector,
  egressBudgetDetector,
  longConnectionDetector,
  metadataReachedDetector,
  newDestinationDetector,
];
