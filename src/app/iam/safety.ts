import type { Pattern } from '../../iam/pattern.ts';
import type { Answer, Prover } from '../../iam/prover/prove.ts';
import type { ActionRange, KeyRange, Region } from '../../iam/prover/region.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import type { IamWitness } from '../../model/iam-witness.ts';
import { originIn } from '../../spec/zone.ts';
import { callerText, witnessOf } from './witness.ts';
import { type ActionGroups, beyondReading, type DataUser, exactly, isListing, type OwnData, objectsOf, podRegion, rulesObject } from './workload.ts';

/** One question of a claim: regions in which nothing may be allowed, and what it would mean if something were. The first that something is in will do. */
export interface Forbidden {
  readonly regions: readonly Region[];
  readonly means: (request: { readonly caller: string; readonly action: string; readonly resource: string }) => string;
}

/** A claim that nothing in some regions is allowed. Of each region the first request that is allowed shows why not. */
export function nothingAllowed(
  prover: Prover,
  about: Pick<IamClaim, 'id' | 'title' | 'fix' | 'origin' | 'evidence'>,
  forbidden: readonly Forbidden[],
): IamClaim {
  const witnesses: IamWitness[] = [];
  const reasons = new Set<string>();
  for (const { regions, means } of forbidden)
    for (const region of regions) {
      const answer = prover.some(region);
      if (answer.kind === 'unknown')
        reasons.add(answer.request === null ? answer.why : `${answer.request.action} on ${answer.request.resource}: ${answer.why}`);
      if (answer.kind !== 'some') continue;
      witnesses.push(shown(answer, means));
      break;
    }
  const status = witnesses.length > 0 ? 'fails' : reasons.size > 0 ? 'undecided' : 'holds';
  return { ...about, group: 'safety', status, witnesses, reasons: status === 'undecided' ? [...reasons] : [], fix: status === 'holds' ? null : about.fix };
}

function shown(answer: Extract<Answer, { kind: 'some' }>, means: Forbidden['means']): IamWitness {
  const { request, verdict, actions } = answer;
  const story = means({ caller: callerText(request.caller), action: request.action, resource: request.resource });
  return witnessOf(request, verdict, actions, story);
}

