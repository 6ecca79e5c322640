import { type Origin, within } from '../kernel/origin.ts';
import { labelOf } from '../model/labels.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { azureLoginHosts } from '../services/azure-blob.ts';
import { gkeMetadata } from '../services/metadata.ts';
import type { Check, CheckContext } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { towards } from './external.ts';
import { accountOf, gkeAnnotation, httpsNames, irsaAnnotation, irsaRole, opensPrivateRange, reachesSomeAddress, regionOf, stsNames } from './identity.ts';
import { holdsName } from './names.ts';
import { only } from './rule-ports.ts';
import { governedTraining, subjectOf } from './subjects.ts';

const account = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: training-job
  namespace: ai-training
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/training-data-reader"}`;
const bucket = 'my-bucket.s3.us-east-1.amazonaws.com';
const sts = 'sts.us-east-1.amazonaws.com';
const policy = (...hosts: readonly string[]): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(...hosts)}\n${hosts.map((h) => `  - toFQDNs: [{matchName: ${h}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${h}]}]`).join('\n')}`,
  );

/** What makes a pod use Azure Workload Identity. Source: Azure/azure-workload-identity documentation, Service account and pod labels and annotations. */
const azureAnnotation = 'azure.workload.identity/client-id';
const azureLabel = 'azure.workload.identity/use';

/** Login hosts of the clouds for governments and China. Source: Microsoft Entra documentation, National clouds. */
const sovereignLogins: readonly string[] = ['login.microsoftonline.us', 'login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'];

export const check: Check = {
  slug: 'cred-path-missing',
  title: 'Role given, but no way to assume it',
  severity: 'high',
  plane: 'identity',
  why: 'With IRSA the pod itself trades its token for credentials at STS; Workload Identity of GKE asks the metadata server of the node, that of Azure the login host. A policy that opens the bucket alone leaves that call hanging: nothing fails at the start, the first read of data waits and then ends in a connection error that speaks of an endpoint, not of a policy.',
  fix: 'On AWS, open TCP 443 to the STS endpoint of the region: by name on Cilium (with its DNS rule), by the addresses of a private STS endpoint elsewhere. On GKE, open the metadata server: 169.254.169.254 TCP 80 on Dataplane V2, 169.254.169.252 TCP 987 and 988 elsewhere. On Azure, open TCP 443 to `login.microsoftonline.com`.',
  sources: [
    'aws/amazon-eks-pod-identity-webhook README',
    'boto/botocore credentials.py: the web identity provider calls STS and does not fall back',
    '@aws-sdk/client-sts endpoint rules',
    'GKE documentation, Workload Identity Federation: network policies and the metadata server',
    'Azure/azure-workload-identity documentation: annotations and labels',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, account, trainer({ spec: '  serviceAccountName: training-job' }), coreDns, defaultDeny, policy(bucket)),
    good: documents(trainingNamespace, account, trainer({ spec: '  serviceAccountName: training-job' }), coreDns, defaultDeny, policy(bucket, sts)),
  },
  *run(context) {
    for (const workload of governedTraining(context)) {
      if (!context.reach.isolated(workload.id, 'egress')) continue;
      const path = irsaPath(context, workload) ?? gkePath(context, workload) ?? azurePath(context, workload);
      if (path === undefined) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${workloadTitle(workload)} ${path.lacks}: its first call to the cloud hangs.`,
        primary: path.origin,
        related: [{ origin: workload.origin, message: 'uses this identity' }],
        fix: `Open ${path.open} for ${subjectOf(workload)}.`,
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** What a workload lacks on the way to its credentials; `open` is what would mend it. */
interface MissingPath {
  readonly lacks: string;
  readonly open: string;
  readonly origin: Origin;
}

function irsaPath(context: CheckContext, workload: Workload): MissingPath | undefined {
  const identity = irsaRole(context, workload);
  const names = stsNames(context, workload);
  if (identity === undefined || names.global || names.regional || opensAddresses(context, workload)) return undefined;
  return {
    lacks: `is to assume ${identity.role} through STS, but its egress policies open no STS endpoint`,
    open: `TCP 443 to sts.${regionOf(workload) ?? 'REGION'}.amazonaws.com`,
    origin: within(identity.account.origin, 'metadata', 'annotations', irsaAnnotation),
  };
}

/** Dataplane V2 judges the address that the pod dials, other data planes the one it is translated to; either may be the cluster's. */
function gkePath(context: CheckContext, workload: Workload): MissingPath | undefined {
  const account = accountOf(context, workload);
  if (account === undefined || labelOf(account.annotations, gkeAnnotation) === undefined) return undefined;
  const open = [gkeMetadata('v1'), gkeMetadata('v2')].some(({ cidrs, ports }) =>
    cidrs.some((cidr) => {
      const flow = towards(context.reach, workload.id, cidr.slice(0, cidr.indexOf('/')));
      return ports.some((port) => !flow.allowed.union(flow.unknown).intersect(only('TCP', port)).isEmpty);
    }),
  );
  if (open) return undefined;
  return {
    lacks: 'takes its identity from the GKE metadata server, but its egress policies do not open it',
    open: '169.254.169.254 TCP 80 (Dataplane V2) or 169.254.169.252 TCP 987 and 988 (other data planes)',
    origin: within(account.origin, 'metadata', 'annotations', gkeAnnotation),
  };
}

function azurePath(context: CheckContext, workload: Workload): MissingPath | undefined {
  const account = accountOf(context, workload);
  const annotated = account !== undefined && labelOf(account.annotations, azureAnnotation) !== undefined;
  if (!annotated && labelOf(workload.labels, azureLabel) !== 'true') return undefined;
  const [host = 'login.microsoftonline.com'] = azureLoginHosts(null);
  const named = httpsNames(context, workload).some((n) => [host, ...sovereignLogins].some((h) => holdsName(n, h)));
  if (named || opensAddresses(context, workload)) return undefined;
  return {
    lacks: `trades its token at ${host}, but its egress policies do not open that host`,
    open: `TCP 443 to ${host}`,
    origin: annotated ? within(account.origin, 'metadata', 'annotations', azureAnnotation) : workload.origin,
  };
}

function opensAddresses(context: CheckContext, workload: Workload): boolean {
  return reachesSomeAddress(context, workload) || opensPrivateRange(context, workload);
}
