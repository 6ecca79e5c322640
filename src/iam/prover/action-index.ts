import { kept } from '../../kernel/memo.ts';
import type { Pattern } from '../pattern.ts';
import type { Policy, Statement } from '../policy.ts';
import { Union } from './union.ts';

/** What statements say of an action. */
interface About {
  /** The statements of a policy that are about it. */
  readonly of: (policy: Policy) => readonly Statement[];
  /** Their numbers, as text: equal for actions of which every statement says the same. */
  readonly key: string;
}

/** Tells which statements are about an action. Statements repeat few patterns, so each is tried once an action, and actions that match the same ones are alike. */
export class ActionIndex {
  readonly #statements: readonly { readonly statement: Statement; readonly patterns: readonly number[] }[];
  readonly #names = new Map<string, number>();
  readonly #wild: { readonly id: number; readonly matches: (lower: string) => boolean }[] = [];
  readonly #byName = new Map<string, About>();
  readonly #byMatched = new Map<string, About>();

  constructor(statements: readonly Statement[]) {
    const ids = new Map<string, number>();
    const idOf = (pattern: Pattern): number => {
      const lower = pattern.source.toLowerCase();
      return kept(ids, lower, () => {
        const id = ids.size;
        if (/[*?]/.test(lower)) this.#wild.push({ id, matches: testOf(pattern, lower) });
        else this.#names.set(lower, id);
        return id;
      });
    };
    this.#statements = statements.map((statement) => ({ statement, patterns: statement.action.patterns.map(idOf) }));
  }

  of(name: string): About {
    return kept(this.#byName, name, () => {
      const lower = name.toLowerCase();
      const matched = this.#wild.flatMap(({ id, matches }) => (matches(lower) ? [id] : []));
      const exact = this.#names.get(lower);
      if (exact !== undefined) matched.push(exact);
      return kept(this.#byMatched, matched.join(), () => this.#about(new Set(matched)));
    });
  }

  #about(matched: ReadonlySet<number>): About {
    const about = this.#statements.flatMap(({ statement, patterns }, i) =>
      patterns.some((p) => matched.has(p)) !== statement.action.not ? [{ statement, i }] : [],
    );
    const statements = new Set(about.map((a) => a.statement));
    const byPolicy = new Map<Policy, readonly Statement[]>();
    const of = (policy: Policy) => kept(byPolicy, policy, () => policy.statements.filter((s) => statements.has(s)));
    return { of, key: about.map((a) => a.i).join() };
  }
}

/** Whether an action in lower case matches: most patterns of actions are the beginning of a name. */
function testOf(pattern: Pattern, lower: string): (name: string) => boolean {
  const wild = lower.search(/[*?]/);
  const head = lower.slice(0, wild);
  if (wild === lower.length - 1 && lower.endsWith('*')) return (name) => name.startsWith(head);
  const union = new Union(-1, [pattern]);
  return (name) => name.startsWith(head) && union.has(name);
}
