import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { type AdmissionRules, admissionRules } from '../../src/app/admission/rules.ts';
import { bare, elsewhere, owned, pod, type Request, tolerating, training, zoneOf } from './pods.ts';

/** Each rule executed by a CEL library on pods that it must let pass and pods that it must refuse; lab/kube asks an API server the same. */
const env = new Environment().registerVariable('object', 'map').registerVariable('oldObject', 'dyn').registerVariable('request', 'map');

function passes(expression: string, object: unknown, { operation = 'CREATE', old = null, groups = ['system:authenticated'] }: Request = {}): boolean {
  return env.evaluate(expression, { object, oldObject: old, request: { operation, userInfo: { username: 'u', groups } } }) === true;
}

describe.each([
  ['training', training],
  ['elsewhere', elsewhere],
] as const)('rules for pods: %s', (side, rows) => {
  const rules = admissionRules(zoneOf())[side];

  test.each(rows.map((row) => ({ title: `${row[0]}: ${row[1]}`, row })))('$title', ({ row: [id, , object, wanted, request] }) => {
    const rule = rules.find((r) => r.id === id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    expect(passes(rule.expression, object, request)).toBe(wanted);
  });

  test('every rule is seen to refuse, and to let pass', () => {
    for (const { id } of rules) expect([id, new Set(rows.filter((r) => r[0] === id).map((r) => r[3])).size]).toEqual([id, 2]);
  });

  test('a pod as it should be passes all of them', () => {
    for (const { expression } of rules) expect(passes(expression, side === 'training' ? pod({}, owned('llm')) : bare())).toBe(true);
  });

  test('no expression is longer than the API server takes', () => {
    for (const { expression, message } of rules) expect([expression.length < 10_000, message.length < 500, /\n/.test(message)]).toEqual([true, true, false]);
  });
});

test('what the zone does not ask for is not refused', () => {
  const ids = (rules: AdmissionRules): readonly string[] => [...rules.training, ...rules.elsewhere].map((r) => r.id);
  const plain = ids(admissionRules(zoneOf({ nodes: undefined, admission: undefined }, { collectives: {}, peers: 'same-workload', jobs: [] })));
  expect(plain).toEqual(['host-namespaces', 'host-paths', 'host-ports', 'privilege', 'labels-stay', 'networks']);
  expect(ids(admissionRules(zoneOf({ nodes: { labels: { a: 'b' }, taint: 'role=training:NoExecute' } })))).not.toContain('node-name-elsewhere');
  expect(ids(admissionRules(zoneOf({ nodes: { labels: { a: 'b' }, exclusive: false } })))).not.toContain('taint');
});

test('what a zone is called breaks no expression', () => {
  const odd = zoneOf({ nodes: { labels: { 'a.b/c_d': 'x.y_z' }, taint: 'k.l/m=v_w.x:NoSchedule' } });
  const [taint] = admissionRules(odd).elsewhere;
  expect(passes(taint?.expression ?? '', tolerating({ key: 'k.l/m', operator: 'Exists' }))).toBe(false);
});

describe('networks of training pods, where the zone is on a fabric', () => {
  const zone = zoneOf({ fabric: { infiniband: { partition: { pkey: '0x0010' }, hosts: { ports: [{ host: 'a', guid: '0x0000000000000011' }] } } } });
  const rule = admissionRules(zone).training.find((r) => r.id === 'own-networks');
  const asks = (value: string, key = 'k8s.v1.cni.cncf.io/networks'): unknown => pod({}, { annotations: { [key]: value } });

  test.each<[string, string, boolean]>([
    ['one', 'ib', true],
    ['two, with an interface', 'ib, ml/rail-0@net1', true],
    ['of another namespace', 'prod/ib', false],
    ['of another namespace, second', 'ib,prod/ib', false],
    ['of a namespace that ends alike', 'x-ml/ib', false],
    ['as JSON', '[{"name": "ib", "ips": ["10.0.0.1/24"]}]', true],
    ['as JSON, with its namespace', ' [{"name": "ib", "namespace" : "ml"}, {"name": "b", "namespace":"ml"}]', true],
    ['as JSON, of another namespace', '[{"name": "ib", "namespace": "prod"}]', false],
    ['as JSON, of another namespace, second', '[{"name": "ib", "namespace": "ml"}, {"name": "ib", "namespace": "prod"}]', false],
    ['as JSON, of a namespace that begins alike', '[{"name": "ib", "namespace": "ml2"}]', false],
    ['as JSON, in capitals', '[{"name": "ib", "NameSpace": "prod"}]', false],
    ['as JSON, with letters that fold', '[{"name": "ib", "name\u017fpace": "prod"}]', false],
    ['as JSON, escaped', '[{"name": "ib", "n\\u0061mespace": "prod"}]', false],
    ['as an object', '{"name": "ib", "namespace": "prod"}', false],
  ])('%s', (_, value, wanted) => {
    expect(rule).toBeDefined();
    expect(passes(rule?.expression ?? '', asks(value))).toBe(wanted);
    expect(passes(rule?.expression ?? '', asks(value, 'v1.multus-cni.io/default-network'))).toBe(wanted);
  });

  test('none is no matter, and other annotations are not', () => {
    expect(passes(rule?.expression ?? '', pod())).toBe(true);
    expect(passes(rule?.expression ?? '', asks('prod/ib', 'example.org/a'))).toBe(true);
    expect(admissionRules(zoneOf()).training.some((r) => r.id === 'own-networks')).toBe(false);
  });
});
