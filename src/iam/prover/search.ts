import { kept } from '../../kernel/memo.ts';
import type { Request } from '../request.ts';
import { both, type Constraint, free, type Solver, satisfies } from './constraint.ts';
import { chosenKey, type DeadEnds } from './dead-ends.ts';
import type { FormPart, Row } from './forms.ts';
import type { Choice, Puzzle } from './paths.ts';
import { callerVariable, resourceVariable, type Setting } from './setting.ts';

/** Steps that one setting may take, beyond which its answer is not known, and those of all settings of all questions to one prover. */
export const steps = { all: 100_000, most: 50_000, least: 200 } as const;

/** Denials that one request is bent around, one after the other; more would only cost stack. */
const mostBends = 500;

type State = ReadonlyMap<string, Constraint>;

/** What must be of some variables, all of it. */
type Demand = readonly { readonly variable: string; readonly constraint: Constraint }[];

/**
 * Looks for a request of a setting that its puzzle lets pass. Choices are made one after the other; then values are picked, and where a denial is about
 * them, each way in which it could miss is tried. `found` says whether a request will do; null comes back when none does, with `spent` where steps ran out.
 */
export class Search {
  spent = false;
  readonly #setting: Setting;
  readonly #solver: Solver;
  readonly #puzzle: Puzzle;
  readonly #deadEnds: DeadEnds;
  readonly #found: (request: Request) => boolean;
  readonly #denials: ReadonlySet<number>;
  /** Denials that were in the way of what is chosen. */
  #ranInto = new Set<number>();
  /** Whether a request of what is chosen was turned down: nothing follows from that for others. */
  #turnedDown = false;
  readonly #mostSteps: number;
  #steps = 0;

  constructor(
    setting: Setting,
    solver: Solver,
    puzzle: Puzzle,
    { deadEnds, mostSteps }: { readonly deadEnds: DeadEnds; readonly mostSteps: number },
    found: (request: Request) => boolean,
  ) {
    this.#mostSteps = mostSteps;
    this.#setting = setting;
    this.#solver = solver;
    this.#puzzle = puzzle;
    this.#deadEnds = deadEnds;
    this.#found = found;
    this.#denials = new Set(puzzle.denials.map((d) => d.id));
  }

  /** What it took. */
  get steps(): number {
    return this.#steps;
  }

  run(domain: Constraint): Request | null {
    const start = this.#with(new Map(), [{ variable: resourceVariable, constraint: domain }]);
    if (start === null) return null;
    for (const way of this.#puzzle.ways) {
      // What asks nothing is met; the rest goes from few alternatives to many.
      const open = way.filter((choice) => !choice.some(({ parts }) => parts.length === 0)).sort((a, b) => a.length - b.length);
      const request = this.#choose(start, [], open);
      if (request !== null || this.spent) return request;
    }
    return null;
  }

  #choose(state: State, chosen: readonly number[], choices: readonly Choice[]): Request | null {
    const choice = choices[chosen.length];
    if (choice === undefined) return this.#settleOn(state, chosenKey(chosen));
    for (const { id, parts } of choice) {
      const now = [...chosen, id];
      const key = chosenKey(now);
      if (this.#deadEnds.has(key, this.#denials)) continue;
      const next = this.#with(
        state,
        parts.map(({ variable, may }) => ({ variable, constraint: may })),
      );
      if (next === null && !this.spent) this.#deadEnds.add(key, new Set());
      const request = next === null ? null : this.#choose(next, now, choices);
      if (request !== null || this.spent) return request;
    }
    return null;
  }

  #settleOn(state: State, key: string): Request | null {
    this.#ranInto = new Set();
    this.#turnedDown = false;
    const request = this.#settle(state);
    if (request === null && !this.spent && !this.#turnedDown) this.#deadEnds.add(key, this.#ranInto);
    return request;
  }

  /** Picks values, and mends them as long as some denial is about them. */
  #settle(state: State, bends = 0): Request | null {
    if (bends > mostBends) {
      this.spent = true;
      return null;
    }
    const known = new Map<string, readonly string[]>();
    const values = (variable: string): readonly string[] => kept(known, variable, () => this.#values(variable, state.get(variable) ?? free) ?? []);
    const inTheWay = ({ parts }: Row): boolean => !parts.some(({ variable, mayNot }) => satisfies(values(variable), mayNot));
    const final = this.#deadEnds.final.find(
      (row) => this.#denials.has(row.id) && inTheWay(row) && misses(row.parts).every((d) => this.#with(state, d) === null),
    );
    if (final !== undefined || this.spent) {
      if (final !== undefined) this.#ranInto.add(final.id);
      return null;
    }
    const denials = this.#puzzle.denials.filter(inTheWay);
    // Denials with one way out leave no choice: what they ask is asked at once.
    const forced = denials.filter(({ parts }) => parts.length === 1);
    if (forced.length > 1) {
      for (const { id } of forced) this.#ranInto.add(id);
      const next = this.#with(
        state,
        forced.flatMap(({ parts }) => misses(parts).flat()),
      );
      return next === null ? null : this.#settle(next, bends + 1);
    }
    const [denial] = denials;
    if (denial === undefined) {
      const request = this.#request(state);
      if (this.#found(request)) return request;
      this.#turnedDown = true;
      return null;
    }
    this.#ranInto.add(denial.id);
    let isFinal = true;
    for (const demand of misses(denial.parts)) {
      const next = this.#with(state, demand);
      if (next !== null) isFinal = false;
      const request = next === null ? null : this.#settle(next, bends + 1);
      if (request !== null || this.spent) return request;
    }
    if (isFinal) this.#deadEnds.isFinal(denial);
    return null;
  }

  /** The state with a demand met; null where it cannot be. */
  #with(state: State, demand: Demand): State | null {
    const next = new Map(state);
    for (const { variable, constraint } of demand) next.set(variable, both(next.get(variable) ?? free, constraint));
    // Keys first: a resource takes longest to find.
    for (const { variable } of [...demand.filter((d) => d.variable !== resourceVariable), ...demand.filter((d) => d.variable === resourceVariable)]) {
      if (++this.#steps > this.#mostSteps) {
        this.spent = true;
        return null;
      }
      if (this.#values(variable, next.get(variable) ?? free) === null) return null;
    }
    return next;
  }

  #values(variable: string, constraint: Constraint): readonly string[] | null {
    return this.#setting.values(this.#solver, variable, constraint);
  }

  #request(state: State): Request {
    const { region, action, caller, owner } = this.#setting;
    const context = new Map<string, readonly string[]>();
    for (const key of new Set([...region.keys.keys(), ...state.keys()])) {
      if (key === resourceVariable || key === callerVariable || this.#setting.ranges.has(key)) continue;
      const values = this.#values(key, state.get(key) ?? free) ?? [];
      if (values.length > 0) context.set(key, values);
    }
    const text = (variable: string): string => this.#values(variable, state.get(variable) ?? free)?.[0] ?? '';
    const resource = text(resourceVariable);
    const inArn = resource.split(':')[4] ?? '';
    const foreign = (): string => (inArn === '' ? text('aws:resourceaccount') : inArn);
    return {
      caller: caller ?? { type: 'AWS', arn: text(callerVariable), session: null },
      action: action.name,
      resource,
      resourceAccount: owner === null ? null : 'is' in owner ? owner.is : foreign(),
      context,
    };
  }
}

/** Ways in which a statement can miss, one for each part: those that need a certain value last, for they are the least believable. */
function misses(parts: readonly FormPart[]): readonly Demand[] {
  return parts.map(({ variable, mayNot }) => [{ variable, constraint: mayNot }]);
}
