import { kept } from '../kernel/memo.ts';
import { accountsNamed } from '../model/account-match.ts';
import { type LabelSelector, type Labels, labelOf, selectorsWithin } from '../model/labels.ts';
import type { Peer, PodMatch, Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { doorServices } from './primary-networks.ts';

/** Label keys and values that selectors mention. */
export interface Words {
  /** Label keys, with the values that In and NotIn mention. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Label keys of which any part of the value may matter (`contains`, `starts with`): their values are kept whole. */
  readonly wholeLabels: ReadonlySet<string>;
}

/** What the rules of a snapshot look at; all else cannot make a difference. */
export interface Vocabulary extends Words {
  readonly portNames: ReadonlySet<string>;
  readonly serviceAccounts: ReadonlySet<string>;
  readonly blocks: boolean;
}

/** All words that selectors may say about pods of one namespace: those that are said everywhere, and its own. */
export type Scope = readonly Words[];

class Growing implements Vocabulary {
  readonly labels = new Map<string, Set<string>>();
  readonly wholeLabels = new Set<string>();
  readonly portNames = new Set<string>();
  readonly serviceAccounts = new Set<string>();
  blocks = false;
}

/** Label keys that are new somewhere, with their new values; null: every value of the key may now matter. */
type NewWords = Map<string, Set<string> | null>;

/** What a policy says that none before it said: pods that it fits have to be sorted again. */
export interface Growth {
  readonly everywhere: NewWords;
  readonly inNamespace: ReadonlyMap<string, NewWords>;
  readonly portNames: ReadonlySet<string>;
  readonly serviceAccounts: ReadonlySet<string>;
  /** Blocks are used now, and were not. */
  readonly blocks: boolean;
}

/**
 * The vocabulary of policies, policy by policy. A selector that names its namespace has a say there alone; one that selects namespaces by label, or
 * that nobody can place, has a say everywhere. Words are never forgotten: too many of them only make classes finer than they need be.
 */
export class VocabularyBook {
  readonly everywhere = new Growing();
  readonly #own = new Map<string, Growing>();
  readonly #scopes = new Map<string, Scope>();
  readonly #services: Snapshot['services'];
  readonly #unseen: (key: string) => boolean;
  readonly #together: boolean;
  #servicesRead = false;
  #grown: { everywhere: NewWords; inNamespace: Map<string, NewWords>; portNames: Set<string>; serviceAccounts: Set<string>; blocks: boolean } = noGrowth();

  /** `together`: every word counts everywhere, whatever the selector is about. */
  constructor(snapshot: Snapshot, profile: Pick<Profile, 'unseenLabel'>, together = false) {
    this.#services = snapshot.services;
    this.#unseen = profile.unseenLabel;
    this.#together = together;
    for (const { namespace, selector } of doorServices(snapshot)) if (selector !== null) this.#selector(namespace, selector);
  }

  /** The words that count in a namespace. */
  scope(namespace: string): Scope {
    return kept(this.#scopes, namespace, () => {
      const own = this.#own.get(namespace);
      return own === undefined ? [this.everywhere] : [this.everywhere, own];
    });
  }

  /** What was said since this was asked last. */
  takeGrowth(): Growth {
    const grown = this.#grown;
    this.#grown = noGrowth();
    return grown;
  }

  add(policy: Policy): void {
    if (policy.subject.kind === 'pods') this.#pods(policy.subject.match);
    for (const rule of policy.rules) {
      for (const peer of rule.peers ?? []) this.#peer(peer);
      for (const { port } of rule.ports ?? [])
        if (typeof port === 'string' && !this.everywhere.portNames.has(port)) {
          this.everywhere.portNames.add(port);
          this.#grown.portNames.add(port);
        }
    }
  }

  #peer(peer: Peer): void {
    if (peer.kind === 'pods') this.#pods(peer.match);
    else if (peer.kind === 'cidr') {
      if (!this.everywhere.blocks) this.#grown.blocks = true;
      this.everywhere.blocks = true;
    } else if (peer.kind === 'services') {
      if (!this.#servicesRead) for (const s of this.#services) if (s.selector !== null) this.#selector(s.namespace, s.selector);
      this.#servicesRead = true;
    } else if (peer.kind === 'all-of') for (const p of peer.peers) this.#peer(p);
    else if (peer.kind === 'not') this.#peer(peer.peer);
  }

  #pods({ namespaces, pods, serviceAccounts }: PodMatch): void {
    this.#selector(namespaces.kind === 'named' ? namespaces.name : null, pods);
    for (const account of accountsNamed(serviceAccounts)) {
      if (this.everywhere.serviceAccounts.has(account)) continue;
      this.everywhere.serviceAccounts.add(account);
      this.#grown.serviceAccounts.add(account);
    }
  }

  #selector(where: string | null, selector: LabelSelector): void {
    if (selector.requirements.length === 0 && selector.terms === undefined) return;
    const namespace = this.#together ? null : where;
    const words = namespace === null ? this.everywhere : this.#ownOf(namespace);
    const grown = (): NewWords => (namespace === null ? this.#grown.everywhere : kept(this.#grown.inNamespace, namespace, () => new Map()));
    for (const within of selectorsWithin(selector)) {
      for (const term of within.terms ?? []) {
        if (term.kind !== 'text' || words.wholeLabels.has(term.key) || this.#unseen(term.key)) continue;
        words.wholeLabels.add(term.key);
        kept(words.labels, term.key, () => new Set<string>());
        grown().set(term.key, null);
      }
      for (const { key, values } of within.requirements) {
        if (this.#unseen(key)) continue;
        const known = words.labels.get(key);
        if (known === undefined) {
          words.labels.set(key, new Set(values));
          grown().set(key, null);
          continue;
        }
        for (const value of values) {
          if (known.has(value)) continue;
          known.add(value);
          const all = grown();
          const before = all.get(key);
          if (before !== null) all.set(key, (before ?? new Set<string>()).add(value));
        }
      }
    }
  }

  #ownOf(namespace: string): Growing {
    return kept(this.#own, namespace, () => {
      this.#scopes.delete(namespace);
      return new Growing();
    });
  }
}

