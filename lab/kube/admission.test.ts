import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs, networks } from '../../cases/admission/makers.ts';
import { elsewhere, pod, type Row, training, zoneOf } from '../../cases/admission/pods.ts';
import { type AdmissionPolicy, admissionObjects, admissionPolicies } from '../../src/app/admission/objects.ts';
import { type Answer, ApiServer, type Caller, unavailable } from './api-server.ts';

/**
 * The same pods that cases/admission asks a CEL library about, asked of a real API server. There each rule has a policy of its own that warns and does not refuse,
 * for of several refusals an API server reports the first.
 */
const sides = [
  ['training', 'ml', training],
  ['elsewhere', 'prod', elsewhere],
  ['jobs', 'ml', jobs],
  ['networks', 'prod', networks],
] as const;

/** Where the objects of a kind are asked for. */
const collections: Readonly<Record<string, readonly [api: string, resource: string]>> = {
  Pod: ['api/v1', 'pods'],
  Job: ['apis/batch/v1', 'jobs'],
  StatefulSet: ['apis/apps/v1', 'statefulsets'],
  NetworkAttachmentDefinition: ['apis/k8s.cni.cncf.io/v1', 'network-attachment-definitions'],
};

/** What a network of Multus is to an API server. Source: k8snetworkplumbingwg network-attachment-definition-client artifacts/networks-crd.yaml. */
const networkDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'network-attachment-definitions.k8s.cni.cncf.io' },
  spec: {
    group: 'k8s.cni.cncf.io',
    scope: 'Namespaced',
    names: { plural: 'network-attachment-definitions', singular: 'network-attachment-definition', kind: 'NetworkAttachmentDefinition' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { config: { type: 'string' } } } } } },
      },
    ],
  },
};

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
    expect((await server.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', networkDefinition)).status).toBe(201);
    for (const policy of policies)
      for (const id of new Set(policy.rules.map((r) => r.id)))
        await put({ ...policy, name: `rule-${id}`, rules: policy.rules.filter((r) => r.id === id) }, ['Warn']);
    // The API server learns of new policies by a watch, so what is in force is asked, not awaited.
    for (const [side, namespace, [row]] of sides) {
      const marker = policies.find((p) => p.side === side);
      const [rule] = marker?.rules ?? [];
      if (marker === undefined || rule === undefined || row === undefined) throw new Error(`no policy for ${side}`);
      await put({ ...marker, name: `marker-${side}`, rules: [{ ...rule, expression: 'false', message: 'in force' }] }, ['Warn']);
      for (let tries = 0; tries < 400; tries++) {
        if ((await create(row[2], 'marker', namespace)).warnings.some((w) => w.includes(`marker-${side}`))) break;
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

  function collection(object: unknown, namespace: string): string {
    const [api, resource] = collections[String(plain(object).kind ?? 'Pod')] ?? ['', ''];
    return `/${api}/namespaces/${namespace}/${resource}`;
  }

  const create = (object: unknown, name: string, namespace: string, caller: Caller = 'admin'): Promise<Answer> =>
    server.ask('POST', `${collection(object, namespace)}?dryRun=All&fieldValidation=Strict`, named(object, name, namespace), caller);

  async function update(old: unknown, object: unknown, name: string, namespace: string, part = ''): Promise<Answer> {
    const at = collection(object, namespace);
    const made = await server.ask('POST', at, named(old, name, namespace));
    if (made.status !== 201) throw new Error(`the old object: ${made.body.message}`);
    const next = plain(named(object, name, namespace));
    const ephemeral = plain(next.spec).ephemeralContainers !== undefined;
    // What the API server gave to the old one stays: tolerations of pods are only ever added, selectors and labels of Jobs never change.
    const before = plain(made.body.spec);
    const spec = plain(next.spec);
    const given = (before.tolerations ?? []) as readonly unknown[];
    const added = ((spec.tolerations ?? []) as readonly unknown[]).filter((t) => !given.some((g) => isDeepStrictEqual(g, t)));
    const metadata = { ...plain(next.metadata), resourceVersion: plain(made.body.metadata).resourceVersion };
    const whole =
      next.kind === 'Pod' ? { ...spec, tolerations: [...given, ...added] } : next.kind === 'Job' ? { ...before, template: joined(before, spec) } : spec;
    return server.ask('PUT', `${at}/${name}${ephemeral ? '/ephemeralcontainers' : part}?dryRun=All`, { ...next, metadata, spec: whole });
  }

  /** The template of a Job that is there, with the labels that it is to have besides. */
  function joined(before: Plain, { template }: Plain): Plain {
    const own = plain(before.template);
    const { labels, ...rest } = plain(own.metadata);
    return { ...own, metadata: { ...rest, labels: { ...plain(labels), ...plain(plain(plain(template).metadata).labels) } } };
  }

  /** The caller that is in these groups. To anybody but a kubelet, the words of a mirror of a static pod are no excuse. */
  function callerIn(groups: readonly string[]): Caller {
    if (groups.includes('system:nodes')) return 'kubelet';
    return groups.includes('system:serviceaccounts:ml') ? 'account' : groups.includes('system:serviceaccounts') ? 'controller' : 'admin';
  }

  let pods = 0;
  async function ask([, , object, , { operation = 'CREATE', old, groups = [], subresource } = {}]: Row, namespace: string): Promise<Answer> {
    const name = `p${pods++}`;
    return operation === 'UPDATE'
      ? update(old, object, name, namespace, subresource === undefined ? '' : `/${subresource}`)
      : create(object, String(plain(plain(object).metadata).name), namespace, callerIn(groups));
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
