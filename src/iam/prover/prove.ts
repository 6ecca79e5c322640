import { decide, type IamVerdict } from '../decide.ts';
import { mayBeList } from '../keys.ts';
import { matchesPattern } from '../matches-pattern.ts';
import { allPolicies, insertedKeys, mentionedKeys } from '../mentioned.ts';
import { type Pattern, variablesOf } from '../pattern.ts';
import type { Statement } from '../policy.ts';
import type { PolicySet } from '../policy-set.ts';
import type { Request } from '../request.ts';
import { Solver } from './constraint.ts';
import { puzzleOf, without } from './paths.ts';
import { type ActionRange, freeKey, type KeyRange, type Region } from './region.ts';
import { Search } from './search.ts';
import { Setting, supports } from './setting.ts';
import { Units } from './unit.ts';

/** Whether some request of a region is allowed: `none` is a proof; `some` comes with one, which `decide` has confirmed, and names of the actions like it. */
export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly request: Request; readonly verdict: IamVerdict; readonly actions: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string; readonly request: Request | null };

/** Values that are tried for a key whose value policies insert into patterns, where nothing fixes it. */
const mostTried = 24;

/** Answers questions about one set of policies. Exact but where policies insert the value of a key that the region leaves open: then it may not know. */
export class Prover {
  readonly #policies: PolicySet;
  readonly #unless: PolicySet | null;
  readonly #units = new Units();
  readonly #statements: readonly Statement[];
  readonly #about = new Map<string, ReadonlySet<Statement>>();
  readonly #inserted: readonly string[];
  readonly #mentioned: ReadonlySet<string>;
  readonly #keys: readonly string[];
  /** Keys that conditions compare as lists. */
  readonly #lists: ReadonlyMap<string, KeyRange>;
  readonly #exact = new Map<string, Statement[]>();
  readonly #patterned: { readonly statement: Statement; readonly patterns: readonly ((lower: string) => boolean)[] }[] = [];

