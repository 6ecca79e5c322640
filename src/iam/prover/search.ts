import type { Request } from '../request.ts';
import { both, type Constraint, free, type Solver, satisfies } from './constraint.ts';
import type { FormPart } from './forms.ts';
import type { Choice, Puzzle } from './paths.ts';
import { callerVariable, resourceVariable, type Setting } from './setting.ts';

/** Steps that one setting may take; beyond, its answer is not known. */
const mostSteps = 50_000;

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
  readonly #found: (request: Request) => boolean;
  #steps = 0;

  constructor(setting: Setting, solver: Solver, puzzle: Puzzle, found: (request: Request) => boolean) {
    this.#setting = setting;
    this.#solver = solver;
    this.#puzzle = puzzle;
    this.#found = found;
  }

  run(domain: Constraint): Request | null {
    const start = this.#with(new Map(), [{ variable: resourceVariable, constraint: domain }]);
    if (start === null) return null;
    for (const way of this.#puzzle.ways) {
      // What asks nothing is met; the rest goes from few alternatives to many.
      const open = way.filter((choice) => !choice.some((parts) => parts.length === 0)).sort((a, b) => a.length - b.length);
      const request = this.#choose(start, open, 0);
      if (request !== null || this.spent) return request;
    }
    return null;
  }

  #choose(state: State, choices: readonly Choice[], at: number): Request | null {
    const choice = choices[at];
    if (choice === undefined) return this.#settle(state);
    for (const parts of choice) {
      const next = this.#with(
        state,
        parts.map(({ variable, may }) => ({ variable, constraint: may })),
      );
      const request = next === null ? null : this.#choose(next, choices, at + 1);
      if (request !== null || this.spent) return request;
    }
    return null;
  }

  /** Picks values, and mends them as long as some denial is about them. */
  #settle(state: State, bends = 0): Request | null {
    if (bends > mostBends) {
      this.spent = true;
      return null;
    }
    const values = (variable: string): readonly string[] => this.#values(variable, state.get(variable) ?? free) ?? [];
    const denial = this.#puzzle.denials.find((parts) => !parts.some(({ variable, mayNot }) => satisfies(values(variable), mayNot)));
    if (denial === undefined) {
      const request = this.#request(state);
      return this.#found(request) ? request : null;
    }
    for (const demand of misses(denial)) {
      const next = this.#with(state, demand);
      const request = next === null ? null : this.#settle(next, bends + 1);
      if (request !== null || this.spent) return request;
    }
    return null;
  }

  /** The state with a demand met; null where it cannot be. */
  #with(state: State, demand: Demand): State | null {
    const next = new Map(state);
    for (const { variable, constraint } of demand) next.set(variable, both(next.get(variable) ?? free, constraint));
    // Keys first: a resource takes longest to find.
    for (const { variable } of [...demand.filter((d) => d.variable !== resourceVariable), ...demand.filter((d) => d.variable === resourceVariable)]) {
      if (++this.#steps > mostSteps) {
        this.spent = true;
        return null;
      }
      if (this.#values(variable, next.get(variable) ?? free) === null) return null;
    }
    return next;
  }

  #values(variable: string, constraint: Constraint): readonly string[] | null {
    const range = this.#setting.ranges.get(variable) ?? this.#setting.rangeOf(variable);
    return this.#solver.values(this.#setting.names.get(variable) ?? variable, range, constraint);
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
