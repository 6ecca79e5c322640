import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { compile } from '../generate.ts';
import { readPolicyFiles } from './read-policies.ts';
import { verifyIdentities } from './verify.ts';

const zoneText = (data: string): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: {serviceAccount: job, keys: {secret: minio-train}}
    data: [${data}]
`;
const corpus = '{name: corpus, objectStore: {namespace: storage, selector: {app: minio}, port: 9000, bucket: corpus}}';
const runs = '{name: runs, objectStore: {namespace: storage, selector: {app: minio}, port: 9000, bucket: ckpt, prefix: runs/}, access: write-resume}';
const both = `${corpus}, ${runs}`;
const of = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });

function load(data: string) {
  const zone = parseZone(zoneText(data), 'zone.yaml');
  if (!zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join('\n'));
  return zone.value;
}
function pack(data: string): readonly { readonly file: string; readonly text: string }[] {
  const made = compile(load(data));
  if (!made.ok) throw new Error('no pack');
  return made.value.files.filter((f) => f.path.startsWith('iam/')).map((f) => ({ file: f.path, text: f.text }));
}
function ask(data: string, files: readonly { readonly file: string; readonly text: string }[]) {
  const read = readPolicyFiles(files);
  expect(read.diagnostics).toEqual([]);
  return verifyIdentities([load(data)], read);
}
const statuses = (data: string, ...more: readonly object[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ask(data, [...pack(data), ...more.map((m, i) => ({ file: `more${i}.json`, text: JSON.stringify(m) }))])
      .zones.flatMap((z) => z.claims)
      .filter((c) => c.status !== 'holds')
      .map((c) => [c.id, c.status]),
  );

describe('keys of a store that speaks S3', () => {
  test('the policy of the pack proves every claim, for every mode', () => {
    for (const access of ['read', 'write-once', 'write-resume', 'rotate']) {
      const data = `${corpus}, ${runs.replace('write-resume', access)}`;
      expect(statuses(data), access).toEqual({});
      const { zones } = ask(data, pack(data));
      expect(zones.flatMap((z) => z.claims.map((c) => c.id))).toEqual([
        'safety/iam-reads/w',
        'safety/iam-writes/w',
        'safety/iam-deletes/w',
        'safety/iam-permissions/w',
        'safety/iam-administration/w',
        'liveness/iam-needs/w/corpus',
        'liveness/iam-needs/w/runs',
      ]);
      expect(zones.flatMap((z) => z.notCovered)).toEqual([]);
    }
    const outside = '{name: corpus, s3: {bucket: corpus, endpoint: rgw.example.com, style: path}, cidrs: [203.0.113.0/24]}';
    expect(statuses(outside)).toEqual({});
  });

  test.each<[string, object, string]>([
    ['another bucket is read', { Action: 's3:GetObject', Resource: 'arn:aws:s3:::others/*' }, 'safety/iam-reads/w'],
    ['the corpus is written', { Action: 's3:PutObject', Resource: 'arn:aws:s3:::corpus/*' }, 'safety/iam-writes/w'],
    ['something is deleted', { Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::ckpt/runs/*' }, 'safety/iam-deletes/w'],
    ['a bucket policy is set', { Action: 's3:PutBucketPolicy', Resource: 'arn:aws:s3:::ckpt' }, 'safety/iam-permissions/w'],
    ['the store is managed', { Action: 'admin:*', Resource: 'arn:aws:s3:::*' }, 'safety/iam-administration/w'],
    ['accounts of the store are brought in', { Action: 'admin:ImportIAM', Resource: 'arn:aws:s3:::*' }, 'safety/iam-administration/w'],
    ['a service account is made', { Action: ['admin:CreateServiceAccount'] }, 'safety/iam-administration/w'],
    ['the store is managed, as consoleAdmin has it', { Action: 'admin:*' }, 'safety/iam-administration/w'],
    ['keys of the store are used', { Action: 'kms:*' }, 'safety/iam-administration/w'],
    ['a topic is made', { Action: 'sns:CreateTopic', Resource: '*' }, 'safety/iam-administration/w'],
    ['something that no store has yet', { Action: 'x*:Anything?', Resource: 'arn:aws:s3:::ckpt/runs/*' }, 'safety/iam-administration/w'],
    ['a bucket is deleted with all in it', { Action: 's3:ForceDeleteBucket', Resource: 'arn:aws:s3:::ckpt' }, 'safety/iam-deletes/w'],
    ['events of the store are heard', { Action: 's3:ListenNotification', Resource: 'arn:aws:s3:::*' }, 'safety/iam-reads/w'],
    ['events beyond the prefix are heard', { Action: 's3:ListenBucketNotification', Resource: 'arn:aws:s3:::ckpt' }, 'safety/iam-reads/w'],
    ['replication is begun again', { Action: 's3:ResetBucketReplicationState', Resource: 'arn:aws:s3:::ckpt' }, 'safety/iam-permissions/w'],
    ['a bucket policy is set, of all in the bucket', { Action: 's3:PutBucketPolicy', Resource: 'arn:aws:s3:::ckpt/*' }, 'safety/iam-permissions/w'],
    ['buckets are listed', { Action: 's3:ListAllMyBuckets', Resource: 'arn:aws:s3:::*' }, 'safety/iam-reads/w'],
  ])('%s', (_, statement, id) => {
    expect(statuses(both, of({ Effect: 'Allow', ...statement }))).toEqual({ [id]: 'fails' });
  });

  test('what is denied whatever the request is not allowed, and what is denied at times is', () => {
    const all = { Effect: 'Allow', Action: 'admin:*' };
    const deny = (more: object): object => ({ Effect: 'Deny', Action: 'a*:*', ...more });
    const office = { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    const administered = (...list: readonly object[]) => statuses(both, of(...list))['safety/iam-administration/w'];
    expect(administered(all, deny({ Resource: '*' }))).toBeUndefined();
    expect(administered(all, { Effect: 'Deny', NotAction: 's3:*', Resource: '*' })).toBeUndefined();
    expect(administered(all, deny({ Action: 'admin:*', Resource: 'arn:aws:s3:::*' }))).toBeUndefined();
    expect(administered(all, deny({ Resource: 'arn:aws:s3:::ckpt/*' }))).toBe('fails');
    expect(administered(all, deny({ Resource: '*', ...office }))).toBe('fails');
    expect(administered(all, deny({ Action: 'admin:C*', Resource: '*' }))).toBe('fails');
    expect(administered({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })).toBe('fails');
  });

  test('an action of s3 that is in no catalogue leaves undecided what holds otherwise', () => {
    const found = statuses(both, of({ Effect: 'Allow', Action: ['s3:OpenSesame', 's3:DeleteObject'], Resource: 'arn:aws:s3:::ckpt/runs/*' }));
    expect(found).toEqual({
      'safety/iam-reads/w': 'undecided',
      'safety/iam-writes/w': 'undecided',
      'safety/iam-deletes/w': 'fails',
      'safety/iam-permissions/w': 'undecided',
    });
  });

  test('a condition that is only Amazon’s is not counted on, either way', () => {
    const owned = { Condition: { StringEquals: { 'aws:ResourceAccount': '111122223333' } } };
    expect(statuses(both, of({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...owned }))).toEqual({ 'safety/iam-reads/w': 'undecided' });
    const all = of(
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
    );
    expect(Object.values(statuses(both, all))).not.toContain('holds');
    expect(statuses(both, all)['safety/iam-writes/w']).toBe('undecided');
  });

  test('keys whose policy is not in the input, and data elsewhere, are told', () => {
    expect(new Set(ask(both, []).zones.flatMap((z) => z.claims.map((c) => c.status)))).toEqual(new Set(['undecided']));
    const { zones, assumptions } = ask(`${both}, {name: far, s3: {bucket: far, region: us-east-1}}`, pack(both));
    expect(zones[0]?.notCovered).toEqual(['data set far of w: it lies in no store that the keys are for']);
    expect(assumptions.join()).toContain('A store has no accounts');
  });
});
