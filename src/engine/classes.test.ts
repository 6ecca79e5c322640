import { describe, expect, test } from 'vitest';
import { podsWith, policy, rule, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import type { Peer } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { classify, replicasToTry } from './classes.ts';
import { profileOf } from './profiles.ts';
import { vocabularyOf } from './vocabulary.ts';

const found = profileOf('kubernetes');
const profile = (found.ok ? found.value : undefined) as Profile;

const selecting = (...peers: readonly Peer[]) => [policy('p', [rule({ peers })])];
const index = (start: number): Partial<Workload> => ({ perPodLabels: [{ key: 'index', prefix: '', start }] });
const vocabulary = (...peers: readonly Peer[]) => vocabularyOf(snapshotOf(), profile, selecting(...peers));

/** Each class as its labels, pods and members; `*` is a value that no selector mentions, `!` a workload that has just one pod of several in it. */
function classes(peers: readonly Peer[], ...workloads: readonly Workload[]): string[] {
  const snapshot = snapshotOf({ workloads });
  return classify(snapshot, profile, vocabularyOf(snapshot, profile, selecting(...peers))).map((c) => {
    const labels = Object.entries(c.labels).map(([k, v]) => `${k}=${v === '\u0000' ? '*' : v}`);
    return `${labels.join(',')} x${c.pods}: ${c.workloads.map((id) => `${id.split('/').at(-1)}${c.lone.has(id) ? '!' : ''}`).join(' ')}`;
  });
}

describe('classes', () => {
  test.each<readonly [string, readonly Peer[], readonly Workload[], readonly string[]]>([
    ['labels that nothing mentions tell nobody apart', [], [workload('a'), workload('b')], [' x2: a b']],
    ['labels that something mentions do', [podsWith({ app: 'a' })], [workload('a'), workload('b'), workload('c')], ['app=a x1: a', 'app=* x2: b c']],
    ['namespaces do', [], [workload('a'), workload('b', { namespace: 'other' })], [' x1: a', ' x1: b']],
    ['hostNetwork pods do', [], [workload('a', { hostNetwork: true }), workload('b', { hostNetwork: true })], [' x1: a', ' x1: b']],
    ['finished pods are in none', [], [workload('a'), workload('b', { lifecycle: 'finished' })], [' x1: a']],
    ['an index from 0', [podsWith({ index: '1' })], [workload('a', { ...index(0), replicas: 3 })], ['index=1 x1: a!', 'index=* x2: a']],
    ['an index from 1', [podsWith({ index: '1' })], [workload('a', { ...index(1), replicas: 3 })], ['index=1 x1: a!', 'index=* x2: a']],
    ['an index from 2 never is 1', [podsWith({ index: '1' })], [workload('a', { ...index(2), replicas: 3 })], ['index=* x3: a']],
    [
      'an index from 1 with 3 pods is 3, and never 4',
      [podsWith({ index: '3' }), podsWith({ index: '4' })],
      [workload('a', { ...index(1), replicas: 3 })],
      ['index=3 x1: a!', 'index=* x2: a'],
    ],
    ['an index that is written otherwise is none', [podsWith({ index: '01' })], [workload('a', { ...index(0), replicas: 3 })], ['index=* x3: a']],
    [
      'every index is mentioned',
      [podsWith({ index: '0' }), podsWith({ index: '1' })],
      [workload('a', { ...index(0), replicas: 2 })],
      ['index=0 x1: a!', 'index=1 x1: a!'],
    ],
  ])('%s', (_, peers, workloads, wanted) => {
    expect(classes(peers, ...workloads)).toEqual(wanted);
  });

  test('port numbers count where a rule names the port', () => {
    const http = (port: number): Partial<Workload> => ({ ports: [{ name: 'http', port, protocol: 'TCP', hostPort: null }] });
    const count = (portName: string | number): number => {
      const snapshot = snapshotOf({ workloads: [workload('a', http(80)), workload('b', http(8080))] });
      const policies = [policy('p', [rule({ ports: [{ protocol: 'TCP', port: portName, endPort: null }] })])];
      return classify(snapshot, profile, vocabularyOf(snapshot, profile, policies)).length;
    };
    expect([count('http'), count('other'), count(80)]).toEqual([2, 1, 1]);
  });
});

test.each<readonly [string, readonly Peer[], Workload, readonly number[]]>([
  ['pods that are all alike', [], workload('a', { replicas: 3 }), [0]],
  ['an index from 0', [podsWith({ index: '1' })], workload('a', { ...index(0), replicas: 3 }), [0, 1]],
  ['an index from 1', [podsWith({ index: '1' })], workload('a', { ...index(1), replicas: 3 }), [0, 1]],
  ['an index from 1, the last', [podsWith({ index: '3' })], workload('a', { ...index(1), replicas: 3 }), [0, 2]],
  ['an index that no pod has', [podsWith({ index: '9' })], workload('a', { ...index(0), replicas: 3 }), [0]],
  ['no pod', [podsWith({ index: '0' })], workload('a', { ...index(0), replicas: 0 }), [0]],
])('replicas to try: %s', (_, peers, of, wanted) => {
  expect(replicasToTry(of, vocabulary(...peers))).toEqual(wanted);
});
