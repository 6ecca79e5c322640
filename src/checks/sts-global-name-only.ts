import { within } from '../kernel/origin.ts';
import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { globalSts, irsaAnnotation, irsaRole, reachesSomeAddress, regionOf, stsNames } from './identity.ts';
import { governedTraining, subjectOf } from './subjects.ts';

const account = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: training-job
  namespace: ai-training
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/training-data-reader"}`;
const policy = (host: string): string =>
  ciliumPolicy(
    'sts',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
  );

export const check: Check = {
  slug: 'sts-global-name-only',
  title: 'Only the global name of STS is open',
  severity: 'medium',
  plane: 'identity',
  why: 'Since 2025-07-31 the AWS SDKs call the STS endpoint of their region by default. A policy that opens `sts.amazonaws.com` alone worked with the image of last year and hangs with the next one.',
  fix: 'Open `sts.REGION.amazonaws.com`. Keep the global name only as long as some image still calls it.',
  sources: ['AWS SDKs and Tools Reference Guide, AWS STS Regional endpoints', '@aws-sdk/client-sts endpoint rules'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, account, trainer({ spec: '  serviceAccountName: training-job' }), coreDns, defaultDeny, policy('sts.amazonaws.com')),
    good: documents(
      trainingNamespace,
      account,
      trainer({ spec: '  serviceAccountName: training-job' }),
      coreDns,
      defaultDeny,
      policy('sts.us-east-1.amazonaws.com'),
    ),
  },
  *run(context) {
    for (const workload of governedTraining(context)) {
      const identity = irsaRole(context, workload);
      const names = stsNames(context, workload);
      if (identity === undefined || !names.global || names.regional || reachesSomeAddress(context, workload)) continue;
      yield {
        severity: 'medium',
        confidence: 'likely',
        message: `${workloadTitle(workload)} may reach ${globalSts} but no regional STS endpoint, which is the one that current SDKs call.`,
        primary: within(identity.account.origin, 'metadata', 'annotations', irsaAnnotation),
        related: [],
        fix: `Open sts.${regionOf(workload) ?? 'REGION'}.amazonaws.com as well.`,
        subjects: [subjectOf(workload)],
      };
    }
  },
};
