import { describe, expect, test } from 'vitest';
import { clusterNode, podsWith, policy, rule, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import { type Action, type Policy, type Rule, tiers } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import { decide } from './decide.ts';
import { profileOf } from './profiles.ts';
import { reach } from './reach.ts';
import { tierWalk } from './tier-walk.ts';

const found = profileOf('kube-network-policies');
const beside = (found.ok ? found.value : undefined) as Profile;
const named: Profile = { ...beside, id: 'by-name', equalOrder: 'by-name' };

const to = (action: Action, more: Partial<Rule> = {}): Rule => rule({ action, peers: [podsWith({ app: 'b' })], ...more });
const perhaps: Partial<Rule> = { condition: 'from source port 1' };
const admin = (name: string, order: number, ...rules: readonly Rule[]): Policy =>
  policy(name, rules, { id: name, dialect: 'network-policy-api', tier: tiers.admin, order, evaluation: 'first-match' });
const baseline = (name: string, ...rules: readonly Rule[]): Policy => ({ ...admin(name, 1000, ...rules), tier: tiers.baseline });
const normal = (name: string, ...rules: readonly Rule[]): Policy => policy(name, rules, { id: name, isolates: { ingress: false, egress: true } });

function walked(profile: Profile, ...policies: readonly Policy[]): string {
  const snapshot = snapshotOf({ workloads: [workload('a'), workload('b')], policies });
  const packet = {
    from: { kind: 'pod', workload: 'Pod/ns/a', replica: 0 },
    to: { kind: 'pod', workload: 'Pod/ns/b', replica: 0 },
    protocol: 'TCP',
    port: 80,
  } as const;
  const [egress = ''] = tierWalk(decide(snapshot, profile, packet)).split(' | ');
  return egress.replace('egress: ', '');
}

describe('the walk', () => {
  test.each<readonly [string, readonly Policy[], string]>([
    ['no policy', [], 'no policy selects it for egress → allowed'],
    ['default deny', [normal('d')], 'normal[d: no match] → denied (default deny)'],
    ['an allow', [normal('d', to('allow'))], 'normal[d: allow] → allowed'],
    ['an allow by one policy of two', [normal('d'), normal('e', to('allow'))], 'normal[e: allow] → allowed'],
    ['deny wins in a union', [normal('d', to('allow')), normal('e', to('deny'))], 'normal[e: deny] → denied'],
    ['the first rule that matches', [admin('x', 0, to('allow'), to('deny'))], 'admin[x: allow] → allowed'],
    ['admin before normal, to deny', [admin('x', 0, to('deny')), normal('d', to('allow'))], 'admin[x: deny] → denied'],
    ['admin before normal, to allow', [admin('x', 0, to('allow')), normal('d')], 'admin[x: allow] → allowed'],
    ['the lower order first', [admin('x', 9, to('deny')), admin('y', 3, to('allow'))], 'admin[y: allow] → allowed'],
    [
      'a pass leaves the rest of the tier out',
      [admin('x', 0, to('pass'), to('deny')), admin('y', 9, to('deny')), normal('d', to('allow'))],
      'admin[x: pass] normal[d: allow] → allowed',
    ],
    ['a pass to default deny', [admin('x', 0, to('pass')), normal('d')], 'admin[x: pass] normal[d: no match] → denied (default deny)'],
    ['a pass to the end', [admin('x', 0, to('pass'))], 'admin[x: pass] → allowed'],
    [
      'what a tier does not match goes on',
      [admin('x', 0, to('deny', { peers: [podsWith({ app: 'c' })] })), baseline('z', to('deny'))],
      'baseline[z: deny] → denied',
    ],
    ['normal before baseline', [normal('d', to('allow')), baseline('z', to('deny'))], 'normal[d: allow] → allowed'],
    ['default deny before baseline', [normal('d'), baseline('z', to('allow'))], 'normal[d: no match] → denied (default deny)'],
    ['a perhaps does not settle', [admin('x', 0, to('deny', perhaps), to('allow'))], 'admin[x: may match · x: allow] → unknown'],
    ['two that agree, one perhaps', [admin('x', 0, to('allow', perhaps), to('allow'))], 'admin[x: may match · x: allow] → allowed'],
    ['perhaps passed, else denied', [admin('x', 0, to('pass', perhaps), to('deny'))], 'admin[x: may match · x: deny] → unknown'],
    ['equal order, contradicting', [admin('x', 0, to('allow')), admin('y', 0, to('deny'))], 'admin[x: allow · y: deny] → ambiguous'],
    ['equal order, agreeing', [admin('x', 0, to('deny')), admin('y', 0, to('deny'))], 'admin[x: deny · y: deny] → denied'],
    ['equal order, a pass against a deny', [admin('x', 0, to('pass')), admin('y', 0, to('deny'))], 'admin[x: pass · y: deny] → ambiguous'],
    [
      'equal order, contradicting only in their second rules',
      [admin('x', 0, to('allow'), to('deny')), admin('y', 0, to('allow'))],
      'admin[x: allow · y: allow] → allowed',
    ],
    ['equal order, one of them perhaps', [admin('x', 0, to('allow', perhaps)), admin('y', 0, to('deny'))], 'admin[x: may match · y: deny] → unknown'],
  ])('%s', (_, policies, wanted) => {
    expect(walked(beside, ...policies)).toBe(wanted);
  });

  test('where names settle equal order, there is no contradiction', () => {
    expect(walked(named, admin('y', 0, to('deny')), admin('x', 0, to('allow')))).toBe('admin[x: allow] → allowed');
  });

  test('a contradiction of equal order is unknown to the matrix: it is never yes', () => {
    const snapshot = snapshotOf({ workloads: [workload('a'), workload('b')], policies: [admin('x', 0, to('allow')), admin('y', 0, to('deny'))] });
    const flow = reach(snapshot, beside).between({ kind: 'workload', id: 'Pod/ns/a' }, { kind: 'workload', id: 'Pod/ns/b' });
    expect([flow.allowed.isEmpty, flow.unknown.has('TCP', 80)]).toEqual([true, true]);
  });
});

test('isolated is who some policy that isolates is certain to select, in all its pods, off the host network', () => {
  const isolating = (more: Partial<Policy> = {}): Policy => policy('d', [], { isolates: { ingress: true, egress: false }, ...more });
  const isolated = (w: ReturnType<typeof workload>, ...policies: readonly Policy[]): boolean[] => {
    const matrix = reach(snapshotOf({ workloads: [w], nodes: [clusterNode('n1')], policies }), beside);
    return (['ingress', 'egress'] as const).map((direction) => matrix.isolated(w.id, direction));
  };
  const numbered = workload('a', { replicas: 2, perPodLabels: [{ key: 'index', prefix: '', start: 1 }] });
  const subject = (labels: Record<string, string>): Partial<Policy> => ({
    subject: {
      kind: 'pods',
      match: {
        namespaces: { kind: 'named', name: 'ns' },
        pods: { requirements: Object.entries(labels).map(([key, v]) => ({ key, operator: 'In', values: [v] })) },
        serviceAccounts: null,
      },
    },
  });
  expect(isolated(workload('a'))).toEqual([false, false]);
  expect(isolated(workload('a'), isolating())).toEqual([true, false]);
  expect(isolated(workload('a'), isolating(subject({ app: 'b' })))).toEqual([false, false]);
  expect(isolated(numbered, isolating(subject({ index: '1' })))).toEqual([false, false]);
  expect(isolated(numbered, isolating(subject({ index: '1' })), isolating(subject({ index: '2' })))).toEqual([true, false]);
  expect(isolated(workload('a', { hostNetwork: true, node: 'n1' }), isolating())).toEqual([false, false]);
  expect(isolated(workload('a', { lifecycle: 'finished' }), isolating())).toEqual([false, false]);
});