/** What a compromised pod of the workload must not be able to do with its role. */
export function safetyClaims(pod: DataUser, prover: Prover, keys: ReadonlyMap<string, KeyRange>, groups: ActionGroups): readonly IamClaim[] {
  const { workload, data, account, zone, index } = pod;
  const name = workload.name;
  const origin = originIn(zone, 'spec', 'workloads', index, 'data');
  const all = data.flatMap((d) => [...bucketOf(d), ...objectsOf(d)]);
  const writable = data.filter((d) => d.access !== 'read');
  const rotating = data.filter((d) => d.access === 'rotate');
  const listing = { kind: 'free', always: false, list: false } as const;
  const ask = (actions: readonly ActionRange[], except: readonly Pattern[], more: readonly (readonly [string, KeyRange])[] = []): readonly Region[] =>
    [{ is: account }, { not: account }].map((owner) => podRegion(pod, new Map([...keys, ...more]), actions, except, owner));
  const forbid = (regions: readonly Region[], means: Forbidden['means']): readonly Forbidden[] => [{ regions, means }];
  const list = groups.reads.filter(isListing);
  const strayed: Forbidden['means'] = ({ action, resource }) => `a pod of ${name} may ${action} ${resource}, which is no data set of the zone`;
  const wrote: Forbidden['means'] = ({ action, resource }) => `a pod of ${name} may ${action} ${resource}, which it is not to write`;
  const counted = (n: number): string => `${n} ${n === 1 ? 'action' : 'actions'} of object storage, on any resource of any account`;
  return [
    nothingAllowed(
      prover,
      {
        id: `safety/iam-reads/${name}`,
        title: `${name} reads and lists nothing but its data sets`,
        fix: 'name the buckets and prefixes of the data sets in Resource, and narrow s3:ListBucket with a condition on s3:prefix; a session of a directory bucket covers all of it',
        evidence: [counted(groups.reads.length)],
        origin,
      },
      [
        ...forbid(ask(groups.reads, all), strayed),
        ...forbid(ask(groups.sessions, directories(data)), strayed),
        // Listing a bucket is asked for the whole bucket, so its prefix is a key; what does not know that key lists all of it.
        ...data
          .filter((d) => !d.directory && !data.some((other) => other.bucketArn === d.bucketArn && other.prefix === ''))
          .flatMap((d) =>
            forbid(
              [{ is: account }, { not: account }].map((owner) => ({
                ...podRegion(
                  pod,
                  new Map([...keys, ['s3:prefix', { ...listing, range: { some: null, none: prefixesOf(data, d.bucketArn) } }]]),
                  list,
                  [],
                  owner,
                ),
                resources: { some: bucketOf(d), none: [] },
              })),
              () => `a pod of ${name} may list ${d.bucket} outside the prefix ${d.prefix}`,
            ),
          ),
      ],
    ),
    nothingAllowed(
      prover,
      {
        id: `safety/iam-writes/${name}`,
        title: `${name} writes only to data sets that it may write`,
        fix: 'allow s3:PutObject, and what multipart uploads need, on the prefixes of those data sets alone',
        evidence: [counted(groups.writes.length)],
        origin,
      },
      [
        ...forbid(ask(groups.writes, writable.flatMap(objectsOf)), wrote),
        // A session without a mode is for reading and writing.
        ...forbid(ask(groups.sessions, directories(writable), beyondReading), wrote),
      ],
    ),
    nothingAllowed(
      prover,
      {
        id: `safety/iam-deletes/${name}`,
        title: rotating.length === 0 ? `${name} deletes nothing` : `${name} deletes nothing but objects of ${rotating.map((d) => d.name).join(', ')}`,
        fix: data.some((d) => d.directory && d.access !== 'read' && d.access !== 'rotate')
          ? 'a session that writes to a directory bucket deletes there, too: keep what must not be deleted in a general purpose bucket, or give the data set access: rotate'
          : 'remove s3:Delete* and s3:PutLifecycleConfiguration, and what destroys keys; let a lifecycle rule of the bucket expire what is old',
        evidence: [
          `${groups.deletes.length} actions of object storage and kms, on any resource of any account`,
          ...(writable.length === 0 ? [] : ['who may write may replace an object: versioning or Object Lock keep what was there']),
        ],
        origin,
      },
      [
        ...forbid(
          ask(
            groups.deletes.filter((a) => a.name === 's3:DeleteObject'),
            rotating.flatMap(objectsOf),
          ),
          ({ resource }) => `a pod of ${name} may delete ${resource}`,
        ),
        ...forbid(
          ask(
            groups.deletes.filter((a) => a.name !== 's3:DeleteObject'),
            [],
          ),
          ({ action, resource }) => `a pod of ${name} may ${action} ${resource}`,
        ),
        ...forbid(
          ask(groups.sessions, directories(rotating), beyondReading),
          ({ resource }) => `a pod of ${name} may delete any object of ${resource}: a session that writes deletes, too`,
        ),
      ],
    ),
    nothingAllowed(
      prover,
      {
        id: `safety/iam-permissions/${name}`,
        title: `${name} changes no permissions, has nobody write for it, and becomes no other role`,
        fix: 'remove actions that manage policies, ACLs, replication, inventory, logging, notifications or keys, or locks, tags and encryption of objects, and all of iam, sts:Assume* and sts:GetWebIdentityToken',
        evidence: [`${groups.permissions.length} actions of object storage, iam, kms and sts`],
        origin,
      },
      forbid(
        ask(groups.permissions, []),
        ({ action, resource }) =>
          `a pod of ${name} may ${action} ${resource}, and so ${rulesObject(action) ? 'decide who reads it, or what keeps or deletes it' : 'hand on what it has or take what it has not'}`,
      ),
    ),
    nothingAllowed(
      prover,
      {
        id: `safety/iam-foreign/${name}`,
        title: `${name} reaches no storage of another account through its role`,
        fix: 'require aws:ResourceAccount in each statement that allows, or name the buckets in Resource',
        evidence: ['the foreign bucket is taken to let everybody in, as an attacker’s would'],
        origin,
      },
      forbid(
        [podRegion(pod, keys, groups.storage, all, { not: account })],
        ({ action, resource }) => `a pod of ${name} may ${action} ${resource} in an account that an attacker owns`,
      ),
    ),
  ];
}

/** Directory buckets that are data sets as they are: a session covers a whole bucket, whatever the prefix. */
function directories(data: readonly OwnData[]): readonly Pattern[] {
  return data.filter((d) => d.directory && d.prefix === '').map((d) => exactly(d.bucketArn));
}

/** A bucket as Amazon writes it and as MinIO does; no object of Amazon's is named by the second. */
function bucketOf({ bucketArn }: OwnData): readonly Pattern[] {
  return [exactly(bucketArn), exactly(`${bucketArn}/`)];
}

/** Texts of s3:prefix that stay inside the data sets of a bucket. */
function prefixesOf(data: DataUser['data'], bucketArn: string): readonly Pattern[] {
  return data
    .filter((d) => d.bucketArn === bucketArn)
    .map((d) => ({
      source: `${d.prefix}*`,
      parts: [
        { kind: 'text', text: d.prefix },
        { kind: 'many', of: 'anything' },
      ],
      ignoreCase: false,
    }));
}
