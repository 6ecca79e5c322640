import { publicAddresses } from '../engine/addresses.ts';
import type { ServiceAccount } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import type { NameMatch, Peer } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { ipIntersect, ipIsEmpty } from '../space/ip-set.ts';
import type { CheckContext } from './check.ts';
import { holdsName, peerNames } from './names.ts';
import { policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { https } from './well-known.ts';

/** The annotation by which IRSA gives a role to a service account. Source: aws/amazon-eks-pod-identity-webhook README. */
export const irsaAnnotation = 'eks.amazonaws.com/role-arn';

/** The annotation by which GKE gives a Google service account to one of the cluster. Source: GKE documentation, Workload Identity Federation. */
export const gkeAnnotation = 'iam.gke.io/gcp-service-account';

/** The service account of a workload, where it was read. */
export function accountOf(context: CheckContext, workload: Workload): ServiceAccount | undefined {
  return context.snapshot.serviceAccounts.find((a) => a.namespace === workload.namespace && a.name === workload.serviceAccount);
}

/** The role that a workload assumes through STS, when its service account names one. */
export function irsaRole(context: CheckContext, workload: Workload): { readonly role: string; readonly account: ServiceAccount } | undefined {
  const account = accountOf(context, workload);
  const role = account === undefined ? undefined : labelOf(account.annotations, irsaAnnotation);
  return account === undefined || role === undefined ? undefined : { role, account };
}

/** The region that the containers are told about, if any. Source: AWS SDKs and Tools Reference Guide, AWS_REGION and AWS_DEFAULT_REGION. */
export function regionOf(workload: Workload): string | undefined {
  for (const container of workload.pod.containers) {
    for (const key of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
      const value = Object.hasOwn(container.env, key) ? container.env[key] : undefined;
      if (typeof value === 'string' && /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d$/.test(value)) return value;
    }
  }
  return undefined;
}

/** Regional endpoints of STS: plain, FIPS and dual stack. Source: @aws-sdk/client-sts endpoint rules. */
export const regionalSts: RegExp = /^sts(?:-fips)?\.[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;

/** The one global endpoint of STS, which SDKs of before 2025-07-31 use by default. Source: AWS SDKs and Tools Reference Guide, AWS STS Regional endpoints. */
export const globalSts = 'sts.amazonaws.com';

/** The names that the rules of a workload allow on TCP 443, by name. */
export function httpsNames(context: CheckContext, workload: Workload): readonly NameMatch[] {
  return policyIndex(context.snapshot)
    .rules(workload.id, 'egress')
    .filter(({ policy, rule }) => rule.action === 'allow' && enforces(context.profile, policy) && https.subsetOf(rulePorts(rule, null)))
    .flatMap(({ rule }) => peerNames(rule));
}

/** Which names of STS the rules of a workload allow on TCP 443, by name. `region` is the one tried against wildcards. */
export function stsNames(context: CheckContext, workload: Workload): { readonly global: boolean; readonly regional: boolean; readonly anyName: boolean } {
  const region = regionOf(workload) ?? 'us-east-1';
  const names = httpsNames(context, workload);
  return {
    anyName: names.length > 0,
    global: names.some((n) => holdsName(n, globalSts)),
    regional: names.some((n) => (n.kind === 'exact' ? regionalSts.test(n.name) : holdsName(n, `sts.${region}.amazonaws.com`))),
  };
}

/**
 * Whether a workload may reach some outside address at all on TCP 443: then an endpoint of a cloud may be among them. Addresses that it may only reach
 * because some name could stand for them do not count: the names themselves are asked for.
 */
export function reachesSomeAddress(context: CheckContext, workload: Workload): boolean {
  const byAddress = policyIndex(context.snapshot)
    .rules(workload.id, 'egress')
    .some(({ rule }) => rule.action === 'allow' && !rulePorts(rule, null).intersect(https).isEmpty && (rule.peers === null || rule.peers.some(isAddress)));
  return context.reach.parties.some((party) => {
    if (party.kind !== 'external') return false;
    const flow = context.reach.between({ kind: 'workload', id: workload.id }, party);
    return !(byAddress ? flow.allowed.union(flow.unknown) : flow.allowed).intersect(https).isEmpty && !ipIsEmpty(ipIntersect(party.addresses, publicAddresses));
  });
}

function isAddress(peer: Peer): boolean {
  return peer.kind !== 'names' && peer.kind !== 'pods' && peer.kind !== 'services';
}

/** Whether some rule opens a private range on TCP 443, where a private endpoint of STS would be. */
export function opensPrivateRange(context: CheckContext, workload: Workload): boolean {
  return policyIndex(context.snapshot)
    .rules(workload.id, 'egress')
    .some(
      ({ rule }) =>
        rule.action === 'allow' &&
        !rulePorts(rule, null).intersect(https).isEmpty &&
        (rule.peers === null || rule.peers.some((p) => p.kind === 'cidr' || p.kind === 'unknown')),
    );
}
