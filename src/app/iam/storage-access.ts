import { titleOf } from '../../iam/decide.ts';
import { matchesPattern } from '../../iam/matches-pattern.ts';
import { type Pattern, variablesOf } from '../../iam/pattern.ts';
import type { Statement } from '../../iam/policy.ts';
import { Prover } from '../../iam/prover/prove.ts';
import { type AccountRange, type ActionRange, freeKey, type KeyRange } from '../../iam/prover/region.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { StorageAccess, StorageDeed } from '../../model/cloud-reach.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole } from './role-policies.ts';
import { type ActionGroups, actionGroups, beyondReading, exactly, isListing, type OwnData, objectsOf, startingWith } from './workload.ts';

/** Patterns that are asked about one by one; what the others add is one question. */
const patternsAsked = 60;

/** What a role may do, and the statement that lets it. */
export interface RoleAccess {
  readonly access: readonly StorageAccess[];
  readonly origins: ReadonlyMap<StorageAccess, Origin>;
}

export const noAccess: RoleAccess = { access: [], origins: new Map() };

/** One question of a deed: of some resources, by actions that some statement about them allows. */
interface Question {
  /** Null: what no pattern without variables names. */
  readonly pattern: Pattern | null;
  readonly actions: readonly ActionRange[];
  /** Whether it is about one bucket that is named in full. */
  readonly named: boolean;
  /** Data sets of the zone that these resources are and that are there for the deed. */
  readonly intended: readonly string[];
  readonly keys: ReadonlyMap<string, KeyRange>;
}

/**
 * What the policies of a role let it do to object storage, each part of it once. The data sets of a zone come first, each by itself, whatever wider statement lets the
 * role at them; then buckets that are named in full, then wider patterns, the widest first. A resource that two patterns have is told with the first that lets all
 * that the other does. Pure.
 */
export function storageAccess(role: string, read: PoliciesRead, data: readonly OwnData[]): RoleAccess | null {
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const policies = policiesOfRole(read, role, { account, need: false });
  if ((policies.identity ?? []).length === 0) return null;
  const prover = new Prover(policies);
  // Of what is a ceiling, nothing is granted.
  const allows = [...(policies.identity ?? []), ...policies.resources].flatMap((p) => p.statements.filter((s) => s.effect === 'Allow'));
  const access: StorageAccess[] = [];
  const origins = new Map<StorageAccess, Origin>();
  const ask = (deed: StorageDeed, { pattern, actions, named, intended, keys }: Question, owner: AccountRange, none: readonly Pattern[]): boolean => {
    const foreign = 'not' in owner;
    const answer = prover.some({
      callers: [{ kind: 'one', caller: { type: 'AWS', arn: role, session: null } }],
      actions: foreign ? actions.map((a) => ({ ...a, resources: a.resources.filter((r) => r.source !== '*') })) : actions,
      resources: { some: pattern === null ? null : [pattern], none },
      owner,
      keys,
      otherKeys: 'free',
      partition,
    });
    if (answer.kind === 'none') return false;
    const { request } = answer;
    const one: StorageAccess = {
      deed,
      resources: pattern?.source ?? null,
      otherAccounts: foreign && !named,
      intended: intended.length === 0 ? null : intended.join(', '),
      certainty: answer.kind === 'some' ? 'allowed' : 'unknown',
      example: request === null ? null : { action: request.action, resource: request.resource },
      because: answer.kind === 'unknown' ? answer.why : [...new Set(answer.verdict.involved.map((i) => `${i.statement.effect} ${titleOf(i)}`))].join('; '),
    };
    access.push(one);
    const origin = answer.kind === 'some' ? answer.verdict.involved[0]?.statement.origin : undefined;
    if (origin !== undefined) origins.set(one, origin);
    return answer.kind === 'some';
  };
  for (const [deed, actions] of deedsOf(actionGroups(partition))) {
    const keys = deed === 'read' ? anyKeys : writing;
    const own = dataQuestions(deed, actions, data, keys);
    const meant = own.filter((q) => q.intended.length > 0).flatMap((q) => q.pattern ?? []);
    const [named, wide] = statementQuestions(actions, allows, own, keys);
    const told: { readonly pattern: Pattern; readonly actions: ReadonlySet<string>; readonly foreign: boolean }[] = [];
    for (const question of [...own, ...named, ...wide]) {
      if (question.actions.length === 0) continue;
      const within = (actions: ReadonlySet<string>): boolean => question.actions.every((a) => actions.has(a.name));
      const apart = own.includes(question)
        ? question.intended.length > 0
          ? []
          : meant
        : [...own, ...(question.named ? [] : named)].flatMap((q) => (q.pattern === null ? [] : [q.pattern]));
      // What a narrower pattern that comes later is asked about by itself, is not laid to this one.
      const later = wide
        .slice(wide.indexOf(question) + 1)
        .flatMap((q) => (q.pattern !== null && within(new Set(q.actions.map((a) => a.name))) ? [q.pattern] : []));
      const ahead = wide.includes(question) ? later : [];
      const tell = (foreign: boolean): boolean => {
        const covered = told.filter((t) => (t.foreign || !foreign) && within(t.actions)).map((t) => t.pattern);
        const yes = ask(deed, question, foreign ? { not: account } : { is: account }, [...apart, ...covered, ...ahead]);
        if (yes && question.pattern !== null) told.push({ pattern: question.pattern, actions: new Set(question.actions.map((a) => a.name)), foreign });
        return yes;
      };
      if (!tell(true)) tell(false);
    }
  }
  return { access, origins };
}

