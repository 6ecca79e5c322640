import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { diffIdentities } from './diff.ts';
import { readPolicyFiles } from './read-policies.ts';
import { runLints } from './run-lints.ts';
import { verifyIdentities } from './verify.ts';

// Written by hand in the shape that HashiCorp documents ("JSON Output Format"); no Terraform has printed it.
const account = '111122223333';
const issuer = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
const zoneText = `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "${account}", cluster: prod}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: {serviceAccount: job, irsa: {role: training}}
    data: [{name: corpus, access: read, s3: {bucket: corpus}}]
`;
const of = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const trust = of({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:ai:job', [`${issuer}:aud`]: 'sts.amazonaws.com' } },
});
const reads = of(
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::corpus/*' },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::corpus' },
);
const everything = of({ Effect: 'Allow', Action: 's3:*', Resource: '*' });

type Values = Readonly<Record<string, unknown>>;
interface Made {
  readonly type: string;
  readonly name: string;
  readonly values: Values;
  readonly index?: number | string;
  readonly module?: string;
  readonly unknown?: Values;
  readonly expressions?: Values;
  readonly actions?: readonly string[];
  readonly mode?: string;
}
const address = ({ type, name, index, module }: Made): string =>
  `${module === undefined ? '' : `${module}.`}${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`;
const placed = (r: Made): object => ({
  address: address(r),
  mode: r.mode ?? 'managed',
  type: r.type,
  name: r.name,
  ...(r.index === undefined ? {} : { index: r.index }),
  provider_name: 'registry.terraform.io/hashicorp/aws',
  schema_version: 0,
  values: r.values,
});

function modulesOf(all: readonly Made[]): object {
  const modules = [...new Set(all.flatMap((r) => r.module ?? []))];
  return {
    resources: all.filter((r) => r.module === undefined).map(placed),
    child_modules: modules.map((m) => ({ address: m, resources: all.filter((r) => r.module === m).map(placed) })),
  };
}
const state = (...all: readonly Made[]): object => ({ format_version: '1.0', terraform_version: '1.9.0', values: { root_module: modulesOf(all) } });

function plan(all: readonly Made[], more: object = {}): object {
  const configured = (module: string | undefined): object[] =>
    all
      .filter((r) => r.module === module)
      .map(({ type, name, expressions }) => ({
        address: `${type}.${name}`,
        mode: 'managed',
        type,
        name,
        provider_config_key: 'aws',
        expressions: expressions ?? {},
      }));
  const calls = [...new Set(all.flatMap((r) => r.module ?? []))].map((m) => [
    m.replace(/^module\.|\[.*$/g, ''),
    { source: './m', expressions: { policy_arn: { references: ['aws_iam_policy.data.arn', 'aws_iam_policy.data'] } }, module: { resources: configured(m) } },
  ]);
  return {
    format_version: '1.2',
    terraform_version: '1.9.0',
    planned_values: { root_module: modulesOf(all.filter((r) => !(r.actions ?? []).includes('delete'))) },
    resource_changes: all.map((r) => ({
      address: address(r),
      mode: 'managed',
      type: r.type,
      name: r.name,
      change: { actions: r.actions ?? ['create'], before: r.actions === undefined ? null : r.values, after: r.values, after_unknown: r.unknown ?? {} },
    })),
    configuration: { root_module: { resources: configured(undefined), module_calls: Object.fromEntries(calls) } },
    ...more,
  };
}

function read(...documents: readonly object[]) {
  return readPolicyFiles(documents.map((d, i) => ({ file: `tf${i}.json`, text: JSON.stringify(d, null, 1) })));
}
function claims(...documents: readonly object[]): Readonly<Record<string, { readonly status: string; readonly text: string }>> {
  const zone = parseZone(zoneText, 'zone.yaml');
  if (!zone.ok) throw new Error('no zone');
  const policies = read(...documents);
  expect(policies.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const all = verifyIdentities([zone.value], policies).zones.flatMap((z) => z.claims);
  return Object.fromEntries(all.map((c) => [c.id.split('/').slice(1).join('/'), { status: c.status, text: JSON.stringify(c) }]));
}
const open = (...documents: readonly object[]): readonly string[] =>
  Object.entries(claims(...documents)).flatMap(([id, c]) => (c.status === 'holds' ? [] : [`${id} ${c.status}`]));

const role: Made = { type: 'aws_iam_role', name: 'train', values: { name: 'training', assume_role_policy: trust, path: '/' } };
const inState: Made = { ...role, values: { ...role.values, arn: `arn:aws:iam::${account}:role/training` } };
const attached = (policy: string): Made => ({
  type: 'aws_iam_role_policy',
  name: 'data',
  values: { role: 'training', name: 'data', policy },
  expressions: { role: { references: ['aws_iam_role.train.name', 'aws_iam_role.train'] } },
});
const managed: Made = { type: 'aws_iam_policy', name: 'data', values: { name: 'data', policy: reads }, unknown: { arn: true, id: true } };
const attachment: Made = {
  type: 'aws_iam_role_policy_attachment',
  name: 'data',
  values: { role: 'training' },
  unknown: { id: true, policy_arn: true },
  expressions: {
    role: { references: ['aws_iam_role.train.name', 'aws_iam_role.train'] },
    policy_arn: { references: ['aws_iam_policy.data.arn', 'aws_iam_policy.data'] },
  },
};

describe('a state', () => {
  test('roles with their inline policies, in modules too', () => {
    expect(open(state(inState, attached(reads)))).toEqual([]);
    expect(open(state({ ...inState, module: 'module.a' }, { ...attached(reads), module: 'module.a' }))).toEqual([]);
    const inline = { ...inState, values: { ...inState.values, inline_policy: [{ name: 'own', policy: reads }] } };
    expect(open(state(inline))).toEqual([]);
  });

  test('attached policies by their ARN, and a boundary', () => {
    const arn = `arn:aws:iam::${account}:policy/data`;
    const text = { ...managed, values: { ...managed.values, arn } };
    expect(open(state(inState, text, { ...attachment, values: { role: 'training', policy_arn: arn } }))).toEqual([]);
    expect(open(state(inState, text, { type: 'aws_iam_policy_attachment', name: 'x', values: { roles: ['training'], policy_arn: arn } }))).toEqual([]);
    expect(open(state({ ...inState, values: { ...inState.values, managed_policy_arns: [arn] } }, text))).toEqual([]);
    const bounded = { ...inState, values: { ...inState.values, permissions_boundary: arn } };
    expect(open(state(bounded, text, attached(everything)))).toEqual([]);
    expect(open(state(inState, text, attached(everything))).length).toBeGreaterThan(3);
    const data: Made = { ...text, mode: 'data' };
    expect(open(state(inState, data, { ...attachment, values: { role: 'training', policy_arn: arn } }))).toEqual([]);
  });

  test('a policy whose text is elsewhere leaves all undecided, and names the resource', () => {
    const admin = { ...attachment, module: 'module.a', values: { role: 'training', policy_arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' } };
    const found = claims(state(inState, attached(reads), admin));
    expect(found['iam-reads/w']?.status).toBe('undecided');
    expect(found['iam-needs/w/corpus']?.status).toBe('undecided');
    expect(found['iam-reads/w']?.text).toContain('module.a.aws_iam_role_policy_attachment.data');
    expect(found['iam-assumed/w']?.status).toBe('holds');
  });

  test('policies of buckets, keys, endpoints and organizations are told apart', () => {
    const arn = 'arn:aws:kms:us-east-1:111122223333:key/1';
    const one = of({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
    const scp = of({ Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' });
    const { policies } = read(
      state(
        { type: 'aws_s3_bucket', name: 'b', values: { bucket: 'corpus', arn: 'arn:aws-cn:s3:::corpus' } },
        { type: 'aws_s3_bucket_policy', name: 'b', values: { bucket: 'corpus', policy: one } },
        { type: 'aws_kms_key', name: 'k', values: { arn, key_id: '1', policy: one } },
        { type: 'aws_kms_key', name: 'l', values: { arn: `${arn}2`, key_id: '12', policy: one } },
        { type: 'aws_kms_key_policy', name: 'l', values: { key_id: '12', policy: one } },
        { type: 'aws_vpc_endpoint', name: 'e', values: { id: 'vpce-1', service_name: 'com.amazonaws.us-east-1.s3', policy: one } },
        { type: 'aws_vpc_endpoint_policy', name: 'e', values: { vpc_endpoint_id: 'vpce-1', policy: one } },
        { type: 'aws_s3control_access_point_policy', name: 'a', values: { access_point_arn: 'arn:aws:s3:us-east-1:111122223333:accesspoint/a', policy: one } },
        { type: 'aws_organizations_policy', name: 's', values: { id: 'p-1', type: 'SERVICE_CONTROL_POLICY', content: scp } },
        { type: 'aws_organizations_policy_attachment', name: 's', values: { policy_id: 'p-1', target_id: 'r-ab12' } },
      ),
    );
    expect(policies.map(({ policy }) => `${policy.kind} ${policy.name} ${policy.resource}${policy.statements[0]?.unsure == null ? '' : ' ?'}`)).toEqual([
      'resource aws_s3_bucket_policy.b arn:aws-cn:s3:::corpus',
      `resource aws_kms_key.k ${arn}`,
      `resource aws_kms_key_policy.l ${arn}2`,
      'endpoint aws_vpc_endpoint_policy.e com.amazonaws.us-east-1.s3',
      'resource aws_s3control_access_point_policy.a arn:aws:s3:us-east-1:111122223333:accesspoint/a',
      'scp aws_organizations_policy.s null',
      'scp FullAWSAccess beside aws_organizations_policy.s null ?',
    ]);
  });

  test('a control policy that only denies does not prove that nothing is allowed', () => {
    const content = of({ Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' });
    const scp: Made = { type: 'aws_organizations_policy', name: 's', values: { id: 'p-1', content } };
    const hung: Made = { type: 'aws_organizations_policy_attachment', name: 's', values: { policy_id: 'p-1', target_id: 'r-ab12' } };
    const deletes = of({ Effect: 'Allow', Action: ['s3:DeleteObject', 's3:PutObject'], Resource: '*' });
    expect(claims(state(inState, attached(deletes), scp, hung))['iam-writes/w']?.status).toBe('undecided');
    expect(claims(state(inState, attached(deletes), scp, hung))['iam-deletes/w']?.status).toBe('holds');
    // Attached to nothing that is known, it denies nothing for certain.
    expect(claims(state(inState, attached(deletes), scp))['iam-deletes/w']?.status).toBe('undecided');
  });
});

describe('a plan', () => {
  test('an attachment whose ARN is not known yet is linked by what its configuration refers to', () => {
    expect(open(plan([role, managed, attachment]))).toEqual([]);
  });

  test('through a variable of a module', () => {
    const inside: Made = { ...attachment, module: 'module.grant', expressions: { policy_arn: { references: ['var.policy_arn'] } } };
    expect(open(plan([role, managed, inside]))).toEqual([]);
    expect(open(plan([role, managed, { ...inside, module: 'module.grant["a.b"]' }]))).toEqual([]);
  });

  test('of several instances the one that is named; another leaves it undecided', () => {
    const other: Made = { ...managed, index: 1, values: { name: 'other', policy: everything } };
    const both = [role, { ...managed, index: 0 }, other];
    const refers = (...references: readonly string[]): Made => ({ ...attachment, expressions: { ...attachment.expressions, policy_arn: { references } } });
    expect(open(plan([...both, refers('aws_iam_policy.data[0].arn', 'aws_iam_policy.data[0]', 'aws_iam_policy.data')]))).toEqual([]);
    const vague = claims(plan([...both, refers('aws_iam_policy.data', 'count.index')]));
    expect([vague['iam-reads/w']?.status, vague['iam-writes/w']?.status, vague['iam-needs/w/corpus']?.status]).toEqual(['undecided', 'undecided', 'undecided']);
    expect(vague['iam-reads/w']?.text).toContain('aws_iam_role_policy_attachment.data: which policy it attaches is known after apply only');
  });

  test('a choice between two policies is undecided', () => {
    const either: Made = {
      ...attachment,
      expressions: { policy_arn: { references: ['aws_iam_policy.data.arn', 'aws_iam_policy.data', 'aws_iam_policy.more.arn', 'aws_iam_policy.more'] } },
    };
    expect(claims(plan([role, managed, { ...managed, name: 'more' }, either]))['iam-needs/w/corpus']?.status).toBe('undecided');
  });

  test('a text that is known after apply leaves undecided what rests on it, and nothing else', () => {
    const unknown = { ...attached(reads), values: { role: 'training', name: 'data' }, unknown: { policy: true, id: true } };
    const found = claims(plan([role, unknown]));
    expect(found['iam-reads/w']?.status).toBe('undecided');
    expect(found['iam-reads/w']?.text).toContain('aws_iam_role_policy.data: its policy is known after apply only');
    expect(found['iam-needs/w/corpus']?.status).toBe('undecided');
    expect(found['iam-assumed/w']?.status).toBe('holds');
    expect(runLints(read(plan([role, unknown])))).toEqual([]);
    const noTrust = claims(plan([{ ...role, values: { name: 'training' }, unknown: { assume_role_policy: true } }, attached(reads)]));
    expect([noTrust['iam-assumed/w']?.status, noTrust['iam-assumable/w']?.status, noTrust['iam-reads/w']?.status]).toEqual(['undecided', 'undecided', 'holds']);
    expect(noTrust['iam-assumable/w']?.text).toContain('aws_iam_role.train: its assume_role_policy');
  });

  test('a role whose name is not known may be any', () => {
    const nameless: Made = { ...role, name: 'other', values: { name_prefix: 'x-', assume_role_policy: trust }, unknown: { name: true, arn: true } };
    const wide: Made = {
      ...attached(everything),
      name: 'wide',
      values: { policy: everything },
      unknown: { role: true },
      expressions: { role: { references: ['aws_iam_role.other.id', 'aws_iam_role.other'] } },
    };
    const found = claims(plan([role, attached(reads), nameless, wide]));
    expect([found['iam-writes/w']?.status, found['iam-assumed/w']?.status, found['iam-needs/w/corpus']?.status]).toEqual(['undecided', 'holds', 'holds']);
    expect(found['iam-writes/w']?.text).toContain('aws_iam_role.other: its name is known after apply only');
  });

  test('a boundary that is perhaps that of the role limits nothing for certain', () => {
    const arn = `arn:aws:iam::${account}:policy/data`;
    const nameless: Made = { ...role, name: 'other', values: { assume_role_policy: trust, permissions_boundary: arn }, unknown: { name: true, arn: true } };
    const text: Made = { ...managed, values: { ...managed.values, arn }, unknown: {} };
    expect(claims(plan([role, attached(everything), nameless, text]))['iam-writes/w']?.status).toBe('undecided');
    const unread: Made = {
      ...role,
      values: { ...role.values },
      unknown: { permissions_boundary: true },
      expressions: { permissions_boundary: { references: ['local.x'] } },
    };
    expect(claims(plan([unread, attached(everything)]))['iam-writes/w']?.status).toBe('undecided');
  });

  test('what AWS has of its own accord, and the configuration does not set, is not in doubt', () => {
    const computed: Made = { ...role, unknown: { managed_policy_arns: true, inline_policy: true, arn: true, id: true } };
    expect(open(plan([computed, attached(reads)]))).toEqual([]);
    expect(open(plan([{ ...computed, expressions: { managed_policy_arns: { references: ['local.arns'] } } }, attached(reads)])).length).toBeGreaterThan(3);
  });

  test('what is deleted does not count, and what is forgotten does', () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const old: Made = {
      ...inState,
      values: { ...inState.values, managed_policy_arns: [arn], inline_policy: [{ name: 'wide', policy: everything }] },
      actions: ['no-op'],
    };
    const gone: Made = { type: 'aws_iam_role_policy_attachment', name: 'admin', values: { role: 'training', policy_arn: arn }, actions: ['delete'] };
    const wide: Made = { type: 'aws_iam_role_policy', name: 'wide', values: { role: 'training', name: 'wide', policy: everything }, actions: ['delete'] };
    expect(open(plan([old, attached(reads), gone, wide]))).toEqual([]);
    expect(claims(plan([old, attached(reads), gone]))['iam-writes/w']?.status).toBe('fails');
    expect(claims(plan([old, attached(reads), wide]))['iam-writes/w']?.status).toBe('undecided');
    const forgotten = plan([role, attached(reads), { ...wide, actions: ['delete'] }]) as { resource_changes: { change: { actions: string[] } }[] };
    for (const one of forgotten.resource_changes) if (one.change.actions[0] === 'delete') one.change.actions = ['forget'];
    expect(claims(forgotten)['iam-writes/w']?.status).toBe('fails');
  });

  test('a policy of a key or bucket that cannot be told yet makes no other resource closed', () => {
    const key: Made = { type: 'aws_kms_key', name: 'new', values: {}, unknown: { policy: true, arn: true } };
    expect(open(plan([role, attached(reads), key]))).toEqual(['iam-deletes/w undecided', 'iam-permissions/w undecided', 'iam-keys/w undecided']);
    const bucket: Made = {
      type: 'aws_s3_bucket_policy',
      name: 'b',
      values: { policy: of({ Effect: 'Deny', Principal: '*', Action: 's3:PutBucketAcl', Resource: 'arn:aws:s3:::x' }) },
      unknown: { bucket: true },
    };
    expect(claims(plan([role, attached(everything), bucket]))['iam-foreign/w']?.status).toBe('fails');
  });

  test('faults point into the JSON, at the string', () => {
    const { diagnostics, locator } = read(
      plan([role, attached('{"Version": "2012-10-17", "Statement": {"Effect": "Alow", "Action": "s3:*", "Resource": "*"}}')]),
    );
    const fault = diagnostics.find((d) => d.code === 'unknown-value');
    expect(fault?.origin === null || fault === undefined ? null : locator.locate(fault.origin).file).toBe('tf0.json');
    expect(fault?.origin?.path.slice(-4)).toEqual(['values', 'policy', 'Statement', 'Effect']);
  });

  test('a plan of a part, or of another format, is refused', () => {
    const codes = (more: object): readonly string[] => read(plan([role], more)).diagnostics.map((d) => d.code);
    expect([codes({ complete: false }), codes({ errored: true }), codes({ format_version: '2.0' })]).toEqual([
      ['incomplete-plan'],
      ['incomplete-plan'],
      ['unknown-version'],
    ]);
    expect(read({ version: 4, terraform_version: '1.9.0', serial: 1, lineage: 'x', resources: [] }).diagnostics[0]?.hint).toContain('terraform show -json');
  });

  test('hostile input is read in little time', () => {
    const loop: Made = {
      ...attachment,
      module: 'module.m',
      expressions: { policy_arn: { references: ['var.policy_arn', 'module.m.x', '__proto__.constructor', `module.m["${'\\'.repeat(9_999)}`] } },
    };
    const circular = plan([role, loop]) as { configuration: { root_module: { module_calls: { m: { expressions: object } } } } };
    circular.configuration.root_module.module_calls.m.expressions = { policy_arn: { references: ['module.m.x'] } };
    const many = { ...attachment, expressions: { policy_arn: { references: Array.from({ length: 50_000 }, (_, i) => `aws_iam_policy.p${i}.arn`) } } };
    const deep = { address: 'module.a' } as { child_modules?: object[] };
    let at = deep;
    for (let i = 0; i < 150; i++) {
      const next = {};
      at.child_modules = [next];
      at = next;
    }
    const started = performance.now();
    for (const one of [
      circular,
      plan([role, many]),
      { format_version: '1.0', values: { root_module: deep } },
      { format_version: '1.0', values: [] },
      { format_version: 1, values: { root_module: { resources: [null, 1, { address: 'a', type: 'aws_iam_role', values: 3 }] } } },
    ])
      read(one);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

test('a plan against a state says what it gives', () => {
  const { changes } = diffIdentities(
    { title: 'state', read: read(state(inState, attached(reads))) },
    {
      title: 'plan',
      read: read(
        plan([
          { ...inState, actions: ['no-op'] },
          { ...attached(everything), actions: ['update'] },
        ]),
      ),
    },
    null,
  );
  expect(changes.map((c) => c.change)).toContain('gained');
});
