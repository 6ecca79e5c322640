import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elsewhere, pod, type Row, training, zoneOf } from '../../cases/admission/pods.ts';
import { type AdmissionPolicy, admissionObjects, admissionPolicies } from '../../src/app/admission/objects.ts';
import { type Answer, ApiServer, unavailable } from './api-server.ts';

/**
 * The same pods that cases/admission asks a CEL library about, asked of a real API server. There each rule has a policy of its own that warns and does not refuse,
 * for of several refusals an API server reports the first.
 */
const sides = [
  ['training', 'ml', training],
  ['elsewhere', 'prod', elsewhere],
] as const;

/** Pods that no API server takes: tolerations by number are behind a feature gate that is off, and only those of NoExecute end. Source: kubernetes pkg/apis/core/validation. */
const notTaken: readonly string[] = ['taint: by number', 'taint: for a while'];

type Plain = Readonly<Record<string, unknown>>;
const plain = (value: unknown): Plain => value as Plain;

/** The pod under another name, in the namespace of its side. */
function named(object: unknown, name: string, namespace: string): Plain {
  return { apiVersion: 'v1', kind: 'Pod', ...plain(object), metadata: { ...plain(plain(object).metadata), name, namespace } };
}

describe.skipIf(unavailable !== null)(`rules for pods, by an API server${unavailable === null ? '' : `: ${unavailable}`}`, () => {
  let server: ApiServer;
  const policies = admissionPolicies(zoneOf());

  beforeAll(async () => {
    server = await ApiServer.start();
    for (const name of ['ml', 'prod']) await server.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const policy of policies) for (const rule of policy.rules) await put({ ...policy, name: `rule-${rule.id}`, rules: [rule] }, ['Warn']);
    // The API server learns of new policies by a watch, so what is in force is asked, not awaited.
    for (const [side, namespace] of [
      ['training', 'ml'],
      ['elsewhere', 'prod'],
    ] as const) {
      const marker = policies.find((p) => p.side === side);
      if (marker === undefined) throw new Error(`no policy for ${side}`);
      const last = { id: marker.rules[0]?.id ?? 'taint', expression: 'false', message: 'in force' } as const;
      await put({ ...marker, name: `marker-${side}`, rules: [last] }, ['Warn']);
      for (let tries = 0; tries < 400; tries++) {
        if ((await create(pod(), 'marker', namespace)).warnings.some((w) => w.includes(`marker-${side}`))) break;
        await new Promise((done) => setTimeout(done, 50));
      }
    }
  }, 180_000);
  afterAll(() => server?.stop());

  async function put(policy: AdmissionPolicy, actions: readonly string[]): Promise<void> {
    for (const object of admissionObjects(policy, 'kubernetes').map(plain)) {
      const binding = object.kind === 'ValidatingAdmissionPolicyBinding';
      const body = binding ? { ...object, spec: { ...plain(object.spec), validationActions: actions } } : object;
      const answer = await server.ask(
        'POST',
        `/apis/admissionregistration.k8s.io/v1/${binding ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies'}`,
        body,
      );
      if (answer.status !== 201) throw new Error(`${policy.name}: ${answer.body.message}`);
    }
  }

  const create = (object: unknown, name: string, namespace: string, kubelet = false): Promise<Answer> =>
    server.ask('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`, named(object, name, namespace), kubelet ? 'kubelet' : 'admin');

  async function update(old: unknown, object: unknown, name: string, namespace: string, part = ''): Promise<Answer> {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const made = await server.ask('POST', pods, named(old, name, namespace));
    if (made.status !== 201) throw new Error(`the old pod: ${made.body.message}`);
    const ephemeral = plain(plain(object).spec).ephemeralContainers !== undefined;
    // What admission gave to the old pod stays: tolerations are only ever added.
    const given = plain(plain(made.body).spec).tolerations as readonly unknown[];
    const spec = plain(plain(object).spec);
    const added = ((spec.tolerations ?? []) as readonly unknown[]).filter((t) => !given.some((g) => isDeepStrictEqual(g, t)));
    const next = { ...plain(object), spec: { ...spec, tolerations: [...given, ...added] } };
    return server.ask('PUT', `${pods}/${name}${ephemeral ? '/ephemeralcontainers' : part}?dryRun=All`, named(next, name, namespace));
  }

  let pods = 0;
  async function ask([, , object, , { operation = 'CREATE', old, groups = [], subresource } = {}]: Row, namespace: string): Promise<Answer> {
    const name = `p${pods++}`;
    // A kubelet may say that a pod is the mirror of a static one; to anybody else the same words are no excuse.
    return operation === 'UPDATE'
      ? update(old, object, name, namespace, subresource === undefined ? '' : `/${subresource}`)
      : create(object, name, namespace, groups.includes('system:nodes'));
  }

  for (const [side, namespace, rows] of sides) {
    test.each(rows.map((row) => ({ title: `${row[0]}: ${row[1]}`, row })))(`${side}: $title`, async ({ title, row }) => {
      const [id, , , passes] = row;
      const answer = await ask(row, namespace);
      if (notTaken.includes(title)) return expect([answer.status, passes]).toEqual([422, false]);
      expect(answer.body.message ?? '').toBe('');
      const refusing = answer.warnings.filter((w) => w.includes(`'rule-${id}'`));
      expect(refusing.length > 0 ? refusing : 'passes').toEqual(passes ? 'passes' : [expect.stringContaining(`'rule-${id}'`)]);
    });
  }

  test('as the pack binds them, they refuse, in the namespaces that they are about', async () => {
    for (const policy of policies) await put(policy, ['Deny']);
    let refused: Answer | undefined;
    for (let tries = 0; tries < 400; tries++) {
      refused = await create(pod({ hostNetwork: true }), 'x', 'ml');
      if (refused.status === 422) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(refused?.body.message).toContain('no NetworkPolicy applies there');
    expect((await create(pod({ hostNetwork: true }), 'x', 'prod')).body.message).toContain('may not tolerate the taint');
    expect((await create({ metadata: {}, spec: { hostNetwork: true, containers: [{ name: 'c', image: 'i' }] } }, 'x', 'prod')).status).toBe(201);
    expect((await create(pod({ hostNetwork: true, tolerations: [{ operator: 'Exists' }] }), 'x', 'kube-system')).status).toBe(201);
  });
});
