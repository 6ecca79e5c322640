import { isLabelKey, isLabelValue } from '../model/label-syntax.ts';
import { type LabelSelector, type Labels, type Requirement, type SelectorTerm, selects } from '../model/labels.ts';

/** A selector that must, or must not, select. */
export interface Literal {
  readonly selector: LabelSelector;
  readonly holds: boolean;
}

/** Labels that do it; `none` where no labels can; `undecided` where none were found and none were ruled out. */
export type Found = Labels | 'none' | 'undecided';

/** Steps of one search before it is given up as undecided. */
const mostSteps = 20_000;

/**
 * Labels that an object could have and that make all literals true. Exact for In, NotIn, Exists, DoesNotExist and their boolean combinations; terms that
 * look into values (contains, starts with, ends with) are tried with likely values, and are undecided where those fail.
 */
export function labelsFor(literals: readonly Literal[]): Found {
  const search = new Search();
  const labels = search.run(literals);
  if (labels !== null) return labels;
  return search.gaveUp ? 'undecided' : 'none';
}

/** One condition on one key, `holds` or its opposite. */
type Condition = { readonly key: string; readonly is: Requirement | Extract<SelectorTerm, { kind: 'text' }>; readonly holds: boolean };

/** What is still to be made true: a condition, all of some goals, or one of some. */
type Goal = { readonly kind: 'one'; readonly condition: Condition } | AllOf | AnyOf;

interface AllOf {
  readonly kind: 'all';
  readonly goals: readonly Goal[];
}

interface AnyOf {
  readonly kind: 'any';
  readonly goals: readonly Goal[];
}

class Search {
  gaveUp = false;
  #steps = 0;

  run(literals: readonly Literal[]): Labels | null {
    return this.#solve(
      literals.map(({ selector, holds }) => goalOf(selector, holds)),
      new Map(),
    );
  }

  /** Makes all goals true, those without a choice first. */
  #solve(goals: readonly Goal[], known: ReadonlyMap<string, readonly Condition[]>): Labels | null {
    if (++this.#steps > mostSteps) {
      this.gaveUp = true;
      return null;
    }
    const conditions = new Map(known);
    const choices: AnyOf[] = [];
    const open = [...goals];
    const touched = new Set<string>();
    for (let goal = open.pop(); goal !== undefined; goal = open.pop()) {
      if (goal.kind === 'all') open.push(...goal.goals);
      else if (goal.kind === 'any') {
        if (goal.goals.length === 1) open.push(...goal.goals);
        else choices.push({ kind: 'any', goals: goal.goals });
      } else {
        conditions.set(goal.condition.key, [...(conditions.get(goal.condition.key) ?? []), goal.condition]);
        touched.add(goal.condition.key);
      }
    }
    for (const key of touched) if (this.#value(key, conditions.get(key) ?? []) === null) return null;
    const [choice, ...others] = choices.sort((a, b) => a.goals.length - b.goals.length);
    if (choice === undefined) return this.#labels(conditions);
    for (const alternative of choice.goals) {
      const labels = this.#solve([alternative, ...others], conditions);
      if (labels !== null) return labels;
    }
    return null;
  }

  #labels(conditions: ReadonlyMap<string, readonly Condition[]>): Labels {
    const values = [...conditions].map(([key, own]) => [key, this.#value(key, own)] as const);
    return Object.fromEntries(values.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string'));
  }

  /** A value that meets all conditions on one key; undefined where the key should be absent; null where nothing does. */
  #value(key: string, conditions: readonly Condition[]): string | undefined | null {
    const fits = (value: string | undefined): boolean => conditions.every((c) => meets(c, value));
    if (fits(undefined)) return undefined;
    if (!isLabelKey(key) || conditions.some(wantsAbsence)) return null;
    const listed = conditions.map(listOf).find((values) => values !== null);
    if (listed != null) return listed.find((v) => isLabelValue(v) && fits(v)) ?? null;
    const value = [...candidateValues(conditions)].find((v) => isLabelValue(v) && fits(v));
    if (value !== undefined) return value;
    if (!contradict(conditions)) this.gaveUp = true;
    return null;
  }
}

