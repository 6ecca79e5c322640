import { kept } from '../../kernel/memo.ts';
import type { Grant } from '../matches-principal.ts';
import { keysOf } from '../mentioned.ts';
import type { Pattern } from '../pattern.ts';
import type { Statement } from '../policy.ts';
import type { Constraint } from './constraint.ts';
import { DeadEnds } from './dead-ends.ts';
import { type FormPart, formsOf, type Row } from './forms.ts';
import { type Setting, supports } from './setting.ts';
import { mayMeet } from './union.ts';
import { codeOf, type Units } from './unit.ts';

/**
 * What settings have in common that differ by nothing but the action, within one service: what each statement asks there, and what was found to be impossible.
 * Settings differ in the keys of the service that their actions know; rows tell those apart.
 */
export class Ground {
  readonly deadEnds = new DeadEnds();
  readonly #service: string;
  /** Of the resources. */
  readonly #form: Pattern;
  readonly #units: Units;
  readonly #rows = new Map<string, Row>();
  readonly #forms = new Map<Statement, { readonly keys: readonly string[]; readonly byKeys: Map<string, readonly GrantedRow[]> }>();

  constructor(service: string, form: Pattern, units: Units) {
    this.#service = service;
    this.#form = form;
    this.#units = units;
  }

  /** The forms of a statement whose action is that of the setting, but for those that are about none of its resources. */
  formsOf(statement: Statement, setting: Setting): readonly GrantedRow[] {
    const { keys, byKeys } = kept(this.#forms, statement, () => ({
      keys: keysOf(statement).filter((key) => key.startsWith(this.#service)),
      byKeys: new Map(),
    }));
    const known = keys.length === 0 ? '' : keys.filter((key) => supports(setting.action, key)).join(' ');
    return kept(byKeys, known, () =>
      this.#isAbout(statement) ? formsOf(statement, setting, this.#units).map(({ grant, parts }) => ({ grant, row: this.row(parts, setting) })) : [],
    );
  }

  row(parts: readonly FormPart[], setting: Setting): Row {
    const key = parts.map(({ variable, may, mayNot }) => `${variable} ${setting.rangeOf(variable).kind} ${written(may)} ${written(mayNot)}`).join('\n');
    return kept(this.#rows, key, () => ({ id: this.#rows.size, parts }));
  }

  #isAbout({ resource }: Statement): boolean {
    return resource === null || resource.not || resource.patterns.some((p) => mayMeet(p, this.#form));
  }
}

export interface GrantedRow {
  /** How the statement names the caller. */
  readonly grant: Grant;
  readonly row: Row;
}

function written({ absent, every, some }: Constraint): string {
  return `${absent} ${every.map(codeOf)} ${some.map(codeOf)}`;
}
