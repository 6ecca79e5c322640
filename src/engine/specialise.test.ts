import { describe, expect, it } from 'vitest';
import { namespaced, policy, rule, workload } from '../../cases/support/hand-made.ts';
import { everything } from '../model/labels.ts';
import type { NamespaceMatch, Peer, Policy, Subject } from '../model/policy.ts';
import { emptySnapshot, type Snapshot } from '../model/snapshot.ts';
import { peersIn, specialise } from './specialise.ts';

const snapshot: Snapshot = {
  ...emptySnapshot,
  namespaces: new Map([
    ['a', namespaced('a', { team: 'x' })],
    ['b', namespaced('b')],
    ['c', namespaced('c', {}, null)],
  ]),
  workloads: ['a', 'b', 'c'].map((namespace) => workload('p', { id: `Pod/${namespace}/p`, namespace })),
};
const pods = (namespaces: NamespaceMatch): Peer => ({ kind: 'pods', match: { namespaces, pods: everything, serviceAccounts: null } });
const self = pods({ kind: 'as-subject', sameLabels: null });
const team = pods({ kind: 'as-subject', sameLabels: ['team'] });
const everywhere: Subject = { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null } };
const about = (subject: Subject, ...peers: readonly Peer[]): Policy => ({ ...policy('p', [rule({ peers })]), subject });
const peersOf = (policies: readonly Policy[]): unknown => policies.map((p) => p.rules[0]?.peers);

describe('peers that hang on the namespace of the subject', () => {
  it('are said outright for each namespace with pods', () => {
    const copies = specialise(snapshot, [about(everywhere, self)]);
    expect(copies.map((p) => (p.subject.kind === 'pods' ? p.subject.match.namespaces : null))).toEqual(
      ['a', 'b', 'c'].map((name) => ({ kind: 'named', name })),
    );
    expect(peersOf(copies)).toEqual(['a', 'b', 'c'].map((name) => [pods({ kind: 'named', name })]));
  });

  it('take the values of labels, nobody where one is missing, and stay in doubt where labels are not known', () => {
    expect(peersOf(specialise(snapshot, [about(everywhere, team)]))).toEqual([
      [pods({ kind: 'labelled', selector: { requirements: [{ key: 'team', operator: 'In', values: ['x'] }] } })],
      [{ kind: 'entity', entity: 'none' }],
      [
        {
          kind: 'all-of',
          peers: [
            pods({ kind: 'labelled', selector: { requirements: [{ key: 'team', operator: 'Exists', values: [] }] } }),
            { kind: 'unknown', gap: 'team of namespace c' },
          ],
        },
      ],
    ]);
  });

  it('are found inside other peers', () => {
    const [only] = specialise(snapshot, [
      about(
        { kind: 'pods', match: { namespaces: { kind: 'named', name: 'a' }, pods: everything, serviceAccounts: null } },
        { kind: 'not', peer: { kind: 'all-of', peers: [self] } },
      ),
    ]);
    expect(only?.rules[0]?.peers).toEqual([{ kind: 'not', peer: { kind: 'all-of', peers: [pods({ kind: 'named', name: 'a' })] } }]);
  });

  it('leave a subject in doubt that was so before', () => {
    const labelled: Subject = {
      kind: 'pods',
      match: {
        namespaces: { kind: 'labelled', selector: { requirements: [{ key: 'team', operator: 'Exists', values: [] }] } },
        pods: everything,
        serviceAccounts: null,
      },
    };
    const copies = specialise(snapshot, [about(labelled, self)]);
    expect(copies.map((p) => (p.subject.kind === 'pods' ? p.subject.match.namespaces.kind : null))).toEqual(['named', 'labelled']);
  });

  it('are nobody for nodes', () => {
    expect(peersOf(specialise(snapshot, [about({ kind: 'nodes', selector: everything }, self)]))).toEqual([[{ kind: 'entity', entity: 'none' }]]);
  });

  it('cost nothing where there are none', () => {
    const plain = about(everywhere, pods({ kind: 'named', name: 'a' }));
    expect(specialise(snapshot, [plain])[0]).toBe(plain);
  });

  it('can be said for one namespace, which need not have pods', () => {
    expect(peersIn(snapshot, about(everywhere, self), 'z').rules[0]?.peers).toEqual([pods({ kind: 'named', name: 'z' })]);
  });
});
