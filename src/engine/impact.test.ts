import { describe, expect, test } from 'vitest';
import { block, namespaced, podsWith, policy, rule, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import { type Change, changed } from '../model/change.ts';
import { matchLabels } from '../model/labels.ts';
import type { Policy, Subject } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { followDirectory } from './directory.ts';
import { profileOf } from './profiles.ts';
import { type FollowingReachability, reach } from './reach.ts';

const found = profileOf('cilium');
const profile = (found.ok ? found.value : undefined) as Profile;

/** Pods of namespaces `far` and `ns`, and a policy about each. */
const a = workload('a');
const b = workload('b');
const far = workload('far', { id: 'Pod/far/far', namespace: 'far', node: 'n1' });
const subject = (namespace: string, app?: string): Subject => ({
  kind: 'pods',
  match: { namespaces: { kind: 'named', name: namespace }, pods: matchLabels(app === undefined ? {} : { app }), serviceAccounts: null },
});
const inTeam: Policy = policy('team', [], {
  isolates: { ingress: true, egress: false },
  subject: { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: matchLabels({ team: 'x' }) }, pods: matchLabels({}), serviceAccounts: null } },
});
const near = policy('near', [rule({ peers: [podsWith({ app: 'a' }), podsWith({ app: 'b' }), block('10.0.0.0/8'), block('12.0.0.0/8')] })], {
  subject: subject('ns', 'a'),
});
const away = policy('away', [rule({ peers: [block('10.0.0.0/8')] })], { subject: subject('far') });
const start = snapshotOf({
  namespaces: new Map(['ns', 'far'].map((name) => [name, namespaced(name)])),
  workloads: [a, b, far],
  policies: [near, away, inTeam],
});

/** Whose answers a change is said to touch: workloads in touched classes, and the words `others` and `outside`. Null: not followed. */
function touched(change: Change): readonly string[] | null {
  const solved = reach(start, profile);
  const impact = follow(solved, change);
  if (impact === null) return null;
  const members = [...impact.classes].flatMap((id) => solved.classes[id]?.workloads ?? []).map((id) => id.split('/').at(-1) ?? '');
  return [...members.sort(), ...(impact.others ? ['others'] : []), ...(impact.outside ? ['outside'] : [])];
}

function follow(solved: FollowingReachability, change: Change): ReturnType<FollowingReachability['apply']> {
  const { snapshot } = solved;
  const next = changed(snapshot, change);
  followDirectory(snapshot, next, [change]);
  return solved.apply([change], next);
}

const exchange = (before: Policy | null, after: Policy | null): Change => ({ kind: 'policy', before, after });
const relabel = (labels: Record<string, string>): Change => ({
  kind: 'namespace',
  before: start.namespaces.get('far') ?? null,
  after: namespaced('far', labels),
});

describe('a change touches no more than it may', () => {
  test.each<readonly [string, Change, readonly string[]]>([
    ['a policy that goes: its subjects', exchange(away, null), ['far']],
    ['a policy that comes: its subjects', exchange(null, policy('new', [], { subject: subject('ns', 'b') })), ['b']],
    ['a policy that changes and keeps its blocks', exchange(near, { ...near, rules: [rule({ peers: [block('12.0.0.0/8')] })] }), ['a']],
    ['a policy on other pods than before: both', exchange(near, { ...near, subject: subject('ns', 'b') }), ['a', 'b']],
    ['a policy that is about nobody', exchange(null, policy('new', [], { subject: subject('elsewhere') })), []],
    ['a policy with a block of its own', exchange(away, { ...away, rules: [rule({ peers: [block('10.0.0.0/9')] })] }), ['far', 'outside']],
    [
      'the last policy with a block',
      exchange(null, { ...away, name: 'second', id: 'second', rules: [rule({ peers: [block('11.0.0.0/8')] })] }),
      ['far', 'outside'],
    ],
    [
      'a policy with names',
      exchange(null, { ...away, rules: [rule({ peers: [{ kind: 'names', names: [{ kind: 'exact', name: 'example.org' }] }] })] }),
      ['far', 'others'],
    ],
    ['a policy in a language that the CNI does not speak', exchange(null, { ...away, dialect: 'calico', kind: 'GlobalNetworkPolicy' }), []],
    [
      'words that are new: who they fit',
      exchange(null, policy('new', [rule({ peers: [podsWith({ color: 'red' })] })], { subject: subject('ns', 'b') })),
      ['b'],
    ],
    ['a workload: itself', { kind: 'workload', before: b, after: { ...b, labels: { app: 'a' } } }, ['a', 'b']],
    ['a workload with other labels that nothing mentions', { kind: 'workload', before: b, after: { ...b, labels: { app: 'b', build: '7' } } }, ['b']],
    ['the last workload of a node that has no object', { kind: 'workload', before: far, after: null }, ['others']],
    ['a workload that is finished', { kind: 'workload', before: null, after: workload('done', { lifecycle: 'finished' }) }, []],
    ['a namespace label that something mentions: pods there', relabel({ team: 'x' }), ['far']],
    ['a namespace label that nothing mentions', relabel({ cost: 'x' }), []],
  ])('%s', (_, change, wanted) => {
    expect(touched(change)).toEqual(wanted);
  });
});

