// Generated from the folder listing by `npm run gen`; do not edit.
import type { Alert } from './alert.ts';
import { alert as baselineNotReadyAlert } from './baseline-not-ready.ts';
import { alert as calicoDataplaneFailingAlert } from './calico-dataplane-failing.ts';
import { alert as canaryDropUnseenAlert } from './canary-drop-unseen.ts';
import { alert as canaryNotDeniedAlert } from './canary-not-denied.ts';
import { alert as canarySilentAlert } from './canary-silent.ts';
import { alert as defaultDenyMissingAlert } from './default-deny-missing.ts';
import { alert as dnsNameRefusedAlert } from './dns-name-refused.ts';
import { alert as dnsTunnelSuspectedAlert } from './dns-tunnel-suspected.ts';
import { alert as egressDeniedAlert } from './egress-denied.ts';
import { alert as eksEgressDeniedAlert } from './eks-egress-denied.ts';
import { alert as externalEgressAnomalyAlert } from './external-egress-anomaly.ts';
import { alert as externalEgressBudgetAlert } from './external-egress-budget.ts';
import { alert as fabricAuditStaleAlert } from './fabric-audit-stale.ts';
import { alert as fabricNotApartAlert } from './fabric-not-apart.ts';
import { alert as feedStaleAlert } from './feed-stale.ts';
import { alert as flowsLostAlert } from './flows-lost.ts';
import { alert as flowsNotWatchedAlert } from './flows-not-watched.ts';
import { alert as hostNetworkPodAlert } from './host-network-pod.ts';
import { alert as hubbleBlindAlert } from './hubble-blind.ts';
import { alert as hubbleLabelsMissingAlert } from './hubble-labels-missing.ts';
import { alert as ncclMetricsStaleAlert } from './nccl-metrics-stale.ts';
import { alert as networkPolicyRecreatedAlert } from './network-policy-recreated.ts';
import { alert as networkPolicyRemovedAlert } from './network-policy-removed.ts';
import { alert as networkPolicyWriteAlert } from './network-policy-write.ts';
import { alert as newDestinationAlert } from './new-destination.ts';
import { alert as partitionViolationAlert } from './partition-violation.ts';
import { alert as policyAuditModeAlert } from './policy-audit-mode.ts';
import { alert as policyImportFailedAlert } from './policy-import-failed.ts';
import { alert as policyMapFullAlert } from './policy-map-full.ts';
import { alert as rdmaWithoutJobAlert } from './rdma-without-job.ts';
import { alert as remoteAccessRefusedAlert } from './remote-access-refused.ts';
import { alert as stateMetricsDownAlert } from './state-metrics-down.ts';

/** Every alert of `src/alerts`, in name order. */
export const alerts: readonly Alert[] = [
  baselineNotReadyAlert,
  calicoDataplaneFailingAlert,
  canaryDropUnseenAlert,
  canaryNotDeniedAlert,
  canarySilentAlert,
  defaultDenyMissingAlert,
  dnsNameRefusedAlert,
  dnsTunnelSuspectedAlert,
  egressDeniedAlert,
  eksEgressDeniedAlert,
  externalEgressAnomalyAlert,
  externalEgressBudgetAlert,
  fabricAuditStaleAlert,
  fabricNotApartAlert,
  feedStaleAlert,
  flowsLostAlert,
  flowsNotWatchedAlert,
  hostNetworkPodAlert,
  hubbleBlindAlert,
  hubbleLabelsMissingAlert,
  ncclMetricsStaleAlert,
  networkPolicyRecreatedAlert,
  networkPolicyRemovedAlert,
  networkPolicyWriteAlert,
  newDestinationAlert,
  partitionViolationAlert,
  policyAuditModeAlert,
  policyImportFailedAlert,
  policyMapFullAlert,
  rdmaWithoutJobAlert,
  remoteAccessRefusedAlert,
  stateMetricsDownAlert,
];
