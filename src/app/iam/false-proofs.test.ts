import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { readPolicyFiles } from './read-policies.ts';
import { verifyIdentities } from './verify.ts';

/** What once was proven and is not so: each of these policies lets the role do what the claim says that it cannot, or leaves it open. */
const issuer = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
const irsa = 'irsa: {role: training}';
const podIdentity = 'podIdentity: {role: training}';
const corpus = '{name: corpus, access: read, s3: {bucket: corpus}}';
const runs = '{name: runs, access: write-resume, s3: {bucket: ckpt, prefix: runs/}}';
const data = `${corpus}, ${runs}`;

interface Judged {
  readonly codes: readonly string[];
  readonly assumptions: readonly string[];
  /** By id, without group and workload. */
  readonly claims: Readonly<Record<string, { readonly status: string; readonly first: string; readonly reasons: readonly string[] }>>;
}

function judged(
  files: Readonly<Record<string, object | string>>,
  sets = data,
  identity = irsa,
  unread: readonly string[] = [],
  cluster = ', cluster: prod',
): Judged {
  const zone = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "111122223333"${cluster}}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: {serviceAccount: job, ${identity}}
    data: [${sets}]
`,
    'zone.yaml',
  );
  if (!zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join('\n'));
  const read = readPolicyFiles(
    Object.entries(files).map(([file, value]) => ({ file, text: typeof value === 'string' ? value : JSON.stringify(value) })),
    unread.map((file) => ({ document: { file, index: 0 }, path: [] })),
  );
  const report = verifyIdentities([zone.value], read);
  const claims = report.zones.flatMap((z) => z.claims);
  return {
    codes: read.diagnostics.map((d) => `${d.severity} ${d.code}`),
    assumptions: report.assumptions,
    claims: Object.fromEntries(
      claims.map(({ id, status, witnesses: [first], reasons }) => [
        id.replace(/^[^/]*\//, '').replace('/w', ''),
        { status, first: first === undefined ? '' : `${first.action} ${first.resource}`, reasons },
      ]),
    ),
  };
}

const of = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*', more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const good = [
  allow('s3:GetObject', ['arn:aws:s3:::corpus/*', 'arn:aws:s3:::ckpt/runs/*']),
  allow('s3:ListBucket', 'arn:aws:s3:::corpus'),
  allow('s3:ListBucket', 'arn:aws:s3:::ckpt', { Condition: { StringLike: { 's3:prefix': 'runs/*' } } }),
  allow(['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], 'arn:aws:s3:::ckpt/runs/*'),
];
const trust = of({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:ai:job', [`${issuer}:aud`]: 'sts.amazonaws.com' } },
});
/** The claim under these statements, beside what the data sets need. */
const beside = (claim: string, ...statements: readonly object[]) => judged({ 'p.json': of(...good, ...statements), 'trust.json': trust }).claims[claim];
const statuses = ({ claims }: Judged): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(claims).map(([id, c]) => [id, c.status]));

describe('directory buckets', () => {
  const bucket = 'arn:aws:s3express:us-east-1:111122223333:bucket/ck--use1-az4--x-s3';
  const session = (access: string, more: object = {}, prefix = ''): Judged =>
    judged(
      { 'p.json': of(allow('s3express:CreateSession', bucket, more)), 'trust.json': trust },
      `{name: ck, access: ${access}, s3: {bucket: ck--use1-az4--x-s3${prefix}}}`,
    );
  const readOnly = { Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } };
  test('a session that writes deletes, too', () => {
    expect(session('write-once').claims['iam-deletes']).toMatchObject({ status: 'fails', first: `s3express:CreateSession ${bucket}` });
    expect(session('write-resume').claims['iam-deletes']?.status).toBe('fails');
    expect(new Set(Object.values(statuses(session('rotate'))))).toEqual(new Set(['holds']));
    expect(new Set(Object.values(statuses(session('read', readOnly))))).toEqual(new Set(['holds']));
  });
  test('a session covers the whole bucket, whatever the prefix', () => {
    expect(statuses(session('rotate', {}, ', prefix: runs/'))).toMatchObject({ 'iam-reads': 'fails', 'iam-writes': 'fails', 'iam-deletes': 'fails' });
    expect(statuses(session('read', readOnly, ', prefix: runs/'))).toMatchObject({ 'iam-reads': 'fails', 'iam-writes': 'holds' });
  });
});

describe('listing outside the prefix', () => {
  test.each(['s3:ListBucketVersions', 's3:ListBucketMultipartUploads'])('%s', (action) => {
    expect(beside('iam-reads', allow(action, 'arn:aws:s3:::ckpt'))).toMatchObject({ status: 'fails', first: `${action} arn:aws:s3:::ckpt` });
  });
  test('versions under the prefix are inside', () => {
    const versions = allow('s3:ListBucketVersions', 'arn:aws:s3:::ckpt', { Condition: { StringLike: { 's3:prefix': 'runs/*' } } });
    expect(beside('iam-reads', versions)?.status).toBe('holds');
  });
  test('a bucket that is a data set as a whole has no outside', () => {
    const both = `${corpus}, {name: part, access: read, s3: {bucket: corpus, prefix: part/}}`;
    const found = judged({ 'p.json': of(...good.slice(1, 2), allow('s3:GetObject', 'arn:aws:s3:::corpus/*')), 'trust.json': trust }, both);
    expect(found.claims['iam-reads']?.status).toBe('holds');
  });
});

describe('a session policy', () => {
  const list = {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'IdentityPolicies',
    spec: { account: '111122223333', policies: [{ file: 's.json', kind: 'session', role: 'training' }] },
  };
  const files = { 'l.json': list, 'p.json': of(allow('s3:*')), 's.json': of(...good) };
  test('is no ceiling where the pod starts its sessions itself', () => {
    expect(statuses(judged({ ...files, 'trust.json': trust }))).toMatchObject({ 'iam-reads': 'fails', 'iam-deletes': 'fails', 'iam-foreign': 'fails' });
  });
  test('is one where EKS starts them', () => {
    const pods = of({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] });
    expect(statuses(judged({ ...files, 'trust.json': pods }, data, podIdentity))).toMatchObject({ 'iam-reads': 'holds', 'iam-deletes': 'holds' });
  });
});

describe('keys', () => {
  const other = 'arn:aws:kms:us-east-1:111122223333:key/other';
  const own = 'arn:aws:kms:us-east-1:111122223333:key/k1';
  const underOwn = (statement: object): Judged =>
    judged({ 'p.json': of(...good, statement), 'trust.json': trust }, `{name: corpus, access: read, s3: {bucket: corpus, kmsKey: "${own}"}}`);
  test.each(['kms:Encrypt', 'kms:Sign', 'kms:GenerateMac'])('%s is use of a key', (action) => {
    expect(underOwn(allow(action, other)).claims['iam-keys']).toMatchObject({ status: 'fails', first: `${action} ${other}` });
  });
  test.each(['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:DeleteImportedKeyMaterial'])('%s deletes what lies under it', (action) => {
    expect(beside('iam-deletes', allow(action, own))).toMatchObject({ status: 'fails', first: `${action} ${own}` });
  });
  test.each(['kms:ReplicateKey', 'kms:UpdateAlias', 'kms:ImportKeyMaterial', 'kms:UpdatePrimaryRegion', 'kms:TagResource', 'kms:CancelKeyDeletion'])(
    '%s changes keys',
    (action) => {
      expect(beside('iam-permissions', allow(action))?.status).toBe('fails');
    },
  );
  test('a condition on an attestation is one on a key of the request', () => {
    const attested = allow('kms:Decrypt', '*', { Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': 'ab' } } });
    expect(underOwn(attested).claims['iam-keys']?.status).toBe('fails');
  });
});

describe('an endpoint that lets through whoever signs nothing', () => {
  const through = (Condition: object, service = 's3'): Judged =>
    judged({
      'p.json': of(...good),
      'trust.json': trust,
      'e.json': of({ Effect: 'Allow', Principal: '*', Action: `${service}:*`, Resource: '*', Condition }),
      'l.json': {
        apiVersion: 'ringfence.dev/v1alpha1',
        kind: 'IdentityPolicies',
        spec: { account: '111122223333', policies: [{ file: 'e.json', kind: 'endpoint', on: `com.amazonaws.us-east-1.${service}` }] },
      },
    });
  test.each([
    ['who is asked for as such', { StringEquals: { 'aws:PrincipalType': 'Anonymous' } }],
    ['who has no account', { Null: { 'aws:PrincipalAccount': 'true' } }],
    ['whose account is asked only if there is one', { StringEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' } }],
  ])('%s', (_, condition) => {
    expect(through(condition).claims['iam-endpoint/e']).toMatchObject({ status: 'fails' });
  });
  test('is none where an organization is asked for', () => {
    expect(through({ StringEquals: { 'aws:PrincipalAccount': '111122223333' } }).claims['iam-endpoint/e']?.status).toBe('holds');
  });
});

describe('under the prefix of its own data set', () => {
  const own = 'arn:aws:s3:::ckpt/runs/*';
  test.each([
    ['iam-deletes', 's3:ReplicateDelete'],
    ['iam-permissions', 's3:ReplicateTags'],
    ['iam-permissions', 's3:PutObjectRetention'],
    ['iam-permissions', 's3:PutObjectLegalHold'],
    ['iam-permissions', 's3:UpdateObjectEncryption'],
  ])('%s: %s', (claim, action) => {
    expect(beside(claim, allow(action, own))).toMatchObject({ status: 'fails', first: expect.stringContaining(action) });
  });
  test.each(['s3files:ClientWrite', 's3tables:PutTableRecordExpirationConfiguration'])('iam-deletes: %s, anywhere', (action) => {
    expect(beside('iam-deletes', allow(action))?.status).toBe('fails');
  });
});

describe('who becomes the role', () => {
  const pods = {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'ai', 'aws:RequestTag/kubernetes-service-account': 'job' },
      ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:us-east-1:111122223333:cluster/prod' },
    },
  };
  test('of a cluster that the zone does not name', () => {
    const found = judged({ 'p.json': of(...good), 'trust.json': of(pods) }, data, podIdentity, [], '');
    expect(found.claims['iam-assumable']).toMatchObject({ status: 'undecided', reasons: [expect.stringContaining('does not name')] });
    const other = { ...pods, Condition: { ...pods.Condition, StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'other' } } };
    expect(judged({ 'p.json': of(...good), 'trust.json': of(other) }, data, podIdentity, [], '').claims['iam-assumable']?.status).toBe('fails');
    expect(judged({ 'p.json': of(...good), 'trust.json': of(pods) }, data, podIdentity).claims['iam-assumable']?.status).toBe('holds');
  });
  test('a provider of another account is not the cluster’s', () => {
    const foreign = JSON.parse(JSON.stringify(trust).replaceAll('111122223333', '999988887777')) as object;
    expect(statuses(judged({ 'p.json': of(...good), 'trust.json': foreign }))).toMatchObject({ 'iam-assumed': 'fails', 'iam-assumable': 'fails' });
  });
});

describe('becoming another', () => {
  test.each(['sts:AssumeRoot', 'sts:GetWebIdentityToken', 'sts:GetDelegatedAccessToken'])('%s', (action) => {
    expect(beside('iam-permissions', allow(action))).toMatchObject({ status: 'fails', first: expect.stringContaining(action) });
  });
  test('all of sts but the roles', () => {
    const deny = { Effect: 'Deny', Action: 'sts:AssumeRole*', Resource: '*' };
    expect(beside('iam-permissions', allow('sts:*'), deny)?.status).toBe('fails');
  });
});

describe('policies that no claim has seen', () => {
  const list = (...policies: readonly object[]): object => ({
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'IdentityPolicies',
    spec: { account: '111122223333', policies },
  });
  const p = of(...good);
  const aboutRole = (found: Judged): ReadonlySet<string> =>
    new Set(Object.entries(statuses(found)).flatMap(([id, status]) => (id.startsWith('iam-assum') ? [] : [status])));
  const undecided = new Set(['undecided']);
  const faulty = of(allow('s3:*', '*', { Foo: 1 }));
  test('a role of which no identity policy is there', () => {
    const bucket = of({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::corpus/*',
      Condition: { Bool: { 'aws:SecureTransport': false } },
    });
    const found = judged({ 'b.json': bucket, 'trust.json': trust });
    expect(aboutRole(found)).toEqual(undecided);
    expect(found.claims['iam-reads']?.reasons).toEqual(['no policy of arn:aws:iam::111122223333:role/training is in the input']);
    const role = { Role: { RoleName: 'training', Arn: 'arn:aws:iam::111122223333:role/training', AssumeRolePolicyDocument: trust } };
    expect(aboutRole(judged({ 'role.json': role }))).toEqual(undecided);
    expect(statuses(judged({ 'role.json': role }))).toMatchObject({ 'iam-assumed': 'holds', 'iam-assumable': 'holds' });
  });
  test('what a bucket lets it do is shown all the same', () => {
    const bucket = of({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/training' }, Action: 's3:*', Resource: 'arn:aws:s3:::corpus/*' });
    expect(statuses(judged({ 'b.json': bucket, 'trust.json': trust }))).toMatchObject({ 'iam-writes': 'fails', 'iam-reads': 'undecided' });
  });
  test('a file that is listed and not there', () => {
    const found = judged({ 'l.json': list({ file: 'nothere.json', kind: 'identity', role: 'training' }), 'p.json': p, 'trust.json': trust });
    expect([found.codes, aboutRole(found)]).toEqual([['error missing-file'], undecided]);
    expect(found.claims['iam-reads']?.reasons[0]).toContain('nothere.json, which is listed, is not in the input');
  });
  test('one of another role, or a ceiling, takes nothing from what holds', () => {
    const other = judged({ 'l.json': list({ file: 'nothere.json', kind: 'identity', role: 'other' }), 'p.json': p, 'trust.json': trust });
    expect(aboutRole(other)).toEqual(new Set(['holds']));
    const ceiling = list({ file: 'nothere.json', kind: 'boundary', role: 'training' });
    expect(statuses(judged({ 'l.json': ceiling, 'p.json': p, 'trust.json': trust }))).toMatchObject({ 'iam-reads': 'holds', 'iam-needs/corpus': 'undecided' });
    expect(statuses(judged({ 'l.json': ceiling, 'p.json': of(allow('s3:*')), 'trust.json': trust }))['iam-reads']).toBe('undecided');
  });
  test('a policy that was left out for a fault', () => {
    const found = judged({ 'p.json': p, 'q.json': faulty, 'trust.json': trust });
    expect(aboutRole(found)).toEqual(undecided);
    expect(found.claims['iam-deletes']?.reasons[0]).toContain('policy q has faults and was left out');
    expect(statuses(found)['iam-assumed']).toBe('holds');
  });
  test('a file that cannot be read at all may be anything', () => {
    expect(new Set(Object.values(statuses(judged({ 'p.json': p, 'q.json': '{"Statement": [', 'trust.json': trust }))))).toEqual(undecided);
  });
  test('a file or folder that was asked for and could not be read may be anything, but for what a list says of it', () => {
    const found = judged({ 'p.json': p, 'trust.json': trust }, data, irsa, ['more']);
    expect(new Set(Object.values(statuses(found)))).toEqual(undecided);
    expect(found.claims['iam-reads']?.reasons[0]).toContain('more could not be read');
    const other = judged({ 'l.json': list({ file: 'q.json', kind: 'identity', role: 'other' }), 'p.json': p, 'trust.json': trust }, data, irsa, ['q.json']);
    expect(aboutRole(other)).toEqual(new Set(['holds']));
  });
  test('a trust policy that was left out', () => {
    const found = statuses(judged({ 'p.json': p, 'trust.json': trust, 'l.json': list({ file: 't.json', kind: 'trust' }), 't.json': faulty }));
    expect([found['iam-assumed'], found['iam-assumable'], found['iam-reads']]).toEqual(['undecided', 'undecided', 'holds']);
  });
  test('output that was cut off, and a policy whose text it lacks', () => {
    const details = (attached: readonly object[], more: object): object => ({
      RoleDetailList: [
        {
          RoleName: 'training',
          Arn: 'arn:aws:iam::111122223333:role/training',
          AssumeRolePolicyDocument: trust,
          RolePolicyList: [{ PolicyName: 'x', PolicyDocument: p }],
          AttachedManagedPolicies: attached,
        },
      ],
      Policies: [],
      ...more,
    });
    expect(new Set(Object.values(statuses(judged({ 'd.json': details([], {}) }))))).toEqual(new Set(['holds']));
    const cut = judged({ 'd.json': details([], { IsTruncated: true, Marker: 'x' }) });
    expect([cut.codes, aboutRole(cut)]).toEqual([['warning cut-off'], undecided]);
    expect(aboutRole(judged({ 'd.json': details([], { NextToken: 'x' }) }))).toEqual(undecided);
    const lacking = judged({ 'd.json': details([{ PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }], {}) });
    expect([lacking.codes, aboutRole(lacking)]).toEqual([['error missing-policy'], undecided]);
    expect(statuses(lacking)['iam-assumed']).toBe('holds');
  });
  test('it is said that the policies given are taken to be all', () => {
    expect(judged({ 'p.json': p, 'trust.json': trust }).assumptions).toContainEqual(expect.stringContaining('taken to be all that a role has'));
  });
});

describe('control policies of another account', () => {
  const scp = of(allow('*'), { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' });
  const list = (account: string, kind = 'scp') => ({
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'IdentityPolicies',
    spec: { account, policies: [{ file: 'limit.json', kind, level: 'root' }] },
  });
  const deletes = of(...good, allow('s3:DeleteObject', 'arn:aws:s3:::ckpt/*'));
  const under = (...lists: readonly object[]) =>
    judged({ 'p.json': deletes, 'trust.json': trust, 'limit.json': scp, ...Object.fromEntries(lists.map((l, i) => [`list${i}.json`, l])) });
  test('what is denied there is not denied here, and the report says whose they are', () => {
    const { claims, assumptions } = under(list('999900001111'));
    expect(claims['iam-deletes']?.status).toBe('fails');
    expect(assumptions.join('\n')).toContain('limit is given for account 999900001111, and the roles of zone z are in 111122223333');
    expect(under(list('999900001111', 'boundary')).claims['iam-deletes']?.status).toBe('fails');
  });
  test('another list of the own account does not make them ours', () => {
    const mine = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { account: '111122223333', policies: [] } };
    expect(under(mine, list('999900001111')).claims['iam-deletes']?.status).toBe('fails');
    expect(under(list('999900001111'), mine).claims['iam-deletes']?.status).toBe('fails');
  });
  test('they still count against what must be possible', () => {
    const shut = { ...list('999900001111'), spec: { account: '999900001111', policies: [{ file: 'limit.json', kind: 'scp' }] } };
    const found = judged({
      'p.json': of(...good),
      'trust.json': trust,
      'limit.json': of({ Effect: 'Deny', Action: 's3:*', Resource: '*' }),
      'list.json': shut,
    });
    expect(found.claims['iam-needs/corpus']?.status).toBe('fails');
  });
  test('of the own account they hold it, and the report says whom they do not bind', () => {
    const { claims, assumptions } = under(list('111122223333'));
    expect(claims['iam-deletes']?.status).toBe('holds');
    expect(assumptions.join('\n')).toContain('none binds the management account or a service-linked role');
  });
});

describe('what decides over an object of the own prefix', () => {
  test.each([
    ['s3:PutObjectRetention', 'iam-permissions'],
    ['s3:PutObjectLegalHold', 'iam-permissions'],
    ['s3:PutObjectTagging', 'iam-permissions'],
    ['s3:UpdateObjectEncryption', 'iam-permissions'],
    ['s3:ReplicateDelete', 'iam-deletes'],
  ])('%s', (action, claim) => {
    expect(beside(claim, allow(action, 'arn:aws:s3:::ckpt/runs/*'))).toMatchObject({ status: 'fails', first: `${action} arn:aws:s3:::ckpt/runs/example` });
  });
});
