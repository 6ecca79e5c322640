import { kept } from '../../kernel/memo.ts';
import { decide, type IamVerdict } from '../decide.ts';
import { mayBeList } from '../keys.ts';
import { allPolicies, insertedKeys, mentionedKeys } from '../mentioned.ts';
import { variablesOf } from '../pattern.ts';
import type { Policy, Statement } from '../policy.ts';
import type { PolicySet } from '../policy-set.ts';
import type { Request } from '../request.ts';
import { ActionIndex } from './action-index.ts';
import { Allowance } from './allowance.ts';
import { Solver } from './constraint.ts';
import { anEffort, efforts } from './find-text.ts';
import { Ground } from './ground.ts';
import { puzzleOf, without } from './paths.ts';
import { type ActionRange, type CallerRange, freeKey, type KeyRange, type Region } from './region.ts';
import { Search, steps } from './search.ts';
import { Setting, serviceOf, supports } from './setting.ts';
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
  readonly #effort = new Allowance(efforts);
  readonly #steps = new Allowance(steps);
  readonly #statements: readonly Statement[];
  readonly #about: ActionIndex;
  readonly #inserted: readonly string[];
  readonly #mentioned: ReadonlySet<string>;
  /** Keys that conditions compare as lists. */
  readonly #lists: ReadonlyMap<string, KeyRange>;

  /** With `unless`, requests that those policies allow do not count: what is left is what the one set allows and the other does not. */
  constructor(policies: PolicySet, unless: PolicySet | null = null) {
    this.#policies = policies;
    this.#unless = unless;
    const sets = unless === null ? [policies] : [policies, unless];
    this.#statements = sets.flatMap(allPolicies).flatMap((p) => p.statements);
    this.#mentioned = new Set(sets.flatMap((set) => [...mentionedKeys(set)]));
    const inSets = this.#statements.flatMap((s) => s.conditions.flatMap((c) => (c.set === null ? [] : [c.key])));
    this.#lists = new Map(inSets.filter((key) => mayBeList(key, true)).map((key) => [key, { ...freeKey, list: true }]));
    this.#inserted = [...new Set(this.#statements.flatMap(insertedKeys))];
    this.#about = new ActionIndex(this.#statements);
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
    const effort = anEffort(this.#effort.next());
    const granted = effort.left;
    const answer = this.#askWith(region, new Solver(this.#units, effort));
    this.#effort.spend(granted - effort.left);
    return answer;
  }

  #askWith(region: Region, solver: Solver): Answer {
    const grounds = new Map<CallerRange, Map<string, Ground>>();
    let doubt: { readonly request: Request | null; readonly why: string } | null = null;
    for (const { action, alike } of this.classes(region.actions))
      for (const callers of region.callers)
        for (const form of action.resources) {
          const setting = new Setting(region, callers, action, form);
          const ground = kept(
            kept(grounds, callers, () => new Map<string, Ground>()),
            `${serviceOf(action)}${form.source}`,
            () => new Ground(serviceOf(action), form, this.#units),
          );
          const about = this.#about.of(action.name);
          const aboutIn = (policy: Policy) => about.of(policy);
          const puzzle = puzzleOf(setting, ground, this.#policies, this.#units, aboutIn);
          const other = this.#unless === null ? null : puzzleOf(setting, ground, this.#unless, this.#units, aboutIn);
          const puzzles = other === null ? [puzzle] : without(puzzle, other);
          if (puzzles === undefined) {
            doubt ??= { request: null, why: `there are too many ways in which ${action.name} could be refused` };
            continue;
          }
          for (const one of puzzles) {
            let confirmed: IamVerdict | null = null;
            const search = new Search(setting, solver, one, { deadEnds: ground.deadEnds, mostSteps: this.#steps.next() }, (request) => {
              const verdict = decide(request, this.#policies);
              const before = this.#unless === null ? null : decide(request, this.#unless);
              if (verdict.decision === 'allowed' && before?.decision !== 'allowed' && before?.decision !== 'unknown') confirmed = verdict;
              else doubt ??= { request, why: verdict.decision === 'allowed' ? (before?.because ?? '') : verdict.because };
              return confirmed !== null;
            });
            const request = search.run(setting.resourceDomain(this.#units));
            this.#steps.spend(search.steps);
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
    const classes = new Map<string, { readonly action: ActionRange; readonly alike: string[] }>();
    const ownKeys = new Map<string, readonly string[]>();
    for (const action of actions) {
      const service = serviceOf(action);
      const own = kept(ownKeys, service, () => [...this.#mentioned].filter((key) => key.startsWith(service))).filter((key) => !supports(action, key));
      const key = JSON.stringify([service, this.#about.of(action.name).key, action.resources.map((r) => r.source), action.keys === null, own]);
      const known = classes.get(key);
      if (known === undefined) classes.set(key, { action, alike: [action.name] });
      else known.alike.push(action.name);
    }
    return [...classes.values()];
  }
}