/** A session of a directory bucket without a mode reads, writes and deletes. Source: Amazon S3 user guide, CreateSession authorization. */
function deedsOf(groups: ActionGroups): readonly (readonly [StorageDeed, readonly ActionRange[]])[] {
  const names = new Set(groups.storage.map((a) => a.name));
  return [
    ['read', [...groups.reads, ...groups.sessions]],
    ['write', [...groups.writes, ...groups.sessions]],
    ['delete', [...groups.deletes.filter((a) => names.has(a.name)), ...groups.sessions]],
    ['change permissions', groups.permissions.filter((a) => names.has(a.name))],
  ];
}

const anyKeys: ReadonlyMap<string, KeyRange> = new Map();
const writing: ReadonlyMap<string, KeyRange> = new Map(beyondReading);

const meantBy: Readonly<Record<StorageDeed, readonly OwnData['access'][]>> = {
  read: ['read', 'write-resume', 'rotate'],
  write: ['write-once', 'write-resume', 'rotate'],
  delete: ['rotate'],
  'change permissions': [],
};

/** The data sets of the zone: their objects, and their buckets, which are listed whole where no prefix narrows the data set. */
function dataQuestions(deed: StorageDeed, actions: readonly ActionRange[], data: readonly OwnData[], keys: Question['keys']): readonly Question[] {
  const found = new Map<string, Question>();
  const put = (question: Question): void => {
    const source = question.pattern?.source ?? '';
    const before = found.get(source);
    found.set(source, before === undefined ? question : { ...question, intended: [...new Set([...before.intended, ...question.intended])] });
  };
  for (const one of data) {
    // Whoever is to write to a directory bucket has a session, which may delete too.
    const meant = meantBy[deed].includes(one.access) || (deed === 'delete' && one.directory && one.access !== 'read');
    const intended = meant ? [one.name] : [];
    for (const pattern of objectsOf(one)) put({ pattern, actions, named: true, intended, keys });
    const bucket = exactly(one.bucketArn);
    if (deed !== 'read' || one.prefix === '' || one.directory)
      put({ pattern: bucket, actions, named: true, intended: deed === 'read' || one.directory ? intended : [], keys });
    else {
      const prefixes = data.filter((d) => d.bucketArn === one.bucketArn).map((d) => startingWith(d.prefix));
      const listing = actions.filter(isListing);
      put({
        pattern: bucket,
        actions: listing,
        named: true,
        intended: [],
        keys: new Map([['s3:prefix', { ...freeKey, range: { some: null, none: prefixes } }]]),
      });
    }
  }
  return [...found.values()];
}

/** What statements name: buckets in full, and everything wider, the widest first. Each is asked about with the actions that its statements allow. */
function statementQuestions(
  actions: readonly ActionRange[],
  allows: readonly Statement[],
  own: readonly Question[],
  keys: Question['keys'],
): readonly [named: readonly Question[], wide: readonly Question[]] {
  const sources = new Set(own.map((q) => q.pattern?.source));
  const byPattern = new Map<string, { readonly pattern: Pattern; readonly statements: Statement[] }>();
  const rest: Statement[] = [];
  for (const statement of allows) {
    const patterns = statement.resource === null || statement.resource.not ? [] : statement.resource.patterns;
    const plain = patterns.filter((p) => variablesOf(p).length === 0 && (byPattern.has(p.source) || byPattern.size < patternsAsked));
    if (patterns.length === 0 || plain.length < patterns.length) rest.push(statement);
    for (const pattern of plain) {
      const of = byPattern.get(pattern.source) ?? { pattern, statements: [] };
      of.statements.push(statement);
      byPattern.set(pattern.source, of);
    }
  }
  const allowed = (statements: readonly Statement[]): readonly ActionRange[] => actions.filter((a) => statements.some((s) => names(s, a.name)));
  const all = [...byPattern.values()]
    .filter(({ pattern }) => !sources.has(pattern.source))
    .map(({ pattern, statements }): Question => ({ pattern, actions: allowed(statements), named: namesBucket(pattern), intended: [], keys }));
  const widest = sortedBy(
    all.filter((q) => !q.named).map((q, index) => ({ q, index })),
    ({ q, index }) => `${String(literalOf(q.pattern)).padStart(6, '0')} ${String(index).padStart(6, '0')}`,
  ).map(({ q }) => q);
  return [all.filter((q) => q.named), [...widest, { pattern: null, actions: allowed(rest), named: false, intended: [], keys }]];
}

function names({ action }: Statement, name: string): boolean {
  return action.patterns.some((p) => matchesPattern(p, name, new Map())) !== action.not;
}

function namesBucket({ source }: Pattern): boolean {
  return /^arn:[^:*?]{1,30}:s3:::[^*?/]{1,80}(?:\/|$)/.test(source);
}

/** Characters that stand for themselves: the fewer, the wider. */
function literalOf(pattern: Pattern | null): number {
  return (pattern?.parts ?? []).reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0);
}