describe('lists stay what they say', () => {
  test('who has left one is not touched by what happens to it', () => {
    const solved = reach(start, profile);
    const labelled = namespaced('far', { team: 'x' });
    follow(solved, { kind: 'namespace', before: start.namespaces.get('far') ?? null, after: labelled });
    follow(solved, { kind: 'namespace', before: labelled, after: namespaced('far') });
    expect(follow(solved, exchange(inTeam, null))?.classes).toEqual(new Set());
  });

  test('a new pod in a crowd is found by lists that come later', () => {
    const crowd = Array.from({ length: 20 }, (_, i) => workload(`p${i}`));
    const to = (name: string, ...apps: readonly string[]): Policy =>
      policy(name, [rule({ peers: apps.map((app) => podsWith({ app })) })], {
        id: name,
        subject: subject('ns', 'p0'),
        isolates: { ingress: false, egress: true },
      });
    const solved = reach(snapshotOf({ workloads: crowd, policies: [...crowd.map((w) => to(w.name, w.name)), to('words', 'late')] }), profile);
    follow(solved, { kind: 'workload', before: null, after: workload('late') });
    follow(solved, exchange(solved.snapshot.policies.find((p) => p.name === 'words') ?? null, null));
    const between = (): boolean => solved.between({ kind: 'workload', id: 'Pod/ns/p0' }, { kind: 'workload', id: 'Pod/ns/late' }).allowed.isEmpty;
    expect(between()).toBe(true);
    follow(solved, exchange(null, to('later', 'late', 'p1')));
    expect(between()).toBe(false);
  });
});

describe('pods that were alike are told apart by the first policy', () => {
  const client = workload('client');
  const twins = (one: Partial<Workload>, other: Partial<Workload>): FollowingReachability =>
    reach(snapshotOf({ workloads: [client, workload('one', { labels: {}, ...one }), workload('other', { labels: {}, ...other })] }), profile);
  const http = (solved: FollowingReachability): readonly boolean[] =>
    ['one', 'other'].map((to) => solved.between({ kind: 'workload', id: 'Pod/ns/client' }, { kind: 'workload', id: `Pod/ns/${to}` }).allowed.has('TCP', 80));

  test('that names a port', () => {
    const port = (n: number): Partial<Workload> => ({ ports: [{ name: 'http', port: n, protocol: 'TCP', hostPort: null }] });
    const solved = twins(port(80), port(8080));
    const ports = [{ protocol: 'TCP' as const, port: 'http', endPort: null }];
    follow(solved, exchange(null, policy('named', [rule({ direction: 'ingress', ports })], { isolates: { ingress: true, egress: false } })));
    expect(http(solved)).toEqual([true, false]);
    // Each pod is asked about its own ports in any case; whoever asks one of a class must not be told of the other.
    expect(solved.sortOf('Pod/ns/one')).not.toBe(solved.sortOf('Pod/ns/other'));
  });

  test('that names a service account', () => {
    const solved = twins({ serviceAccount: 'trainer' }, {});
    const trainers: Subject = { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ns' }, pods: matchLabels({}), serviceAccounts: ['trainer'] } };
    follow(solved, exchange(null, policy('of-trainers', [], { subject: trainers, isolates: { ingress: true, egress: false } })));
    expect(http(solved)).toEqual([false, true]);
  });
});

describe('everything is made anew', () => {
  test('once more was left behind than is in use', () => {
    const solved = reach(start, profile);
    let policy = near;
    for (let round = 1; ; round++) {
      const next = { ...policy };
      const change = exchange(policy, next);
      const impact = follow(solved, change);
      expect(impact === null).toBe(round > 2000);
      if (impact === null) break;
      policy = next;
    }
  });
});
