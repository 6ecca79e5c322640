import { knownActions } from '../../iam/catalogue.ts';
import { decide } from '../../iam/decide.ts';
import { mentionedKeys } from '../../iam/mentioned.ts';
import type { PolicySet } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { KeyRange } from '../../iam/prover/region.ts';
import type { Request } from '../../iam/request.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { originIn } from '../../spec/zone.ts';
import { witnessOf } from './witness.ts';
import { type DataUser, exactly, type OwnData, podRegion } from './workload.ts';

/**
 * What a data set is used by. A resumed run looks for the last checkpoint, and large objects are written in parts.
 * Source: Service Authorization Reference, Amazon S3; S3 user guide, "Multipart upload API permissions".
 */
const reading = ['s3:GetObject', 's3:ListBucket'] as const;
const writing = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'] as const;
const needed: Readonly<Record<OwnData['access'], readonly string[]>> = {
  read: reading,
  'write-once': writing,
  'write-resume': [...writing, ...reading],
  rotate: [...writing, ...reading, 's3:DeleteObject'],
};

/** The requests that a data set is used by. A session of a directory bucket stands for all of them. */
export function neededOf({ access, directory }: OwnData): readonly string[] {
  return directory ? ['s3express:CreateSession'] : needed[access];
}

/** One claim for each data set: the requests that training makes of it are allowed, in the way that pods usually make them. */
export function needClaims(pod: DataUser, policies: PolicySet, keys: ReadonlyMap<string, KeyRange>): readonly IamClaim[] {
  const prover = new Prover(policies);
  const mentioned = mentionedKeys(policies);
  return pod.data.map((data) => {
    const asked = neededOf(data).map((action) => requestOf(pod, data, action, keys, mentioned));
    const refused = asked.flatMap((request) => {
      const verdict = decide(request, policies);
      return verdict.decision === 'allowed' ? [] : [{ request, verdict }];
    });
    const witnesses = refused.map(({ request, verdict }) =>
      witnessOf(request, verdict, [request.action], `${request.action} on ${request.resource} is refused, which ${data.name} (${data.access}) needs`),
    );
    const perhaps = refused.map(({ request, verdict }) => (verdict.decision === 'unknown' ? verdict.because : onlyWith(pod, prover, request, keys)));
    const undecided = refused.length > 0 && perhaps.every((p) => p !== null);
    return {
      id: `liveness/iam-needs/${pod.workload.name}/${data.name}`,
      group: 'liveness',
      title: `${pod.workload.name} can use ${data.name} (${data.access})`,
      status: refused.length === 0 ? 'holds' : undecided ? 'undecided' : 'fails',
      witnesses,
      reasons: undecided ? [...new Set(perhaps.flatMap((p) => p ?? []))] : [],
      evidence: [neededOf(data).join(', ')],
      fix: refused.length === 0 ? null : fixOf(refused.map((r) => r.verdict)),
      origin: originIn(pod.zone, 'spec', 'workloads', pod.index, 'data', data.index),
    };
  });
}

function fixOf(verdicts: readonly ReturnType<typeof decide>[]): string {
  const trap = verdicts.flatMap((v) => v.involved).find((i) => i.statement.effect === 'Deny' && i.statement.resource?.not === true);
  return trap === undefined
    ? 'allow the actions on the resources that are named'
    : `name this data set, too, in NotResource of ${trap.statement.policy}: a denial of all but some buckets shuts every other data set`;
}

/** A plain request over TLS, by the role, with the keys that all its requests have, through the endpoint that the zone names, to a bucket of its organization. */
function requestOf(pod: DataUser, data: OwnData, action: string, keys: ReadonlyMap<string, KeyRange>, mentioned: ReadonlySet<string>): Request {
  const context = new Map<string, readonly string[]>([['aws:securetransport', ['true']]]);
  for (const [key, range] of keys) if (range.kind === 'fixed') context.set(key, range.values);
  const lists = action === 's3:ListBucket';
  if (lists) context.set('s3:prefix', [data.prefix]);
  if (data.directory && data.access === 'read') context.set('s3express:sessionmode', ['ReadOnly']);
  const { organization, vpcEndpoints } = pod.zone.zone.spec.platform;
  if (organization !== null && data.owner === pod.account) context.set('aws:resourceorgid', [organization]);
  if (vpcEndpoints?.s3 != null && !data.directory) context.set('aws:sourcevpce', [vpcEndpoints.s3]);
  return {
    caller: { type: 'AWS', arn: pod.role, session: 'pod' },
    action,
    resource: lists || data.directory ? data.bucketArn : `${data.objectsArn}${data.prefix}example`,
    resourceAccount: data.owner,
    context: new Map([...context].filter(([key]) => mentioned.has(key))),
  };
}

/** What else must be of a request for it to be allowed after all; null where nothing makes it so. */
export function onlyWith(pod: DataUser, prover: Prover, request: Request, keys: ReadonlyMap<string, KeyRange>): string | null {
  const fixed = [...request.context].map(([key, values]) => [key, { kind: 'fixed', values } as KeyRange] as const);
  const actions = knownActions(['s3', 's3express', 'kms'], pod.partition).flatMap(({ range }) =>
    range.name === request.action ? [{ ...range, resources: [exactly(request.resource)] }] : [],
  );
  const answer = prover.some(podRegion(pod, new Map([...keys, ...fixed]), actions, [], { is: request.resourceAccount ?? pod.account }));
  if (answer.kind !== 'some') return null;
  const more = [...answer.request.context].filter(([key]) => !request.context.has(key) && keys.get(key)?.kind !== 'free');
  const text = more.map(([key, values]) => `${key} ${values.join(', ')}`).join(' and ');
  return text === '' ? null : `${request.action} is allowed only with ${text}, and whether pods' requests have that is not in the input`;
}
