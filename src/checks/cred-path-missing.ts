import { within } from '../kernel/origin.ts';
import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { irsaAnnotation, irsaRole, opensPrivateRange, reachesSomeAddress, regionOf, stsNames } from './identity.ts';
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

export const check: Check = {
  slug: 'cred-path-missing',
  title: 'Role given, but no way to assume it',
  severity: 'high',
  plane: 'identity',
  why: 'With IRSA the pod itself trades its token for credentials at STS. A policy that opens the bucket alone leaves that call hanging: nothing fails at the start, the first read of data waits and then ends in a connection error that speaks of an endpoint, not of a policy.',
  fix: 'Open TCP 443 to the STS endpoint of the region: by name on Cilium (with its DNS rule), by the addresses of a private STS endpoint elsewhere.',
  sources: [
    'aws/amazon-eks-pod-identity-webhook README',
    'boto/botocore credentials.py: the web identity provider calls STS and does not fall back',
    '@aws-sdk/client-sts endpoint rules',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, account, trainer({ spec: '  serviceAccountName: training-job' }), coreDns, defaultDeny, policy(bucket)),
    good: documents(trainingNamespace, account, trainer({ spec: '  serviceAccountName: training-job' }), coreDns, defaultDeny, policy(bucket, sts)),
  },
  *run(context) {
    for (const workload of governedTraining(context)) {
      const identity = irsaRole(context, workload);
      if (identity === undefined || !context.reach.isolated(workload.id, 'egress')) continue;
      const names = stsNames(context, workload);
      if (names.global || names.regional || reachesSomeAddress(context, workload) || opensPrivateRange(context, workload)) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${workloadTitle(workload)} is to assume ${identity.role} through STS, but its egress policies open no STS endpoint: its first call to the cloud hangs.`,
        primary: within(identity.account.origin, 'metadata', 'annotations', irsaAnnotation),
        related: [{ origin: workload.origin, message: 'uses this service account' }],
        fix: `Open TCP 443 to sts.${regionOf(workload) ?? 'REGION'}.amazonaws.com for ${subjectOf(workload)}.`,
        subjects: [subjectOf(workload)],
      };
    }
  },
};
