// Generated from the folder listing by `npm run gen`; do not edit.
import type { Check } from './check.ts';
import { check as alertAbsentOfLazyCounterCheck } from './alert-absent-of-lazy-counter.ts';
import { check as alertLabelMissingCheck } from './alert-label-missing.ts';
import { check as alertMetricUnknownCheck } from './alert-metric-unknown.ts';
import { check as alertMissesFirstEventCheck } from './alert-misses-first-event.ts';
import { check as alertOnMeanBaselineCheck } from './alert-on-mean-baseline.ts';
import { check as alertQueryBrokenCheck } from './alert-query-broken.ts';
import { check as alertRateOfGaugeCheck } from './alert-rate-of-gauge.ts';
import { check as alertSumsInterfacesCheck } from './alert-sums-interfaces.ts';
import { check as alertValueImpossibleCheck } from './alert-value-impossible.ts';
import { check as alertWithoutRunbookCheck } from './alert-without-runbook.ts';
import { check as allowAllEgressCheck } from './allow-all-egress.ts';
import { check as clusterNamesUnresolvedCheck } from './cluster-names-unresolved.ts';
import { check as computeDomainSharedCheck } from './compute-domain-shared.ts';
import { check as credPathMissingCheck } from './cred-path-missing.ts';
import { check as credPathWrongSelectorCheck } from './cred-path-wrong-selector.ts';
import { check as csiEgressElsewhereCheck } from './csi-egress-elsewhere.ts';
import { check as danglingPeerCheck } from './dangling-peer.ts';
import { check as danglingSelectorCheck } from './dangling-selector.ts';
import { check as dnsAnswersFromAnywhereCheck } from './dns-answers-from-anywhere.ts';
import { check as dnsAnyNameCheck } from './dns-any-name.ts';
import { check as dnsBlockedCheck } from './dns-blocked.ts';
import { check as dnsMissingTcpCheck } from './dns-missing-tcp.ts';
import { check as efaGroupNotToItselfCheck } from './efa-group-not-to-itself.ts';
import { check as efaGroupOpenCheck } from './efa-group-open.ts';
import { check as eksPortsPerCidrCheck } from './eks-ports-per-cidr.ts';
import { check as endpointPolicyUnstatedCheck } from './endpoint-policy-unstated.ts';
import { check as fabricSharedWithOthersCheck } from './fabric-shared-with-others.ts';
import { check as fqdnNotEnforcedCheck } from './fqdn-not-enforced.ts';
import { check as fqdnWithoutDnsRuleCheck } from './fqdn-without-dns-rule.ts';
import { check as gangTooLargeCheck } from './gang-too-large.ts';
import { check as gkeNetworkSharedCheck } from './gke-network-shared.ts';
import { check as halfOpenCheck } from './half-open.ts';
import { check as hostnetworkBypassCheck } from './hostnetwork-bypass.ts';
import { check as imdsOpenCheck } from './imds-open.ts';
import { check as imdsV6OpenCheck } from './imds-v6-open.ts';
import { check as ipblockClusteripCheck } from './ipblock-clusterip.ts';
import { check as ipblockMatchesNoPodCheck } from './ipblock-matches-no-pod.ts';
import { check as jobLabelIsNoBoundaryCheck } from './job-label-is-no-boundary.ts';
import { check as jobPeersBlockedCheck } from './job-peers-blocked.ts';
import { check as l4ShadowsL7Check } from './l4-shadows-l7.ts';
import { check as limitRangeRefusesJobCheck } from './limit-range-refuses-job.ts';
import { check as metadataBlockBreaksDnsCheck } from './metadata-block-breaks-dns.ts';
import { check as multiNetworkPolicyOnVerbsCheck } from './multi-network-policy-on-verbs.ts';
import { check as namedPortUnresolvedCheck } from './named-port-unresolved.ts';
import { check as namespaceLabelsSpoofableCheck } from './namespace-labels-spoofable.ts';
import { check as namespaceWithoutDefaultDenyCheck } from './namespace-without-default-deny.ts';
import { check as ncclFixedPortsOnlyCheck } from './nccl-fixed-ports-only.ts';
import { check as networkOfAnotherNamespaceCheck } from './network-of-another-namespace.ts';
import { check as networksForAnyoneCheck } from './networks-for-anyone.ts';
import { check as noNodeForJobCheck } from './no-node-for-job.ts';
import { check as nodeObjectInPackCheck } from './node-object-in-pack.ts';
import { check as oneWayJobTrafficCheck } from './one-way-job-traffic.ts';
import { check as pinnedPortsOutOfStepCheck } from './pinned-ports-out-of-step.ts';
import { check as podSecurityRefusesJobCheck } from './pod-security-refuses-job.ts';
import { check as policyEndpointDriftCheck } from './policy-endpoint-drift.ts';
import { check as privilegedOrHostpathInTrainingCheck } from './privileged-or-hostpath-in-training.ts';
import { check as queueTooSmallCheck } from './queue-too-small.ts';
import { check as quotaLimitsExtendedResourceCheck } from './quota-limits-extended-resource.ts';
import { check as quotaTooSmallCheck } from './quota-too-small.ts';
import { check as quotaWantsAmountsCheck } from './quota-wants-amounts.ts';
import { check as rdmaAsRootCheck } from './rdma-as-root.ts';
import { check as rdmaDeviceBetweenNamespacesCheck } from './rdma-device-between-namespaces.ts';
import { check as rdmaIsolationAbsentCheck } from './rdma-isolation-absent.ts';
import { check as rdmaUngovernedCheck } from './rdma-ungoverned.ts';
import { check as rdmaWithoutIpcLockCheck } from './rdma-without-ipc-lock.ts';
import { check as secondaryInterfaceUngovernedCheck } from './secondary-interface-ungoverned.ts';
import { check as serverNameAloneCheck } from './server-name-alone.ts';
import { check as serverNameFrontingCheck } from './server-name-fronting.ts';
import { check as serviceAccountMissingCheck } from './service-account-missing.ts';
import { check as servicePortNotTargetPortCheck } from './service-port-not-target-port.ts';
import { check as sharedFrontendNoTenantControlCheck } from './shared-frontend-no-tenant-control.ts';
import { check as sriovWithoutVlanCheck } from './sriov-without-vlan.ts';
import { check as storeAddressesSharedCheck } from './store-addresses-shared.ts';
import { check as strangerOnTrainingNodesCheck } from './stranger-on-training-nodes.ts';
import { check as stsGlobalNameOnlyCheck } from './sts-global-name-only.ts';
import { check as stsRegionalNameOnlyCheck } from './sts-regional-name-only.ts';
import { check as taintWithoutAffinityCheck } from './taint-without-affinity.ts';
import { check as trainingExposedCheck } from './training-exposed.ts';
import { check as trainingKindNotReadCheck } from './training-kind-not-read.ts';
import { check as udp443OpenCheck } from './udp443-open.ts';
import { check as vfTrustedCheck } from './vf-trusted.ts';
import { check as wildcardFqdnCheck } from './wildcard-fqdn.ts';
import { check as wildcardTenantLabelCheck } from './wildcard-tenant-label.ts';
import { check as wireserverOpenCheck } from './wireserver-open.ts';
import { check as writeApiOpenCheck } from './write-api-open.ts';

