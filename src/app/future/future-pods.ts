import { directoryOf } from '../../engine/directory.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import { kept } from '../../kernel/memo.ts';
import { type AccountMatch, isAmongAccounts } from '../../model/account-match.ts';
import { type LabelSelector, type Labels, selectorText, selects } from '../../model/labels.ts';
import type { Direction, NamespaceMatch, Peer, Policy } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Atom, cellsOf } from './cells.ts';

/** A pod that could be created, as rules see it. `name` says which, for people. */
export interface FuturePod {
  readonly name: string;
  readonly labels: Labels;
  readonly account: string;
}

/** Every sort of pod that could be created in a namespace; `left` says why some may be missing, in a line each. */
export interface FuturePods {
  readonly pods: readonly FuturePod[];
  readonly left: readonly string[];
  /** What rules see of a pod of the namespace, as text: pods with the same text are of one sort. */
  readonly sortOf: (labels: Labels, account: string) => string;
}

/**
 * Which side of a connection the pods are on. Rules about the other direction cannot tell them apart as subjects, nor rules of the same direction as peers.
 */
export type Role = 'source' | 'destination' | 'both';

/**
 * All sorts of ordinary pod that could be created in a namespace and that policies there tell apart: as their subjects, as peers of rules, and as backends
 * of Services that rules name. `more` are further selectors that matter to who asks. Labels of the namespace count as they are.
 */
export function futurePods(snapshot: Snapshot, namespace: string, role: Role, most: number, more: readonly LabelSelector[] = []): FuturePods {
  const atoms = new Map<string, Atom>();
  const add = (pods: LabelSelector, accounts: AccountMatch = null): void => {
    const trivial = pods.requirements.length === 0 && (pods.terms ?? []).length === 0 && accounts === null;
    if (!trivial) kept(atoms, JSON.stringify([selectorText(pods), accounts]), () => ({ pods, accounts }));
  };
  const here = (match: NamespaceMatch): boolean => match.kind === 'as-subject' || matchNamespace(snapshot, match, namespace).is !== 'no';
  for (const { pods, serviceAccounts, namespaces } of directoryOf(snapshot)
    .policiesAbout(namespace)
    .flatMap((p) => matchesIn(p, role, snapshot)))
    if (here(namespaces)) add(pods, serviceAccounts);
  for (const selector of more) add(selector);
  const { cells, left } = cellsOf([...atoms.values()], most);
  return {
    pods: cells.map(({ labels, account }) => ({ name: nameOf(namespace, labels, account), labels, account })),
    left,
    sortOf: (labels, account) =>
      [...atoms.values()].map(({ pods, accounts }) => (isAmongAccounts(accounts, account) && selects(pods, labels) ? '1' : '0')).join(''),
  };
}

type Match = Extract<Peer, { kind: 'pods' }>['match'];

/** Pods that a policy tells apart in a role: its subjects, and peers of its rules. */
export function matchesIn(policy: Policy, role: Role, snapshot: Snapshot): Match[] {
  const own: Direction | null = role === 'source' ? 'egress' : role === 'destination' ? 'ingress' : null;
  const subject =
    policy.subject.kind === 'pods' && (own === null || policy.isolates[own] || policy.rules.some((r) => r.direction === own)) ? [policy.subject.match] : [];
  const rules = policy.rules.filter((r) => own === null || r.direction !== own);
  return [...subject, ...rules.flatMap((r) => (r.peers ?? []).flatMap((p) => podsIn(p, snapshot)))];
}

function podsIn(peer: Peer, snapshot: Snapshot): Match[] {
  switch (peer.kind) {
    case 'pods':
      return [peer.match];
    case 'all-of':
      return peer.peers.flatMap((p) => podsIn(p, snapshot));
    case 'not':
      return podsIn(peer.peer, snapshot);
    case 'services':
      return snapshot.services.flatMap((s) =>
        s.selector === null ? [] : [{ namespaces: { kind: 'named' as const, name: s.namespace }, pods: s.selector, serviceAccounts: null }],
      );
    default:
      return [];
  }
}

function nameOf(namespace: string, labels: Labels, account: string): string {
  const text = Object.entries(labels)
    .map(([key, value]) => (value === '' ? `${key}=""` : `${key}=${value}`))
    .join(',');
  return `any pod of ${namespace} ${text === '' ? 'without labels' : `with ${text}`}${account === 'default' ? '' : ` as ${account}`}`;
}
