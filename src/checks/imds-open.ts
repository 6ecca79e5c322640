import { metadataV4 } from '../model/metadata-service.ts';
import type { Workload } from '../model/workload.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { needsMetadata, openMetadata } from './metadata.ts';

const policy = (except: string): string =>
  networkPolicy(
    'internet',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 0.0.0.0/0${except}}}]\n    ports: [{protocol: TCP, port: 443}, {protocol: TCP, port: 80}]`,
  );

export const check: Check = {
  slug: 'imds-open',
  title: 'Training pods reach the metadata service',
  severity: 'high',
  plane: 'network',
  why: 'Who reaches 169.254.169.254 on port 80 can ask the cloud for the credentials of the node. They are broader than those of the pod, and an SDK that finds no credentials of its own takes them silently: the job "works, as the wrong role".',
  fix: 'Shut egress by default and open only what the job needs. Where a rule opens a wide range, except `169.254.169.254/32`. Set the hop limit of the instance metadata to 1 as well; it does nothing for hostNetwork pods.',
  sources: [
    'AWS EC2 User Guide, Instance metadata service',
    'aws/aws-eks-best-practices bpg/security/iam.adoc',
    'boto/botocore credentials.py: the chain ends at the instance metadata',
  ],
  example: {
    bad: documents(trainingNamespace, trainer(), defaultDeny, policy('')),
    good: documents(trainingNamespace, trainer(), defaultDeny, policy(', except: [169.254.169.254/32]')),
  },
  *run(context) {
    const applies = (workload: Workload): boolean => !needsMetadata(context, workload);
    yield* openMetadata(context, metadataV4, 'high', applies, 'credentials of the node', `- ipBlock:\n    cidr: 0.0.0.0/0\n    except: [${metadataV4}/32]\n`);
  },
};
