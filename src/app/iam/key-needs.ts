import { decide } from '../../iam/decide.ts';
import { mentionedKeys } from '../../iam/mentioned.ts';
import type { PolicySet } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { KeyRange } from '../../iam/prover/region.ts';
import type { Request } from '../../iam/request.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { awsPartition } from '../../services/aws-partition.ts';
import { originIn } from '../../spec/zone.ts';
import { onlyWith } from './needs.ts';
import { witnessOf } from './witness.ts';
import type { AwsWorkload } from './workload.ts';

/**
 * One claim for each data set under a key: the role may use the key through S3, by its own policies and the key's. Reading decrypts; writing makes data keys,
 * and in parts decrypts too. Source: Amazon S3 user guide, "Protecting data with SSE-KMS"; AWS KMS developer guide, "Key policies" (a policy of the account
 * counts only where the key policy lets the account decide).
 */
export function keyNeedClaims(pod: AwsWorkload, given: PolicySet, keys: ReadonlyMap<string, KeyRange>): readonly IamClaim[] {
  // S3 calls KMS itself: no endpoint of the cluster's network is on the way. A key of another account is as shut as one of this.
  const policies: PolicySet = { ...given, endpoints: [], foreignIsOpen: false };
  const prover = new Prover(policies);
  const mentioned = mentionedKeys(policies);
  const bySession = new Map([...keys].filter(([key]) => !key.startsWith('aws:calledvia') && key !== 'aws:viaawsservice'));
  return pod.workload.data.flatMap((data, index): readonly IamClaim[] => {
    const key = data.s3?.endpoint === null ? data.s3.kmsKey : null;
    if (key === null || key === undefined) return [];
    const actions = data.access === 'read' ? ['kms:Decrypt'] : ['kms:GenerateDataKey', 'kms:Decrypt'];
    const refused = actions.flatMap((action) => {
      const request = requestOf(pod, key, action, bySession, mentioned);
      const verdict = decide(request, policies);
      return verdict.decision === 'allowed' ? [] : [{ request, verdict }];
    });
    const perhaps = refused.map(({ request, verdict }) => (verdict.decision === 'unknown' ? verdict.because : onlyWith(pod, prover, request, bySession)));
    const undecided = refused.length > 0 && perhaps.every((p) => p !== null);
    const isGiven = policies.resources.some((p) => p.resource === key);
    return [
      {
        id: `liveness/iam-key/${pod.workload.name}/${data.name}`,
        group: 'liveness',
        title: `${pod.workload.name} can use the key of ${data.name} (${data.access})`,
        status: refused.length === 0 ? 'holds' : undecided ? 'undecided' : 'fails',
        witnesses: refused.map(({ request, verdict }) =>
          witnessOf(request, verdict, [request.action], `${request.action} on ${key} is refused, which ${data.name} (${data.access}) needs`),
        ),
        reasons: undecided ? [...new Set(perhaps.flatMap((p) => p ?? []))] : [],
        evidence: [`${actions.join(', ')}, through S3`],
        fix:
          refused.length === 0
            ? null
            : isGiven
              ? 'allow the actions in a policy of the role, and in the key policy to the role, or to the account, so that its policies decide'
              : `give the key policy: aws kms get-key-policy --key-id ${key} --policy-name default, with kind: resource and on: ${key} in a list of policies`,
        origin: originIn(pod.zone, 'spec', 'workloads', pod.index, 'data', index),
      },
    ];
  });
}

/** What S3 asks of the key for the role. Source: AWS KMS developer guide, kms:ViaService; IAM user guide, forward access sessions. */
function requestOf(pod: AwsWorkload, key: string, action: string, keys: ReadonlyMap<string, KeyRange>, mentioned: ReadonlySet<string>): Request {
  const [, , , region = '', owner = ''] = key.split(':');
  const context = new Map<string, readonly string[]>([['aws:viaawsservice', ['true']]]);
  for (const [name, range] of keys) if (range.kind === 'fixed') context.set(name, range.values);
  context.set('aws:securetransport', ['true']);
  context.set('kms:viaservice', [`s3.${region}.${awsPartition(region).suffix}`]);
  context.set('kms:calleraccount', [pod.account]);
  const { organization } = pod.zone.zone.spec.platform;
  if (organization !== null && owner === pod.account) context.set('aws:resourceorgid', [organization]);
  return {
    caller: { type: 'AWS', arn: pod.role, session: 'pod' },
    action,
    resource: key,
    resourceAccount: owner,
    context: new Map([...context].filter(([name]) => mentioned.has(name))),
  };
}