  /** With `unless`, requests that those policies allow do not count: what is left is what the one set allows and the other does not. */
  constructor(policies: PolicySet, unless: PolicySet | null = null) {
    this.#policies = policies;
    this.#unless = unless;
    const sets = unless === null ? [policies] : [policies, unless];
    this.#statements = sets.flatMap(allPolicies).flatMap((p) => p.statements);
    this.#mentioned = new Set(sets.flatMap((set) => [...mentionedKeys(set)]));
    this.#keys = [...new Set(this.#statements.flatMap((s) => s.conditions.map((c) => c.key)))];
    const inSets = this.#statements.flatMap((s) => s.conditions.flatMap((c) => (c.set === null ? [] : [c.key])));
    this.#lists = new Map(inSets.filter((key) => mayBeList(key, true)).map((key) => [key, { ...freeKey, list: true }]));
    this.#inserted = [...new Set(this.#statements.flatMap(insertedKeys))];
    for (const statement of this.#statements) this.#index(statement);
  }

  /** Whether some request of the region is allowed. */
  some(asked: Region): Answer {
    const region = { ...asked, keys: new Map([...(asked.otherKeys === 'free' ? this.#lists : []), ...asked.keys].filter(([key]) => this.#mentioned.has(key))) };
    const answer = this.#ask(region);
    if (answer.kind !== 'unknown') return answer;
    for (const fixed of [...this.#shorter(region), ...this.#guesses(region)]) {
      const guessed = this.#ask(fixed);
      if (guessed.kind === 'some') return guessed;
    }
    return answer;
  }

  #ask(region: Region): Answer {
    const solver = new Solver(this.#units);
    let doubt: { readonly request: Request | null; readonly why: string } | null = null;
    for (const { action, alike } of this.classes(region.actions))
      for (const callers of region.callers)
        for (const form of action.resources) {
          const setting = new Setting(region, callers, action, form);
          const about = this.#aboutAction(action.name);
          const puzzle = puzzleOf(setting, this.#policies, this.#units, (s) => about.has(s));
          const other = this.#unless === null ? null : puzzleOf(setting, this.#unless, this.#units, (s) => about.has(s));
          const puzzles = other === null ? [puzzle] : without(puzzle, other);
          if (puzzles === undefined) {
            doubt ??= { request: null, why: `there are too many ways in which ${action.name} could be refused` };
            continue;
          }
          for (const one of puzzles) {
            let confirmed: IamVerdict | null = null;
            const search = new Search(setting, solver, one, (request) => {
              const verdict = decide(request, this.#policies);
              const before = this.#unless === null ? null : decide(request, this.#unless);
              if (verdict.decision === 'allowed' && before?.decision !== 'allowed' && before?.decision !== 'unknown') confirmed = verdict;
              else doubt ??= { request, why: verdict.decision === 'allowed' ? (before?.because ?? '') : verdict.because };
              return confirmed !== null;
            });
            const request = search.run(setting.resourceDomain(this.#units));
            if (request !== null && confirmed !== null) return { kind: 'some', request, verdict: confirmed, actions: alike };
            if (search.spent) doubt ??= { request: null, why: `there are too many ways in which ${action.name} could be allowed` };
          }
        }
    if (solver.givenUp > 0) doubt ??= { request: null, why: 'a search for a text that some patterns match and others do not was too long' };
    return doubt === null ? { kind: 'none' } : { kind: 'unknown', ...(doubt as { readonly request: Request | null; readonly why: string }) };
  }

  /** The region with one value for each key that may have several, where some condition expects one. */
  #shorter(region: Region): readonly Region[] {
    const expectOne = new Set(this.#statements.flatMap((s) => s.conditions.flatMap((c) => (c.set === null ? [c.key] : []))));
    const keys = new Map(
      [...region.keys].map(([key, range]) => [key, range.kind === 'free' && range.list && expectOne.has(key) ? { ...range, list: false } : range] as const),
    );
    return [...keys].some(([key, range]) => region.keys.get(key) !== range) ? [{ ...region, keys }] : [];
  }

  /** Regions in which keys that patterns insert have one value: each that a policy names, none, and one that none names. */
  *#guesses(region: Region): Generator<Region> {
    const open = region.otherKeys === 'never' ? [] : this.#inserted.filter((key) => (region.keys.get(key) ?? freeKey).kind === 'free');
    let tried = 0;
    for (const key of open)
      for (const values of [...this.#namedValues(key).map((v) => [v]), ['example'], []]) {
        if (tried++ >= mostTried) return;
        const range = values.length === 0 ? ({ kind: 'never' } as const) : ({ kind: 'fixed', values } as const);
        const others = open.filter((k) => k !== key).map((k) => [k, { kind: 'fixed', values: ['example'] }] as const);
        yield { ...region, keys: new Map([...region.keys, ...others, [key, range]]) };
      }
  }

  #namedValues(key: string): readonly string[] {
    const values = this.#statements.flatMap((s) =>
      s.conditions.flatMap((c) =>
        c.key === key
          ? c.values.flatMap((v) => (v.kind === 'pattern' && variablesOf(v.pattern).length === 0 ? [v.pattern.source.replaceAll('*', '')] : []))
          : [],
      ),
    );
    return [...new Set(values)];
  }

  /** Actions of which every statement says the same, with the names of all that are like the one asked about. */
  classes(actions: readonly ActionRange[]): readonly { readonly action: ActionRange; readonly alike: readonly string[] }[] {
    const ids = new Map<Statement, number>();
    for (const [i, s] of this.#statements.entries()) ids.set(s, i);
    const classes = new Map<string, { readonly action: ActionRange; readonly alike: string[] }>();
    for (const action of actions) {
      const service = action.name.slice(0, action.name.indexOf(':')).toLowerCase();
      const own = this.#keys.filter((key) => key.startsWith(`${service}:`) && !supports(action, key));
      const said = [...this.#aboutAction(action.name)].map((s) => ids.get(s) ?? -1).sort((a, b) => a - b);
      const key = JSON.stringify([service, said, action.resources.map((r) => r.source), action.keys === null, own]);
      const known = classes.get(key);
      if (known === undefined) classes.set(key, { action, alike: [action.name] });
      else known.alike.push(action.name);
    }
    return [...classes.values()];
  }

  #index(statement: Statement): void {
    const plain = !statement.action.not && statement.action.patterns.every((p) => !/[*?]/.test(p.source));
    if (!plain) this.#patterned.push({ statement, patterns: statement.action.patterns.map(actionTest) });
    else
      for (const { source } of statement.action.patterns) {
        const name = source.toLowerCase();
        const known = this.#exact.get(name);
        if (known === undefined) this.#exact.set(name, [statement]);
        else known.push(statement);
      }
  }

  #aboutAction(name: string): ReadonlySet<Statement> {
    const known = this.#about.get(name);
    if (known !== undefined) return known;
    const about = new Set(this.#exact.get(name.toLowerCase()) ?? []);
    const lower = name.toLowerCase();
    for (const { statement, patterns } of this.#patterned) if (patterns.some((matches) => matches(lower)) !== statement.action.not) about.add(statement);
    this.#about.set(name, about);
    return about;
  }
}

/** Whether an action in lower case matches: most patterns of actions are a name, or the beginning of one. */
function actionTest(pattern: Pattern): (lower: string) => boolean {
  const source = pattern.source.toLowerCase();
  const wild = source.search(/[*?]/);
  if (wild < 0) return (lower) => lower === source;
  const head = source.slice(0, wild);
  if (wild === source.length - 1 && source.endsWith('*')) return (lower) => lower.startsWith(head);
  return (lower) => lower.startsWith(head) && matchesPattern(pattern, lower, noContext);
}

const noContext = new Map<string, readonly string[]>();
