import { describe, expect, test } from 'vitest';
import { neededOf } from '../src/app/iam/needs.ts';
import { readPolicyFiles } from '../src/app/iam/read-policies.ts';
import { policiesOfRole } from '../src/app/iam/role-policies.ts';
import { safetyClaims } from '../src/app/iam/safety.ts';
import { actionGroups, awsWorkload, podKeys } from '../src/app/iam/workload.ts';
import { knownActions, storageServices } from '../src/iam/catalogue.ts';
import { matchesPattern } from '../src/iam/matches-pattern.ts';
import { Prover } from '../src/iam/prover/prove.ts';
import { parseZone } from '../src/spec/parse.ts';

/** What no mode needs and no claim refutes within data that may be written, and why it does no harm there. */
const harmless: Readonly<Record<string, string>> = {
  's3:PutObjectAnnotation': 'it stands beside the data of an object, which the role may replace',
  's3:PutObjectVersionAnnotation': 'it stands beside the data of a version, and leaves them as they are',
  's3:RestoreObject': 'it makes a copy, for a time, of what lies archived: nothing changes and nobody else reads it',
};

const object = 'arn:aws:s3:::ckpt/runs/example';
const writes = knownActions(storageServices, 'aws').filter(
  ({ level, range }) => level !== 'list' && level !== 'read' && range.resources.some((form) => form.source !== '*' && matchesPattern(form, object, new Map())),
);

function podWith(access: string) {
  const zone = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "111122223333", cluster: prod}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: {serviceAccount: job, irsa: {role: training}}
    data: [{name: runs, access: ${access}, s3: {bucket: ckpt, prefix: runs/}}]
`,
    'zone.yaml',
  );
  if (!zone.ok) throw new Error('no zone');
  const pod = awsWorkload(zone.value, 0);
  if (typeof pod === 'string') throw new Error(pod);
  return pod;
}

describe('each action of the table that writes to an object is needed, harmless or caught', () => {
  test('the table has them', () => {
    expect(writes.length).toBeGreaterThan(20);
    const names = writes.map((a) => a.range.name);
    expect(Object.keys(harmless).filter((name) => !names.includes(name))).toEqual([]);
  });
  test.each(['read', 'write-once', 'write-resume', 'rotate'])('%s', (access) => {
    const pod = podWith(access);
    const groups = actionGroups('aws');
    const needed = pod.data.flatMap(neededOf);
    const passed = writes
      .map((a) => a.range.name)
      .filter((action) => {
        const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: 'arn:aws:s3:::ckpt/runs/*' }] };
        const read = readPolicyFiles([{ file: 'p.json', text: JSON.stringify(policy) }]);
        const prover = new Prover(policiesOfRole(read, pod.role, { account: pod.account, need: false }));
        return safetyClaims(pod, prover, podKeys(pod, null), groups).every((c) => c.status === 'holds' || c.id === 'safety/iam-foreign/w');
      });
    const meant = writes.map((a) => a.range.name).filter((name) => needed.includes(name) || (access !== 'read' && name in harmless));
    expect(passed).toEqual(meant);
  });
});
