import { expect, test } from 'vitest';
import { parseZone } from '../../../spec/parse.ts';
import { identityFiles, identityOf } from './files.ts';

const zone = (identity: string, data: string, platform = 'cni: cilium, cloud: aws, region: us-east-1, cluster: prod, account: "111122223333"') => {
  const parsed = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {${platform}}
  namespace: {name: ai-training}
  workloads:
  - name: pretrain
    selector: {app: pretrain}
    identity: {serviceAccount: train, ${identity}}
    data: [${data}]
`,
    'zone.yaml',
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((one) => one.message).join('\n'));
  return parsed.value.zone;
};

/** Every action that the documents of the role allow, in order. */
function allowed(data: string): readonly string[] {
  const { documents } = identityOf(zone('podIdentity: {role: "arn:aws:iam::111122223333:role/train"}', data));
  return documents
    .filter(({ name }) => /\.(data|checkpoints)$/.test(name))
    .flatMap(({ body }) => (body as { Statement: { Action: string | string[] }[] }).Statement.flatMap((one) => one.Action));
}

const reading = ['s3:ListBucket', 's3:GetObject'];
const writing = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:ListBucketMultipartUploads'];

test.each([
  ['read', reading],
  ['write-once', writing],
  ['write-resume', [...reading, ...writing]],
  ['rotate', [...reading, ...writing, 's3:DeleteObject']],
])('%s allows exactly what the mode needs', (access, actions) => {
  expect(allowed(`{name: d, s3: {bucket: my-data}, access: ${access}}`)).toEqual(actions);
});

test('keys: reading decrypts; writing makes data keys and decrypts', () => {
  const kmsKey = 'kmsKey: "arn:aws:kms:us-east-1:111122223333:key/0a1b"';
  expect(allowed(`{name: d, s3: {bucket: my-data, ${kmsKey}}}`).slice(2)).toEqual(['kms:Decrypt']);
  expect(allowed(`{name: d, s3: {bucket: my-data, ${kmsKey}}, access: write-once}`).slice(4)).toEqual(['kms:GenerateDataKey', 'kms:Decrypt']);
});

test('a directory bucket is one action, for reading in a session that reads', () => {
  expect(allowed('{name: d, s3: {bucket: d--use1-az4--x-s3}}')).toEqual(['s3express:CreateSession']);
});

test('data sets of several workloads under one role keep their own statements, and Sids stay apart', () => {
  const parsed = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium, cloud: aws, region: us-east-1, cluster: prod, account: "111122223333"}
  namespace: {name: ai-training}
  workloads:
  - {name: a, selector: {app: a}, identity: {serviceAccount: train, podIdentity: {role: "arn:aws:iam::111122223333:role/train"}}, data: [{name: d, s3: {bucket: one-data}}]}
  - {name: b, selector: {app: b}, identity: {serviceAccount: train, podIdentity: {role: "arn:aws:iam::111122223333:role/train"}}, data: [{name: d, s3: {bucket: two-data}}]}
`,
    'zone.yaml',
  );
  if (!parsed.ok) throw new Error('no zone');
  const document = identityOf(parsed.value.zone).documents.find(({ name }) => name === 'role-train.data')?.body as {
    Statement: { Sid: string; Resource: string }[];
  };
  expect(document.Statement.map((one) => [one.Sid, one.Resource])).toEqual([
    ['ListD', 'arn:aws:s3:::one-data'],
    ['ReadD', 'arn:aws:s3:::one-data/*'],
    ['ListD2', 'arn:aws:s3:::two-data'],
    ['ReadD2', 'arn:aws:s3:::two-data/*'],
  ]);
});

test('what the zone does not tell is named, and no half document is made', () => {
  const { documents, missing } = identityOf(zone('irsa: {role: train}', '{name: d, s3: {bucket: my-data}}'));
  expect(documents.map(({ name }) => name)).toEqual(['role-train.data', 'bucket-my-data']);
  expect(missing).toEqual([
    'platform.oidcIssuer, for the trust of the role',
    'platform.organization, for the policies of the VPC endpoints and the perimeters',
  ]);
  expect(identityFiles(zone('irsa: {role: train}', '{name: d, s3: {bucket: my-data}}')).map((file) => file.path)).not.toContain('iam/main.tf.json');
});

test('text of the zone stays text in Terraform and in CEL', () => {
  const files = identityFiles(
    zone(
      'gke: {serviceAccount: train@my-project.iam.gserviceaccount.com}',
      '{name: d, gcs: {bucket: b, prefix: "a\\"${x}\\\\"}}',
      'cni: cilium, cloud: gcp, project: {id: my-project}',
    ),
  );
  const plan = JSON.parse(files.find((file) => file.path === 'iam/main.tf.json')?.text ?? '{}');
  const [member] = Object.values(plan.resource.google_storage_bucket_iam_member) as { condition: { expression: string } }[];
  expect(member?.condition.expression).toContain('objects/a\\"$${x}\\\\"');
});

test('no policy grants more than data: no delete of versions, no ACL, no settings of buckets, no star', () => {
  for (const access of ['read', 'write-once', 'write-resume', 'rotate'])
    for (const action of allowed(`{name: d, s3: {bucket: my-data, prefix: runs/}, access: ${access}}`))
      expect(action).not.toMatch(/\*|Version|Acl|Retention|PutBucket|Replication/);
});
