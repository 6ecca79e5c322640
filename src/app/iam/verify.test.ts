import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { readPolicyFiles } from './read-policies.ts';
import { verifyIdentities } from './verify.ts';

const issuer = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
const zoneText = (identity: string, data: string, platform = 'region: us-east-1, cluster: prod'): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, account: "111122223333", ${platform}}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: ${identity}
    data: [${data}]
`;
const irsa = '{serviceAccount: job, irsa: {role: training}}';
const podIdentity = '{serviceAccount: job, podIdentity: {role: training}}';
const corpus = '{name: corpus, access: read, s3: {bucket: corpus}}';
const runs = '{name: runs, access: write-resume, s3: {bucket: ckpt, prefix: runs/}}';

type Statements = readonly object[];

function ask(
  identity: string,
  data: string,
  files: Readonly<Record<string, object>>,
  platform?: string,
): Record<string, { status: string; first: string; text: string }> {
  const zone = parseZone(zoneText(identity, data, platform), 'zone.yaml');
  if (!zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join('\n'));
  const read = readPolicyFiles(Object.entries(files).map(([file, value]) => ({ file, text: JSON.stringify(value) })));
  expect(read.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const claims = verifyIdentities([zone.value], read).zones.flatMap((z) => z.claims);
  return Object.fromEntries(
    claims.map((c) => [
      c.id.split('/').slice(1).join('/'),
      { status: c.status, first: c.witnesses[0] === undefined ? '' : `${c.witnesses[0].action} ${c.witnesses[0].resource}`, text: JSON.stringify(c) },
    ]),
  );
}

const of = (...Statement: Statements): object => ({ Version: '2012-10-17', Statement });
const good: Statements = [
  {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: ['arn:aws:s3:::corpus/*', 'arn:aws:s3:::ckpt/runs/*'],
    Condition: { StringEquals: { 'aws:ResourceAccount': '111122223333' } },
  },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::corpus' },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::ckpt', Condition: { StringLike: { 's3:prefix': 'runs/*' } } },
  { Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], Resource: 'arn:aws:s3:::ckpt/runs/*' },
];
const trust = of({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:ai:job', [`${issuer}:aud`]: 'sts.amazonaws.com' } },
});
const data = `${corpus}, ${runs}`;

describe('policies that hold', () => {
  test('every claim', () => {
    const found = ask(irsa, data, { 'p.json': of(...good), 'trust.json': trust });
    expect(Object.entries(found).filter(([, c]) => c.status !== 'holds')).toEqual([]);
    expect(Object.keys(found)).toHaveLength(10);
  });
});

describe('each fault is found, with a request', () => {
  test.each<[string, object, string, string]>([
    ['everything may be read', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }, 'iam-reads/w', 's3:GetObject'],
    ['buckets may be listed', { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }, 'iam-reads/w', 's3:ListAllMyBuckets *'],
    [
      'a bucket may be listed outside the prefix',
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::ckpt' },
      'iam-reads/w',
      's3:ListBucket arn:aws:s3:::ckpt',
    ],
    [
      'the prefix has no end',
      { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::ckpt/run*' },
      'iam-writes/w',
      's3:PutObject arn:aws:s3:::ckpt/run',
    ],
    [
      'the corpus may be written',
      { Effect: 'Allow', Action: 's3:Put*', Resource: 'arn:aws:s3:::corpus/*' },
      'iam-writes/w',
      's3:PutObject arn:aws:s3:::corpus/',
    ],
    [
      'all but some actions',
      { Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::ckpt/runs/*' },
      'iam-deletes/w',
      's3:DeleteObject arn:aws:s3:::ckpt/runs/',
    ],
    [
      'versions may be deleted',
      { Effect: 'Allow', Action: 's3:DeleteObjectVersion', Resource: 'arn:aws:s3:::ckpt/*' },
      'iam-deletes/w',
      's3:DeleteObjectVersion arn:aws:s3:::ckpt/',
    ],
    [
      'ACLs may be set',
      { Effect: 'Allow', Action: 's3:PutObjectAcl', Resource: 'arn:aws:s3:::ckpt/*' },
      'iam-permissions/w',
      's3:PutObjectAcl arn:aws:s3:::ckpt/',
    ],
    [
      'S3 may be told to replicate',
      { Effect: 'Allow', Action: 's3:PutReplicationConfiguration', Resource: '*' },
      'iam-permissions/w',
      's3:PutReplicationConfiguration arn:aws:s3:::',
    ],
    ['another role may be assumed', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }, 'iam-permissions/w', 'sts:AssumeRole arn:aws:iam::'],
    ['a grant on a key', { Effect: 'Allow', Action: 'kms:*', Resource: '*' }, 'iam-permissions/w', 'kms:CreateGrant arn:aws:kms:'],
    ['express buckets of anybody', { Effect: 'Allow', Action: 's3express:*', Resource: '*' }, 'iam-foreign/w', 's3express:'],
    [
      'a condition that an absent key slips past',
      { Effect: 'Allow', Action: 's3:PutObject', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } },
      'iam-foreign/w',
      's3:PutObject',
    ],
  ])('%s', (_, statement, claim, request) => {
    const found = ask(irsa, data, { 'p.json': of(...good, statement), 'trust.json': trust });
    expect(found[claim]).toMatchObject({ status: 'fails', first: expect.stringContaining(request) });
  });
});

describe('what keeps the role apart', () => {
  const wide = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  test('a denial of everything in other accounts', () => {
    const deny = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { 'aws:ResourceAccount': '111122223333' } } };
    expect(ask(irsa, data, { 'p.json': of(wide, deny), 'trust.json': trust })['iam-foreign/w']?.status).toBe('holds');
    expect(ask(irsa, data, { 'p.json': of(wide), 'trust.json': trust })['iam-foreign/w']?.status).toBe('fails');
  });
  test('a boundary, where a list says that it is one', () => {
    const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { policies: [{ file: 'limit.json', kind: 'boundary' }] } };
    const found = ask(irsa, data, { 'p.json': of(wide), 'limit.json': of(...good), 'trust.json': trust, 'list.json': list });
    expect(Object.entries(found).filter(([, c]) => c.status !== 'holds')).toEqual([]);
  });
  test('an endpoint is not counted on, but counts against what is needed', () => {
    const endpoint = {
      VpcEndpoints: [
        {
          VpcEndpointId: 'vpce-1',
          ServiceName: 'com.amazonaws.us-east-1.s3',
          PolicyDocument: JSON.stringify(of({ Effect: 'Allow', Principal: '*', Action: '*', Resource: 'arn:aws:s3:::corpus/*' })),
        },
      ],
    };
    const found = ask(irsa, data, { 'p.json': of(wide), 'trust.json': trust, 'e.json': endpoint });
    expect(found['iam-writes/w']?.status).toBe('fails');
    expect(found['iam-needs/w/runs']?.status).toBe('fails');
    expect(found['iam-endpoint/vpce-1']?.status).toBe('fails');
  });
  const through = (service: string, ...statements: Statements): object => ({
    VpcEndpoints: [{ VpcEndpointId: 'vpce-1', ServiceName: service, PolicyDocument: JSON.stringify(of(...statements)) }],
  });
  const anybody = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  test.each<[string, string, object, string | undefined]>([
    ['China', 'cn.com.amazonaws.cn-north-1.s3', anybody, 'fails'],
    ['China, under the name of elsewhere', 'com.amazonaws.cn-north-1.s3', anybody, 'fails'],
    ['root users', 'com.amazonaws.us-east-1.s3', { ...anybody, Condition: { StringEquals: { 'aws:PrincipalType': 'Account' } } }, 'fails'],
    ['federated users', 'com.amazonaws.us-east-1.s3', { ...anybody, Condition: { StringEquals: { 'aws:PrincipalType': 'FederatedUser' } } }, 'fails'],
    [
      'buckets that look like those of layers',
      'com.amazonaws.us-east-1.s3',
      { ...anybody, Action: 's3:GetObject', Resource: 'arn:aws:s3:::prod-*-starport-layer-bucket/*' },
      'fails',
    ],
    [
      'those of layers',
      'com.amazonaws.us-east-1.s3',
      { ...anybody, Action: 's3:GetObject', Resource: 'arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*' },
      'holds',
    ],
    ['tables', 'com.amazonaws.us-east-1.s3tables', anybody, 'fails'],
    ['access points of all regions', 'com.amazonaws.s3-global.accesspoint', anybody, undefined],
  ])('an endpoint: %s', (_, service, statement, status) => {
    const files = { 'p.json': of(...good), 'trust.json': trust, 'e.json': through(service, statement) };
    expect(ask(irsa, data, files, service.includes('cn-') ? 'region: cn-north-1' : undefined)['iam-endpoint/vpce-1']?.status).toBe(status);
    const zone = parseZone(zoneText(irsa, data), 'zone.yaml');
    const read = readPolicyFiles(Object.entries(files).map(([file, value]) => ({ file, text: JSON.stringify(value) })));
    const left = zone.ok ? verifyIdentities([zone.value], read).zones.flatMap((z) => z.notCovered) : [];
    expect(left.filter((text) => text.includes('vpce-1'))).toHaveLength(status === undefined ? 1 : 0);
  });
  test('an endpoint of STS in China must let tokens pass', () => {
    const ours = { ...anybody, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-mine' } } };
    const files = { 'p.json': of(...good), 'trust.json': trust, 'e.json': through('cn.com.amazonaws.cn-north-1.sts', ours) };
    expect(ask(irsa, data, files, 'region: cn-north-1')['iam-web-identity/vpce-1']?.status).toBe('fails');
  });
  test('a resource control policy has no say over IAM, and perhaps over directory buckets', () => {
    const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { policies: [{ file: 'r.json', kind: 'rcp' }] } };
    const found = (action: string): string | undefined =>
      ask(irsa, data, {
        'p.json': of(...good, { Effect: 'Allow', Action: action, Resource: action.startsWith('iam') ? 'arn:aws:iam::111122223333:role/*' : '*' }),
        'trust.json': trust,
        'r.json': of({ Effect: 'Deny', Principal: '*', Action: action, Resource: '*' }),
        'list.json': list,
      })[action.startsWith('iam') ? 'iam-permissions/w' : 'iam-reads/w']?.status;
    expect(found('iam:AttachRolePolicy')).toBe('fails');
    expect(found('s3express:CreateSession')).not.toBe('holds');
  });
  test('an endpoint for one organization', () => {
    const closed = of({
      Effect: 'Allow',
      Principal: '*',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-mine', 'aws:ResourceOrgID': 'o-mine' } },
    });
    const endpoint = { VpcEndpoints: [{ VpcEndpointId: 'vpce-1', ServiceName: 'com.amazonaws.us-east-1.s3', PolicyDocument: JSON.stringify(closed) }] };
    const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { organization: 'o-mine', policies: [] } };
    expect(ask(irsa, data, { 'p.json': of(...good), 'trust.json': trust, 'e.json': endpoint, 'l.json': list })['iam-endpoint/vpce-1']?.status).toBe('holds');
  });
});

describe('what the cluster needs through its endpoints', () => {
  const endpoint = (service: string, ...statements: Statements): object => ({
    VpcEndpoints: [{ VpcEndpointId: 'vpce-1', ServiceName: `com.amazonaws.us-east-1.${service}`, PolicyDocument: JSON.stringify(of(...statements)) }],
  });
  const all = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  const ours = { ...all, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-mine', 'aws:ResourceOrgID': 'o-mine' } } };
  const layers = { ...all, Action: 's3:GetObject', Resource: 'arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*' };
  const web = { ...all, Action: 'sts:AssumeRoleWithWebIdentity' };
  const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { organization: 'o-mine', policies: [] } };
  test.each<[string, string, Statements, string, string]>([
    ['image layers, for one organization', 's3', [ours], 'iam-image-pull/vpce-1', 'fails'],
    ['image layers, apart', 's3', [ours, layers], 'iam-image-pull/vpce-1', 'holds'],
    ['image layers, by endpoint', 's3', [{ ...layers, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }], 'iam-image-pull/vpce-1', 'undecided'],
    ['tokens, for one organization', 'sts', [ours], 'iam-web-identity/vpce-1', 'fails'],
    ['tokens, apart', 'sts', [ours, web], 'iam-web-identity/vpce-1', 'holds'],
  ])('%s', (_, service, statements, claim, status) => {
    const found = ask(irsa, data, { 'p.json': of(...good), 'trust.json': trust, 'e.json': endpoint(service, ...statements), 'l.json': list });
    expect(found[claim]?.status).toBe(status);
  });
});

describe('trust', () => {
  const statement = (
    condition: object,
    principal: object | string = { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
    Action: unknown = 'sts:AssumeRoleWithWebIdentity',
  ): object => of({ Effect: 'Allow', Principal: principal, Action, Condition: condition });
  test.each<[string, object, string]>([
    ['no audience', statement({ StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:ai:job' } }), 'fails'],
    ['no subject', statement({ StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' } }), 'fails'],
    [
      'a subject with a wildcard',
      statement({ StringLike: { [`${issuer}:sub`]: 'system:serviceaccount:ai:*', [`${issuer}:aud`]: 'sts.amazonaws.com' } }),
      'fails',
    ],
    [
      'a condition that an absent key slips past',
      statement({ StringEqualsIfExists: { [`${issuer}:sub`]: 'system:serviceaccount:ai:job' }, StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' } }),
      'holds',
    ],
    ['the account', of({ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }), 'fails'],
    ['everybody', of({ Effect: 'Allow', Principal: '*', Action: 'sts:*' }), 'fails'],
    ['everybody of a role name', statement({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci' } }, { AWS: '*' }, 'sts:AssumeRole'), 'fails'],
    ['a service', of({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }), 'fails'],
  ])('%s', (_, document, status) => {
    expect(ask(irsa, data, { 'p.json': of(...good), 'trust.json': document })['iam-assumed/w']?.status).toBe(status);
  });
  test('Pod Identity needs to tag the session', () => {
    const pods = (Action: unknown): object => of({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action });
    const both = ask(podIdentity, data, { 'p.json': of(...good), 'trust.json': pods(['sts:AssumeRole', 'sts:TagSession']) });
    expect([both['iam-assumed/w']?.status, both['iam-assumable/w']?.status]).toEqual(['fails', 'holds']);
    const one = ask(podIdentity, data, { 'p.json': of(...good), 'trust.json': pods('sts:AssumeRole') });
    expect(one['iam-assumable/w']).toMatchObject({ status: 'fails', first: expect.stringContaining('sts:TagSession') });
  });
  const tags = { 'aws:RequestTag/kubernetes-namespace': 'ai', 'aws:RequestTag/kubernetes-service-account': 'job' };
  const cluster = { ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:us-east-1:111122223333:cluster/prod' } };
  test.each<[string, object, string, string]>([
    ['pinned', { StringEquals: tags, ...cluster }, 'holds', 'holds'],
    ['the tags of another namespace', { StringEquals: { ...tags, 'aws:RequestTag/kubernetes-namespace': 'other' }, ...cluster }, 'fails', 'fails'],
    ['tags that may be absent', { StringEqualsIfExists: tags, ...cluster }, 'fails', 'holds'],
    ['no ServiceAccount', { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'ai' }, ...cluster }, 'fails', 'holds'],
    ['no cluster', { StringEquals: { ...tags, 'aws:SourceAccount': '111122223333' } }, 'fails', 'holds'],
    ['any cluster', { StringEquals: tags, ArnLike: { 'aws:SourceArn': 'arn:aws:eks:*:111122223333:cluster/*' } }, 'fails', 'holds'],
  ])('Pod Identity is for these pods alone: %s', (_, condition, assumed, can) => {
    const document = statement(condition, { Service: 'pods.eks.amazonaws.com' }, ['sts:AssumeRole', 'sts:TagSession']);
    const found = ask(podIdentity, data, { 'p.json': of(...good), 'trust.json': document });
    expect([found['iam-assumed/w']?.status, found['iam-assumable/w']?.status]).toEqual([assumed, can]);
  });
  test('the provider of another cluster is not ours', () => {
    const asked = (platform?: string): readonly unknown[] => {
      const found = ask(irsa, data, { 'p.json': of(...good), 'trust.json': trust }, platform);
      return [found['iam-assumed/w']?.status, found['iam-assumable/w']?.status, found['iam-assumed/w']?.text.includes("is taken to be this cluster's")];
    };
    expect(asked()).toEqual(['holds', 'holds', true]);
    expect(asked(`region: us-east-1, oidcIssuer: "https://${issuer}"`)).toEqual(['holds', 'holds', false]);
    expect(asked('region: us-east-1, oidcIssuer: "https://oidc.eks.us-east-1.amazonaws.com/id/MINE"')).toEqual(['fails', 'fails', false]);
  });
  test.each(['assumed-role/attacker/me', 'federated-user/bob'])('a session is somebody: %s', (session) => {
    const both = {
      ...trust,
      Statement: [
        ...(trust as { Statement: Statements }).Statement,
        { Effect: 'Allow', Principal: { AWS: `arn:aws:sts::999988887777:${session}` }, Action: 'sts:AssumeRole' },
      ],
    };
    expect(ask(irsa, data, { 'p.json': of(...good), 'trust.json': both })['iam-assumed/w']).toMatchObject({
      status: 'fails',
      text: expect.stringContaining(session),
    });
  });
  test('a bucket policy for a session of the role leaves it undecided, and names the statement', () => {
    const bucket = of({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/training/x' },
      Action: 's3:*',
      Resource: 'arn:aws:s3:::other/*',
    });
    expect(ask(irsa, data, { 'p.json': of(...good), 'trust.json': trust, 'bucket.json': bucket })['iam-reads/w']).toMatchObject({
      status: 'undecided',
      text: expect.stringContaining('perhaps by bucket, statement 1'),
    });
  });
  test('without the trust policy nothing is known', () => {
    expect(ask(irsa, data, { 'p.json': of(...good) })['iam-assumed/w']?.status).toBe('undecided');
  });
});

describe('what is needed', () => {
  test('the guide’s denial of all but the training data shuts the checkpoints', () => {
    const deny = { Effect: 'Deny', Action: 's3:*', NotResource: ['arn:aws:s3:::corpus', 'arn:aws:s3:::corpus/*'] };
    const found = ask(irsa, data, { 'p.json': of(...good, deny), 'trust.json': trust });
    expect(found['iam-needs/w/corpus']?.status).toBe('holds');
    expect(found['iam-needs/w/runs']).toMatchObject({
      status: 'fails',
      first: 's3:PutObject arn:aws:s3:::ckpt/runs/example',
      text: expect.stringContaining('NotResource'),
    });
  });
  test('a perimeter on the network leaves it undecided', () => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } };
    expect(ask(irsa, data, { 'p.json': of(...good, deny), 'trust.json': trust })['iam-needs/w/runs']).toMatchObject({
      status: 'undecided',
      text: expect.stringContaining('vpce-1'),
    });
  });
  test('without policies nothing is proven', () => {
    const found = ask(irsa, data, { 'trust.json': trust });
    expect(found['iam-reads/w']?.status).toBe('undecided');
    expect(found['iam-assumed/w']?.status).toBe('holds');
  });
});

test('a policy in a string has its faults at the string', () => {
  const text = JSON.stringify({
    Policy: JSON.stringify(of({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', Condition: { StringEqual: {} } })),
  });
  const read = readPolicyFiles([{ file: 'bucket.json', text }]);
  const [fault] = read.diagnostics;
  expect(fault).toMatchObject({ code: 'unknown-operator', hint: 'Did you mean StringEquals?' });
  expect(fault?.origin === null || fault === undefined ? null : read.locator.locate(fault.origin)).toMatchObject({ line: 1, column: 11 });
});

describe('keys', () => {
  const arn = (id: string): string => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
  const corpusUnder = (id: string): string => `{name: corpus, access: read, s3: {bucket: corpus, kmsKey: "${arn(id)}"}}`;
  const runsUnder = (id: string): string => `{name: runs, access: write-resume, s3: {bucket: ckpt, prefix: runs/, kmsKey: "${arn(id)}"}}`;
  const use = (id: string, ...actions: readonly string[]): object => ({ Effect: 'Allow', Action: actions, Resource: id === '*' ? '*' : arn(id) });
  const claimOf = (data: string, ...more: Statements): { readonly status: string; readonly first: string } => {
    const found = ask(irsa, data, { 'p.json': of(...good, ...more), 'trust.json': trust })['iam-keys/w'];
    return { status: found?.status ?? 'absent', first: found?.first ?? '' };
  };
  const both = `${corpusUnder('data')}, ${runsUnder('ckpt')}`;

  test('those of the data sets alone', () => {
    expect(claimOf(both, use('data', 'kms:Decrypt'), use('ckpt', 'kms:Decrypt', 'kms:GenerateDataKey')).status).toBe('holds');
    expect(claimOf(both, use('*', 'kms:Decrypt')).status).toBe('fails');
    expect(claimOf(both, use('other', 'kms:ReEncrypt*')).first).toMatch(/^kms:ReEncrypt(?:From|To) arn:aws:kms:us-east-1:111122223333:key\/other$/);
  });

  test('a zone that names none leaves it undecided once the role uses one', () => {
    expect(claimOf(data, use('other', 'kms:Decrypt')).status).toBe('undecided');
    expect(claimOf(data).status).toBe('holds');
  });

  test('a writer whose key is that of data which it is not to read', () => {
    const twoJobs = (id: string): string => `${runsUnder(id)}]
  - name: trainer
    selector: {app: trainer}
    framework: pytorch
    identity: {serviceAccount: trainer, irsa: {role: other}}
    data: [${corpusUnder('data')}`;
    expect(claimOf(twoJobs('ckpt'), use('ckpt', 'kms:Decrypt', 'kms:GenerateDataKey')).status).toBe('holds');
    expect(claimOf(twoJobs('data'), use('data', 'kms:Decrypt', 'kms:GenerateDataKey'))).toEqual({ status: 'fails', first: `kms:Decrypt ${arn('data')}` });
  });
});
