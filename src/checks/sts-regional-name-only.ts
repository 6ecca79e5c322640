import { inContainer, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { globalSts, irsaRole, reachesSomeAddress, stsNames } from './identity.ts';
import { governedTraining, subjectOf } from './subjects.ts';

const account = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: training-job
  namespace: ai-training
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/training-data-reader"}`;
const policy = ciliumPolicy(
  'sts',
  `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('sts.us-east-1.amazonaws.com')}\n  - toFQDNs: [{matchName: sts.us-east-1.amazonaws.com}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
);
const mode = (value: string): string =>
  trainer({ spec: '  serviceAccountName: training-job', container: `    env: [{name: AWS_STS_REGIONAL_ENDPOINTS, value: ${value}}]` });

export const check: Check = {
  slug: 'sts-regional-name-only',
  title: 'The job calls the global name of STS, which is shut',
  severity: 'medium',
  plane: 'identity',
  why: 'A container that sets `AWS_STS_REGIONAL_ENDPOINTS=legacy` calls `sts.amazonaws.com`, whatever its region. A policy that opens the regional name alone makes it hang at its first call.',
  fix: 'Set `AWS_STS_REGIONAL_ENDPOINTS=regional` (the better end), or open the global name too.',
  sources: ['AWS SDKs and Tools Reference Guide, AWS STS Regional endpoints', 'boto/boto3#4333'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, account, mode('legacy'), coreDns, defaultDeny, policy),
    good: documents(trainingNamespace, account, mode('regional'), coreDns, defaultDeny, policy),
  },
  *run(context) {
    for (const workload of governedTraining(context)) {
      const legacy = workload.pod.containers.find((c) => Object.hasOwn(c.env, 'AWS_STS_REGIONAL_ENDPOINTS') && c.env.AWS_STS_REGIONAL_ENDPOINTS === 'legacy');
      if (legacy === undefined || irsaRole(context, workload) === undefined) continue;
      const names = stsNames(context, workload);
      if (!names.regional || names.global || reachesSomeAddress(context, workload)) continue;
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${workloadTitle(workload)} is set to call ${globalSts}, but may reach the regional STS endpoint only.`,
        primary: inContainer(workload, legacy),
        related: [],
        fix: 'Set AWS_STS_REGIONAL_ENDPOINTS to regional.',
        patch: '- name: AWS_STS_REGIONAL_ENDPOINTS\n  value: regional\n',
        subjects: [subjectOf(workload)],
      };
    }
  },
};
