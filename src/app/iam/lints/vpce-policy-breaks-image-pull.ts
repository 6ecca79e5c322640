import { knownActions } from '../../../iam/catalogue.ts';
import { endpointService } from '../../../iam/endpoint-service.ts';
import { Prover } from '../../../iam/prover/prove.ts';
import { awsPartition } from '../../../services/aws-partition.ts';
import { awsOwned, imageLayers, throughAlone } from '../through-endpoint.ts';
import { allow, ofEndpoint } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding } from './statements.ts';

const mine = { ...allow('*', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid', 'aws:ResourceOrgID': 'o-exampleorgid' } }), Principal: '*' };
const layers = { ...allow('s3:GetObject', 'arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*'), Principal: '*' };

export const lint: Lint = {
  slug: 'vpce-policy-breaks-image-pull',
  title: 'An endpoint of S3 that image layers do not pass',
  severity: 'high',
  plane: 'identity',
  why: 'ECR keeps the layers of images in buckets that are AWS’s own, of no organization of ours. An endpoint policy that requires ours shuts them, and nodes no longer pull images: pods stay in `ImagePullBackOff`, on new nodes first.',
  fix: 'Allow `s3:GetObject` on `arn:aws:s3:::prod-REGION-starport-layer-bucket/*` in a statement of its own.',
  alike: [],
  sources: ['Amazon ECR user guide, minimum Amazon S3 bucket permissions', 'aws-samples/data-perimeter-policy-examples, s3_endpoint_policy.json'],
  example: { bad: ofEndpoint('s3', mine), good: ofEndpoint('s3', mine, layers) },
  *run({ read }) {
    for (const { policy } of read.policies) {
      const of = policy.kind === 'endpoint' ? endpointService(policy.resource ?? '') : null;
      if (of?.service !== 's3') continue;
      const partition = awsPartition(of.region).id;
      const answer = new Prover(throughAlone(policy)).some({
        callers: [{ kind: 'roles', of: { not: awsOwned } }],
        actions: knownActions(['s3'], partition).flatMap(({ range }) => (range.name === 's3:GetObject' ? [range] : [])),
        resources: { some: [imageLayers(partition, of.region)], none: [] },
        owner: { is: awsOwned },
        keys: new Map([['aws:resourceorgid', { kind: 'never' }]]),
        otherKeys: 'free',
        partition,
      });
      if (answer.kind !== 'none') continue;
      yield finding(
        { policy },
        'high',
        policy.origin,
        `${policy.name} lets no image layer of ECR pass: nodes behind it cannot pull images.`,
        'Allow s3:GetObject on the starport-layer-bucket of the region.',
      );
    }
  },
};
