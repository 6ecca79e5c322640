import { describe, expect, test } from 'vitest';
import { claimForms } from '../../../cases/support/claim-forms.ts';
import { profileOf } from '../../engine/profiles.ts';
import { jsonText, verifyJson } from '../../report/json.ts';
import { verifyReportSchema } from '../../report/schema/verify.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { identityNotCovered, verify } from '../verify.ts';
import { readPolicyFiles } from './read-policies.ts';
import { withIdentities } from './with-identities.ts';

const zoneText = {
  file: 'zone.yaml',
  text: `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: vision}
spec:
  platform: {cni: cilium, cloud: aws, region: us-east-1, account: "123456789012"}
  namespace: {name: ml}
  workloads:
  - name: train
    selector: {app: train}
    identity: {serviceAccount: train, irsa: {role: train}}
    data: [{name: corpus, s3: {bucket: corpus}, access: read}]
`,
};
const { zones } = readZones([zoneText]);
const manifest = {
  file: 'pods.yaml',
  text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: t, namespace: ml, labels: {app: train}}\nspec: {containers: [{name: c, image: i}]}\n',
};
const { snapshot, locator } = loadSnapshot([manifest]);
const profile = profileOf('cilium');
if (!profile.ok) throw new Error('no profile');
const network = verify(snapshot, profile.value, zones);

function judged(statements: readonly object[]): ReturnType<typeof verify> {
  const read = readPolicyFiles([
    { file: 'role.json', text: JSON.stringify({ RoleName: 'train', PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }) },
  ]);
  expect(read.diagnostics).toEqual([]);
  return withIdentities(network, zones, read);
}

const reads = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['arn:aws:s3:::corpus', 'arn:aws:s3:::corpus/*'] };

describe('verify with policies of the roles', () => {
  test('leaves every claim of the network as it is, and adds those of the identity', () => {
    const { zones: both } = judged([reads]);
    const claims = both[0]?.claims ?? [];
    const before = network.zones[0]?.claims ?? [];
    expect(claims.slice(0, before.length)).toEqual(before);
    expect(claims.find((c) => c.id === 'safety/iam-writes/train')?.status).toBe('holds');
    expect(claims.find((c) => c.id === 'liveness/iam-needs/train/corpus')?.status).toBe('holds');
    expect(network.zones[0]?.notCovered).toContain(identityNotCovered);
    expect(both[0]?.notCovered).not.toContain(identityNotCovered);
  });

  test('shows the request that refutes a claim in every form of the report', () => {
    const report = judged([reads, { Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    const claim = report.zones[0]?.claims.find((c) => c.id === 'safety/iam-writes/train');
    expect(claim?.status).toBe('fails');
    expect(claim?.requests?.[0]).toMatchObject({ action: 's3:PutObject', resource: 'arn:aws:s3:::example/example', decision: 'allowed' });
    const story = claim?.requests?.[0]?.story ?? '?';
    for (const text of claimForms(report, locator)) expect(text).toContain(story);
    const json = verifyJson(report, { locator, diagnostics: [], ignored: [] });
    expect(json.holds).toBe(false);
    expect(verifyReportSchema.parse(json)).toEqual(json);
    expect(jsonText(json)).toContain('"requests"');
  });

  test('a role whose policies are not given is undecided, and so are its claims', () => {
    const report = withIdentities(network, zones, readPolicyFiles([]));
    const added = report.zones[0]?.claims.filter((c) => c.id.includes('/iam-')) ?? [];
    expect(added.length).toBeGreaterThan(5);
    expect(new Set(added.map((c) => c.status))).toEqual(new Set(['undecided']));
  });
});
