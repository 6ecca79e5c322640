import { metadataV4, metadataV6 } from '../model/metadata-service.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { towards } from './external.ts';
import { openMetadata } from './metadata.ts';
import { http } from './well-known.ts';

const policy = (v6: string): string =>
  networkPolicy(
    'internet',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}\n    - ipBlock: {cidr: "::/0"${v6}}\n    ports: [{protocol: TCP, port: 80}]`,
  );

export const check: Check = {
  slug: 'imds-v6-open',
  title: 'Metadata service shut for IPv4, open for IPv6',
  severity: 'high',
  plane: 'network',
  why: 'AWS serves the same credentials at `fd00:ec2::254`. A rule that excepts 169.254.169.254 and opens IPv6 as a whole shuts the front door only.',
  fix: 'Except `fd00:ec2::254/128` wherever an IPv6 range is opened, or open no IPv6 at all.',
  sources: ['AWS EC2 User Guide, Instance metadata service, IPv6 endpoint'],
  example: {
    bad: documents(trainingNamespace, trainer(), defaultDeny, policy('')),
    good: documents(trainingNamespace, trainer(), defaultDeny, policy(', except: ["fd00:ec2::254/128"]')),
  },
  *run(context) {
    const shutForV4 = (id: string): boolean => towards(context.reach, id, metadataV4).allowed.intersect(http).isEmpty;
    yield* openMetadata(
      context,
      metadataV6,
      'high',
      (w) => shutForV4(w.id),
      'credentials of the node',
      `- ipBlock:\n    cidr: ::/0\n    except: ["${metadataV6}/128"]\n`,
    );
  },
};