function noGrowth(): { everywhere: NewWords; inNamespace: Map<string, NewWords>; portNames: Set<string>; serviceAccounts: Set<string>; blocks: boolean } {
  return { everywhere: new Map(), inNamespace: new Map(), portNames: new Set(), serviceAccounts: new Set(), blocks: false };
}

/** May one of these words tell pods of the workload apart that nothing told apart before? */
export function speaksOf(words: NewWords, workload: Workload): boolean {
  for (const [key, values] of words) {
    const value = labelOf(workload.labels, key);
    if (value !== undefined && (values === null || values.has(value))) return true;
    if (workload.perPodLabels.some((l) => l.key === key)) return true;
  }
  return false;
}

/** Collects the vocabulary of these policies, whatever namespaces they are about; Service selectors count where a policy names Services. */
export function vocabularyOf(snapshot: Snapshot, profile: Pick<Profile, 'unseenLabel'>, policies: readonly Policy[]): Vocabulary {
  const book = new VocabularyBook(snapshot, profile, true);
  for (const policy of policies) book.add(policy);
  return book.everywhere;
}

/** The value of a label that no selector mentions. */
export const unmentioned = '\u0000';

/** A label's value as selectors of the scope see it: itself, `unmentioned`, or undefined where none of them mentions the key. */
export function seenValue(scope: Scope, key: string, value: string): string | undefined {
  let seen: string | undefined;
  for (const words of scope) {
    const values = words.labels.get(key);
    if (values === undefined) continue;
    if (values.has(value) || words.wholeLabels.has(key)) return value;
    seen = unmentioned;
  }
  return seen;
}

/** Labels that selectors mention, in key order; values that none mentions are alike. */
export function seenLabelsOf(labels: Labels, scope: Scope, except: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (const key in labels) {
    if (!Object.hasOwn(labels, key) || except.includes(key)) continue;
    const value = seenValue(scope, key, labels[key] as string);
    if (value !== undefined) out.push([key, value]);
  }
  return out.length > 1 ? out.sort(([a], [b]) => (a < b ? -1 : 1)) : out;
}