/** Every check of `src/checks`, in name order. */
export const checks: readonly Check[] = [
  alertAbsentOfLazyCounterCheck,
  alertLabelMissingCheck,
  alertMetricUnknownCheck,
  alertMissesFirstEventCheck,
  alertOnMeanBaselineCheck,
  alertQueryBrokenCheck,
  alertRateOfGaugeCheck,
  alertSumsInterfacesCheck,
  alertValueImpossibleCheck,
  alertWithoutRunbookCheck,
  allowAllEgressCheck,
  clusterNamesUnresolvedCheck,
  computeDomainSharedCheck,
  credPathMissingCheck,
  credPathWrongSelectorCheck,
  csiEgressElsewhereCheck,
  danglingPeerCheck,
  danglingSelectorCheck,
  dnsAnswersFromAnywhereCheck,
  dnsAnyNameCheck,
  dnsBlockedCheck,
  dnsMissingTcpCheck,
  efaGroupNotToItselfCheck,
  efaGroupOpenCheck,
  eksPortsPerCidrCheck,
  endpointPolicyUnstatedCheck,
  fabricSharedWithOthersCheck,
  fqdnNotEnforcedCheck,
  fqdnWithoutDnsRuleCheck,
  gangTooLargeCheck,
  gkeNetworkSharedCheck,
  halfOpenCheck,
  hostnetworkBypassCheck,
  imdsOpenCheck,
  imdsV6OpenCheck,
  ipblockClusteripCheck,
  ipblockMatchesNoPodCheck,
  jobLabelIsNoBoundaryCheck,
  jobPeersBlockedCheck,
  l4ShadowsL7Check,
  limitRangeRefusesJobCheck,
  metadataBlockBreaksDnsCheck,
  multiNetworkPolicyOnVerbsCheck,
  namedPortUnresolvedCheck,
  namespaceLabelsSpoofableCheck,
  namespaceWithoutDefaultDenyCheck,
  ncclFixedPortsOnlyCheck,
  networkOfAnotherNamespaceCheck,
  networksForAnyoneCheck,
  noNodeForJobCheck,
  nodeObjectInPackCheck,
  oneWayJobTrafficCheck,
  pinnedPortsOutOfStepCheck,
  podSecurityRefusesJobCheck,
  policyEndpointDriftCheck,
  privilegedOrHostpathInTrainingCheck,
  queueTooSmallCheck,
  quotaLimitsExtendedResourceCheck,
  quotaTooSmallCheck,
  quotaWantsAmountsCheck,
  rdmaAsRootCheck,
  rdmaDeviceBetweenNamespacesCheck,
  rdmaIsolationAbsentCheck,
  rdmaUngovernedCheck,
  rdmaWithoutIpcLockCheck,
  secondaryInterfaceUngovernedCheck,
  serverNameAloneCheck,
  serverNameFrontingCheck,
  serviceAccountMissingCheck,
  servicePortNotTargetPortCheck,
  sharedFrontendNoTenantControlCheck,
  sriovWithoutVlanCheck,
  storeAddressesSharedCheck,
  strangerOnTrainingNodesCheck,
  stsGlobalNameOnlyCheck,
  stsRegionalNameOnlyCheck,
  taintWithoutAffinityCheck,
  trainingExposedCheck,
  trainingKindNotReadCheck,
  udp443OpenCheck,
  vfTrustedCheck,
  wildcardFqdnCheck,
  wildcardTenantLabelCheck,
  wireserverOpenCheck,
  writeApiOpenCheck,
];