function goalOf({ requirements, terms = [] }: LabelSelector, holds: boolean): Goal {
  const goals = [...requirements.map((is): Goal => ({ kind: 'one', condition: { key: is.key, is, holds } })), ...terms.map((t) => termGoal(t, holds))];
  return { kind: holds ? 'all' : 'any', goals };
}

function termGoal(term: SelectorTerm, holds: boolean): Goal {
  switch (term.kind) {
    case 'any-of':
      return { kind: holds ? 'any' : 'all', goals: term.selectors.map((s) => goalOf(s, holds)) };
    case 'not':
      return goalOf(term.selector, !holds);
    case 'text':
      return { kind: 'one', condition: { key: term.key, is: term, holds } };
  }
}

function meets({ key, is, holds }: Condition, value: string | undefined): boolean {
  const labels: Labels = value === undefined ? {} : { [key]: value };
  return selects('operator' in is ? { requirements: [is] } : { requirements: [], terms: [is] }, labels) === holds;
}

function wantsAbsence({ is, holds }: Condition): boolean {
  return 'operator' in is && is.operator === (holds ? 'DoesNotExist' : 'Exists');
}

/** The only values that meet a condition, where it lists them. */
function listOf({ is, holds }: Condition): readonly string[] | null {
  return 'operator' in is && is.operator === (holds ? 'In' : 'NotIn') ? is.values : null;
}

function textsOf(conditions: readonly Condition[], holds: boolean): Extract<SelectorTerm, { kind: 'text' }>[] {
  return conditions.flatMap((c) => ('operator' in c.is || c.holds !== holds ? [] : [c.is]));
}

/** What stands between the parts of a value that is made up. */
const fillers: readonly string[] = ['any', '', 'x', 'q7', '0', 'Z', 'k', '5', 'w', 'J'];

/** Values worth trying, more of them than there are values excluded one by one. */
function* candidateValues(conditions: readonly Condition[]): Generator<string> {
  const texts = textsOf(conditions, true);
  const longest = (how: string): string => texts.filter((t) => t.how === how).reduce((best, { value }) => (value.length > best.length ? value : best), '');
  const [head, tail] = [longest('starts-with'), longest('ends-with')];
  const inner = texts.filter((t) => t.how === 'contains' && !head.includes(t.value) && !tail.includes(t.value)).map((t) => t.value);
  // Head and tail may share characters.
  for (let shared = Math.min(head.length, tail.length); shared > 0; shared--) if (head.endsWith(tail.slice(0, shared))) yield head + tail.slice(shared);
  for (const order of [inner, [...inner].reverse()])
    for (const filler of fillers) {
      const joined = [head, ...order, tail].filter((part) => part !== '').join(filler);
      if (joined !== '') yield joined;
      yield `${head}${filler}${order.join(filler)}${filler === '' || order.length === 0 ? '' : filler}${tail}`;
    }
  const excluded = conditions.reduce((n, { is }) => n + ('operator' in is ? is.values.length : 0), 0);
  for (let n = 0; n <= excluded; n++) yield `${head}${[...(inner.length === 0 ? ['any'] : inner), String(n)].join('-')}${tail}`;
}

/** The longest value of a label. Source: kubernetes/apimachinery validation.LabelValueMaxLength. */
const longestValue = 63;

/** Whether no value at all can meet the conditions, as far as that is easy to see; each value by itself is excluded elsewhere. */
function contradict(conditions: readonly Condition[]): boolean {
  const [wanted, refused] = [textsOf(conditions, true), textsOf(conditions, false)];
  const apart = (a: (typeof wanted)[number], b: (typeof wanted)[number]): boolean =>
    (a.how === 'starts-with' && b.how === 'starts-with' && !a.value.startsWith(b.value) && !b.value.startsWith(a.value)) ||
    (a.how === 'ends-with' && b.how === 'ends-with' && !a.value.endsWith(b.value) && !b.value.endsWith(a.value));
  return (
    wanted.some((t) => t.value.length > longestValue || !/^[A-Za-z0-9._-]*$/.test(t.value)) ||
    wanted.some((a) => wanted.some((b) => apart(a, b))) ||
    refused.some(
      (r) =>
        r.value === '' ||
        wanted.some((t) =>
          r.how === 'contains'
            ? t.value.includes(r.value)
            : r.how === t.how && (r.how === 'starts-with' ? t.value.startsWith(r.value) : t.value.endsWith(r.value)),
        ),
    )
  );
}
