import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { type AdmissionRules, admissionRules } from '../../src/app/admission/rules.ts';
import { jobs, networks } from './makers.ts';
import { bare, controller, elsewhere, owned, pod, type Request, tolerating, training, zoneOf } from './pods.ts';

/** Each rule executed by a CEL library on pods that it must let pass and pods that it must refuse; lab/kube asks an API server the same. */
const env = new Environment().registerVariable('object', 'map').registerVariable('oldObject', 'dyn').registerVariable('request', 'map');

function passes(expression: string, object: unknown, { operation = 'CREATE', old = null, groups = ['system:authenticated'] }: Request = {}): boolean {
  return env.evaluate(expression, { object, oldObject: old, request: { operation, userInfo: { username: 'u', groups } } }) === true;
}

describe.each([
  ['training', training],
  ['elsewhere', elsewhere],
  ['jobs', jobs],
  ['networks', networks],
] as const)('rules: %s', (side, rows) => {
  const rules = admissionRules(zoneOf())[side];

  test.each(rows.map((row) => ({ title: `${row[0]}: ${row[1]}`, row })))('$title', ({ row: [id, , object, wanted, request] }) => {
    const own = rules.filter((r) => r.id === id);
    if (own.length === 0) throw new Error(`no rule ${id}`);
    expect(own.every((r) => passes(r.expression, object, request))).toBe(wanted);
  });

  test('every rule is seen to refuse, and to let pass', () => {
    for (const { id } of rules) expect([id, new Set(rows.filter((r) => r[0] === id).map((r) => r[3])).size]).toEqual([id, 2]);
  });

  test('a pod as it should be passes all of them', () => {
    if (side === 'jobs' || side === 'networks') return;
    for (const { expression } of rules) expect(passes(expression, side === 'training' ? pod({}, owned('llm')) : bare(), { groups: controller })).toBe(true);
  });

  test('no expression is longer than the API server takes', () => {
    for (const { expression, message } of rules) expect([expression.length < 10_000, message.length < 500, /\n/.test(message)]).toEqual([true, true, false]);
  });
});

test('what the zone does not ask for is not refused', () => {
  const ids = (rules: AdmissionRules): readonly string[] => [...rules.training, ...rules.elsewhere, ...rules.jobs, ...rules.networks].map((r) => r.id);
  const plain = ids(
    admissionRules(zoneOf({ nodes: undefined, admission: undefined, fabric: undefined }, { collectives: {}, peers: 'same-workload', jobs: [] })),
  );
  expect(plain).toEqual(['host-namespaces', 'host-paths', 'host-ports', 'privilege', 'labels-stay', 'networks']);
  expect(ids(admissionRules(zoneOf({ nodes: { labels: { a: 'b' }, taint: 'role=training:NoExecute' } })))).not.toContain('node-name-elsewhere');
  expect(ids(admissionRules(zoneOf({ nodes: { labels: { a: 'b' }, exclusive: false } })))).not.toContain('taint');
});

test('the label of somebody’s own operator is for pods that an object of that very name owns', () => {
  const [rule] = admissionRules(zoneOf({}, { jobLabel: 'example.com/job' })).training.filter((r) => r.id === 'job-owner');
  const of = (name: string): unknown => pod({}, { ...owned(name), labels: { 'example.com/job': 'llm' } });
  expect(['llm', 'llm-evil'].map((name) => passes(rule?.expression ?? '', of(name), { groups: controller }))).toEqual([true, false]);
});

test('a controller manager that takes no accounts for its controllers is believed', () => {
  const [rule] = admissionRules(zoneOf({}, { jobLabel: 'batch.kubernetes.io/job-name' })).training.filter((r) => r.id === 'job-owner');
  const own = {
    ...owned('llm'),
    labels: { 'batch.kubernetes.io/job-name': 'llm' },
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'llm', controller: true }],
  };
  const by = (username: string): boolean =>
    env.evaluate(rule?.expression ?? '', { object: pod({}, own), oldObject: null, request: { operation: 'CREATE', userInfo: { username } } }) === true;
  expect(['system:kube-controller-manager', 'somebody'].map(by)).toEqual([true, false]);
});

test('what a zone is called breaks no expression', () => {
  const odd = zoneOf({ nodes: { labels: { 'a.b/c_d': 'x.y_z' }, taint: 'k.l/m=v_w.x:NoSchedule' } });
  const [taint] = admissionRules(odd).elsewhere;
  expect(passes(taint?.expression ?? '', tolerating({ key: 'k.l/m', operator: 'Exists' }))).toBe(false);
});

test('networks of other namespaces are refused where the zone is on a fabric, and other annotations are no matter', () => {
  const rule = admissionRules(zoneOf()).training.find((r) => r.id === 'own-networks');
  const asks = (key: string): unknown => pod({}, { annotations: { [key]: 'prod/ib' } });
  expect(['k8s.v1.cni.cncf.io/networks', 'example.org/a'].map((key) => passes(rule?.expression ?? '', asks(key)))).toEqual([false, true]);
  expect(admissionRules(zoneOf({ fabric: undefined })).training.some((r) => r.id === 'own-networks')).toBe(false);
});
