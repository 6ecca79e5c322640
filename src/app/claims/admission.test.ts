import { describe, expect, test } from 'vitest';
import { claimsIn, readWorld, statusIn, type World } from '../../../cases/support/claims.ts';
import { compile } from '../generate.ts';

const pool = { nodes: { labels: { pool: 'gpu' }, taint: 'role=training:NoSchedule' } };
const node = (name: string, labels: string, taints: string): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\nspec: {taints: ${taints}}\nstatus: {addresses: [{type: InternalIP, address: 192.168.1.9}]}\n`;
const nodes = [node('gpu-1', '{pool: gpu}', '[{key: role, value: training, effect: NoSchedule}]'), node('cpu-1', '{pool: cpu}', '[]')];

/** The admission folder of the pack of the world's zone, as text that a test may change. */
function admission(zone: Readonly<Record<string, unknown>> = pool): string {
  const [loaded] = readWorld({ zone }).zones;
  const pack = loaded === undefined ? undefined : compile(loaded);
  if (pack?.ok !== true) throw new Error('no pack');
  return pack.value.files
    .filter((f) => f.path.startsWith('admission/') && !f.path.includes('kustomization'))
    .map((f) => f.text)
    .join('---\n');
}

const world = (...objects: readonly string[]): World => ({ zone: pool, objects: [...nodes, ...objects] });
const ours = admission();
const foreign = (spec: string): string =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: mine}\nspec: {matchConstraints: {resourceRules: [${spec}]}, validations: [{expression: "true"}]}\n`;
const webhook = (resources: string): string =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: a.b.c, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: ${resources}}]}]\n`;

describe.each(['pool-admission', 'placement-admission'])('%s', (claim) => {
  test.each<[string, World, 'holds' | 'fails' | 'undecided']>([
    ['no admission', world(), 'fails'],
    ['ours', world(ours), 'holds'],
    ['ours without what binds it', world(ours.replaceAll('kind: ValidatingAdmissionPolicyBinding', 'kind: Other')), 'undecided'],
    ['ours, bound to warn', world(ours.replaceAll('- Deny', '- Warn')), 'undecided'],
    [
      'ours, bound for some namespaces',
      world(ours.replaceAll('validationActions:', 'matchResources: {namespaceSelector: {matchLabels: {a: b}}}\n  validationActions:')),
      'undecided',
    ],
    [
      'ours, under a condition',
      world(ours.replaceAll('failurePolicy: Fail', 'failurePolicy: Fail\n  matchConditions: [{name: a, expression: "false"}]')),
      'undecided',
    ],
    ['ours, that fails open', world(ours.replaceAll('failurePolicy: Fail', 'failurePolicy: Ignore')), 'undecided'],
    ['ours, for fewer pods', world(ours.replaceAll('objectSelector: {}', 'objectSelector: {matchLabels: {a: b}}')), 'undecided'],
    ['ours, with a rule that says less', world(ours.replaceAll("request.operation != 'CREATE' ||", 'true ||')), 'undecided'],
    ['ours, of another zone', world(admission({ nodes: { ...pool.nodes, sharedWith: [], labels: { pool: 'other' } } })), 'undecided'],
    ['ours, other words in its messages', world(ours.replaceAll(/message: .*/g, 'message: no')), 'holds'],
    [
      'ours, as the API server gives it back',
      world(ours.replaceAll('scope: "*"', 'scope: "*"').replaceAll('failurePolicy: Fail', 'failurePolicy: Fail\n  variables: []')),
      'holds',
    ],
    ['for Kyverno, of which nobody knows whether it runs', world(admission({ ...pool, admission: { engine: 'kyverno' } })), 'undecided'],
    ['for Gatekeeper, of which nobody knows whether it runs', world(admission({ ...pool, admission: { engine: 'gatekeeper' } })), 'undecided'],
    ["somebody else's, about pods", world(foreign("{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}")), 'undecided'],
    ["somebody else's, about other things", world(foreign('{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}')), 'fails'],
    ['a webhook about pods', world(webhook('["*"]')), 'undecided'],
    ['a webhook about other things', world(webhook('[services]')), 'fails'],
    ["ours beside somebody else's", world(ours, webhook('["*"]')), 'holds'],
  ])('%s', (_, given, wanted) => {
    expect(statusIn(given, `hygiene/${claim}`)).toBe(wanted);
  });
});

test('where a node of the pool has no taint, no rule about tolerations keeps anybody off', () => {
  expect(statusIn({ zone: pool, objects: [node('gpu-1', '{pool: gpu}', '[]'), ours] }, 'hygiene/pool-admission')).toBe('fails');
});

test('a counterexample names a namespace that people care about, a node, and what lets the pod on', () => {
  const claims = claimsIn(world());
  expect(claims.get('hygiene/pool-admission')?.landings).toEqual([
    {
      pod: 'any pod that somebody creates in prod and that tolerates every taint',
      node: 'node gpu-1',
      through: [
        { text: 'it tolerates every taint, and so role=training:NoSchedule', origin: null },
        { text: 'it asks for no node of its own', origin: null },
        { text: 'no admission policy of the input refuses it', origin: null },
      ],
    },
  ]);
  expect(claims.get('hygiene/placement-admission')?.landings?.[0]).toMatchObject({
    pod: 'any pod that somebody creates in ml and that asks for no node',
    node: 'node cpu-1',
  });
});

test('a pool that need not be exclusive has no claim about others', () => {
  const claims = claimsIn({ zone: { nodes: { ...pool.nodes, exclusive: false } }, objects: [...nodes] });
  expect([claims.has('hygiene/pool-admission'), claims.has('hygiene/placement-admission')]).toEqual([false, true]);
});
