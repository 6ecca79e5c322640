import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAmongAccounts } from '../../model/account-match.ts';
import { type Labels, labelOf, selects } from '../../model/labels.ts';
import type { PodMatch } from '../../model/policy.ts';
import type { Facts } from './facts.ts';
import { accountPrefix, namespacePrefix, selectedPods } from './pods.ts';
import { type Expression, evaluate, parseSelector } from './selector.ts';

const namespaces = new Map<string, Labels>([
  ['ml', { 'kubernetes.io/metadata.name': 'ml', team: 'blue' }],
  ['prod', { 'kubernetes.io/metadata.name': 'prod', team: 'red' }],
]);
const accounts = new Map<string, ReadonlyMap<string, Labels>>([
  [
    'ml',
    new Map<string, Labels>([
      ['trainer', { role: 'gpu' }],
      ['reader', {}],
    ]),
  ],
  ['prod', new Map<string, Labels>([['default', { role: 'web' }]])],
]);
const facts: Facts = { namespaces, accounts, sets: [], hostEndpoints: [] };

interface Pod {
  readonly namespace: string;
  readonly account: string;
  readonly labels: Labels;
}

const pods: readonly Pod[] = ['ml', 'prod'].flatMap((namespace) =>
  ['default', 'trainer', 'reader'].flatMap((account) => ['web', 'db'].map((app) => ({ namespace, account, labels: { app } }))),
);

/** The labels of a workload endpoint as Calico makes them; null where the input does not tell. */
function reading({ namespace, account, labels }: Pod, label: string): { readonly value: string | undefined } | null {
  if (label === 'projectcalico.org/orchestrator') return { value: 'k8s' };
  if (label === 'projectcalico.org/namespace' || label === `${namespacePrefix}projectcalico.org/name`) return { value: namespace };
  if (label === 'projectcalico.org/serviceaccount' || label === `${accountPrefix}projectcalico.org/name`) return { value: account };
  if (label.startsWith(namespacePrefix)) return { value: labelOf(namespaces.get(namespace) ?? {}, label.slice(namespacePrefix.length)) };
  if (!label.startsWith(accountPrefix)) return { value: labelOf(labels, label) };
  const known = accounts.get(namespace)?.get(account) ?? (account === 'default' ? {} : undefined);
  return known === undefined ? null : { value: labelOf(known, label.slice(accountPrefix.length)) };
}

function matches({ namespaces: where, pods: which, serviceAccounts }: PodMatch, pod: Pod): boolean {
  if (where.kind === 'as-subject') return false;
  const inside = where.kind === 'named' ? where.name === pod.namespace : selects(where.selector, namespaces.get(pod.namespace) ?? {});
  return inside && selects(which, pod.labels) && isAmongAccounts(serviceAccounts, pod.account);
}

function answer(expression: Expression, pod: Pod): 'yes' | 'no' | 'maybe' {
  const selected = selectedPods(expression, facts);
  if (selected === null) throw new Error('too many alternatives');
  if (selected.some((s) => s.gap === null && matches(s.match, pod))) return 'yes';
  return selected.some((s) => s.gap !== null && matches(s.match, pod)) ? 'maybe' : 'no';
}

const label = fc.constantFrom(
  'app',
  'pcns.team',
  'pcns.projectcalico.org/name',
  'projectcalico.org/namespace',
  'projectcalico.org/orchestrator',
  'projectcalico.org/serviceaccount',
  'pcsa.role',
  'pcsa.projectcalico.org/name',
);
const value = fc.constantFrom('web', 'ml', 'prod', 'blue', 'gpu', 'k8s', 'trainer', 'default', 'r');
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom<Expression>({ kind: 'all' }, { kind: 'global' }),
  fc.record({ kind: fc.constant('has' as const), label }),
  fc.record({ kind: fc.constant('among' as const), label, values: fc.array(value, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('text' as const), label, how: fc.constantFrom('contains' as const, 'starts-with' as const), value }),
);
const expression = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('tree').map((of): Expression => ({ kind: 'not', of })),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) }),
  ),
})).tree;

describe('pods, namespaces and service accounts in one expression', () => {
  it('select what Calico selects; where the input does not tell, they say no more than it does', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom(...pods), (e, pod) => {
        const wanted = evaluate(e, (key) => reading(pod, key));
        const found = answer(e, pod);
        if (found !== 'maybe') expect([found, wanted]).toEqual([found, found]);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    [`app == 'web'`, 'yes'],
    [`pcns.team == 'blue' || app == 'db'`, 'yes'],
    [`pcns.team == 'red' || app == 'db'`, 'no'],
    [`pcns.team contains 'lu'`, 'yes'],
    [`!(pcns.team contains 'lu')`, 'no'],
    [`pcsa.role == 'gpu'`, 'yes'],
    [`pcsa.role == 'gpu' && projectcalico.org/serviceaccount == 'reader'`, 'no'],
    [`projectcalico.org/orchestrator != 'k8s'`, 'no'],
    ['has(projectcalico.org/serviceaccount)', 'yes'],
  ])('%s is known: %s', (text, wanted) => {
    const parsed = parseSelector(text);
    if (!parsed.ok) throw new Error(text);
    expect(answer(parsed.value, { namespace: 'ml', account: 'trainer', labels: { app: 'web' } })).toBe(wanted);
  });

  it('does not grow without end', () => {
    const pair = (i: number): Expression => ({
      kind: 'or',
      of: [
        { kind: 'has', label: `a${i}` },
        { kind: 'has', label: `pcns.b${i}` },
      ],
    });
    expect(selectedPods({ kind: 'and', of: Array.from({ length: 8 }, (_, i) => pair(i)) }, facts)).toHaveLength(256);
    expect(selectedPods({ kind: 'and', of: Array.from({ length: 30 }, (_, i) => pair(i)) }, facts)).toBeNull();
  });
});
