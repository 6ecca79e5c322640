import { type Grant, matchesPrincipal } from '../matches-principal.ts';
import type { Part, Pattern } from '../pattern.ts';
import type { Condition, PatternPart, Policy, PrincipalPart, Statement } from '../policy.ts';
import { holdsOthers } from '../policy-set.ts';
import { type Constraint, free, present } from './constraint.ts';
import type { KeyRange } from './region.ts';
import { arnWithAccount, callerVariable, resourceVariable, type Setting } from './setting.ts';
import { Union } from './union.ts';
import type { Literal, Unit, Units } from './unit.ts';

/**
 * One part of a statement in a setting: what must be of a variable for the part to hold, and for it not to. Where everything is known these are opposites;
 * where not, each takes in what is unknown, so that no request that may be allowed is overlooked.
 */
export interface FormPart {
  readonly variable: string;
  readonly may: Constraint;
  readonly mayNot: Constraint;
}

/** Parts that must hold together. Equal ones on the same ground have the same number. */
export interface Row {
  readonly id: number;
  readonly parts: readonly FormPart[];
}

/** A statement whose action is that of the setting. `grant` is how it names the caller. */
export interface Form {
  readonly statement: Statement;
  readonly grant: Grant;
  readonly parts: readonly FormPart[];
}

/** Perhaps so, perhaps not: a part that can always go either way. */
export const eitherWay: FormPart = { variable: resourceVariable, may: present, mayNot: present };

const never: Literal = { unit: { kind: 'text', union: new Union(-1, []) }, is: true };

function exactly(variable: string, unit: Unit, is: boolean): FormPart {
  const with_ = (yes: boolean): Constraint => ({ absent: false, every: [{ unit, is: yes }], some: [] });
  return { variable, may: with_(is), mayNot: with_(!is) };
}

/** The forms of a statement: none where it is not about the caller, several where it names callers in different ways. */
export function formsOf(statement: Statement, setting: Setting, units: Units): readonly Form[] {
  const parts = [
    ...(statement.resource === null || isAll(statement.resource) ? [] : [resourcePart(statement.resource, setting, units)]),
    ...statement.conditions.map((c) => conditionPart(c, setting, units)),
    ...(statement.unsure === null ? [] : [eitherWay]),
  ];
  return whoForms(statement.principal, setting, units).map(({ grant, part }) => ({ statement, grant, parts: part === null ? parts : [part, ...parts] }));
}

/** That the resource is one that the policy is attached to; null where it does not say. */
export function governedPart(policy: Policy, units: Units): FormPart | null {
  if (policy.resource === null) return null;
  return exactly(resourceVariable, units.text(governedPatterns(policy.resource)), true);
}

/** The resource, and what lies in it. */
export function governedPatterns(resource: string): readonly Pattern[] {
  const own: Part = { kind: 'text', text: resource };
  return [
    { source: resource, parts: [own], ignoreCase: false },
    ...(holdsOthers(resource)
      ? [
          {
            source: `${resource}/*`,
            parts: [{ kind: 'text', text: `${resource}/` } as const, { kind: 'many', of: 'anything' } as const],
            ignoreCase: false,
          },
        ]
      : []),
  ];
}

/** Whether every resource is meant: nothing has to be asked of it then. */
function isAll({ not, patterns }: PatternPart): boolean {
  return !not && patterns.some(({ parts: [first, ...more] }) => more.length === 0 && first?.kind === 'many' && first.of === 'anything');
}

function resourcePart(part: PatternPart, setting: Setting, units: Units): FormPart {
  const { most, least, doubt } = units.patterns(part, part.patterns, (key) => setting.rangeOf(key));
  const matches: Constraint = { absent: false, every: [{ unit: most, is: true }], some: [] };
  const misses: Constraint = { absent: false, every: [{ unit: least, is: false }], some: [] };
  if (!part.not) return { variable: resourceVariable, may: matches, mayNot: misses };
  return { variable: resourceVariable, may: misses, mayNot: doubt ? present : matches };
}

function conditionPart(condition: Condition, setting: Setting, units: Units): FormPart {
  const { variable, lift } = setting.variableOf(condition.key);
  const { operator, set, ifExists } = condition;
  const absent = ifExists || (set === null ? operator.negated : set === 'all');
  if (operator.family === 'presence') {
    const wants = condition.values.map((v) => v.kind === 'presence' && v.absent);
    const whenAbsent = wants.includes(true);
    const whenPresent = wants.includes(false);
    return {
      variable,
      may: { absent: whenAbsent, every: whenPresent ? [] : [never], some: [] },
      mayNot: { absent: !whenAbsent, every: whenPresent ? [never] : [], some: [] },
    };
  }
  const range = setting.rangeOf(condition.key);
  if (condition.opaque !== null || (set === null && isList(range))) return unsure(variable, absent);
  const lits = valueLiterals(condition, setting, units, lift);
  if (lits === null) return unsure(variable, absent);
  const { may, mayNot } = lits;
  const every = (l: readonly Literal[], whenAbsent: boolean): Constraint => ({ absent: whenAbsent, every: l, some: [] });
  const some = (l: readonly Literal[], whenAbsent: boolean): Constraint => ({ absent: whenAbsent, every: [], some: l.length === 0 ? [anyValue] : l });
  if (set === 'any') return { variable, may: some(may, absent), mayNot: every(mayNot, !absent) };
  if (set === 'all') return { variable, may: every(may, absent), mayNot: some(mayNot, !absent) };
  return { variable, may: every(may, absent), mayNot: every(mayNot, !absent) };
}

const anyValue: Literal = { unit: never.unit, is: false };

/** Of a key that is there it is not known what the condition makes. */
function unsure(variable: string, absent: boolean): FormPart {
  return { variable, may: { ...free, absent }, mayNot: { ...free, absent: !absent } };
}

function isList(range: KeyRange): boolean {
  return range.kind === 'fixed' ? range.values.length > 1 : range.kind === 'free' && range.list;
}

/** What must be of a value for the condition to hold of it, and not to; null where that cannot be said. */
function valueLiterals(
  condition: Condition,
  setting: Setting,
  units: Units,
  lift: 'none' | 'account',
): { readonly may: readonly Literal[]; readonly mayNot: readonly Literal[] } | null {
  const { operator, values } = condition;
  if (operator.family !== 'text') {
    if (lift !== 'none') return null;
    const unit = units.comparison(condition);
    return { may: [{ unit, is: !operator.negated }], mayNot: [{ unit, is: operator.negated }] };
  }
  const written = values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern] : []));
  const patterns = lift === 'account' ? written.flatMap(inArn) : written;
  const { most, least, doubt } = units.patterns(lift === 'none' ? condition : condition.values, patterns, (key) => setting.rangeOf(key));
  if (!operator.negated) return { may: [{ unit: most, is: true }], mayNot: [{ unit: least, is: false }] };
  return { may: [{ unit: least, is: false }], mayNot: doubt ? [] : [{ unit: most, is: true }] };
}

/** A pattern of an account as one of the ARN that it is in. An account holds no ":". */
function inArn({ parts, ignoreCase }: Pattern): readonly Pattern[] {
  if (parts.some((p) => p.kind === 'text' && p.text.includes(':'))) return [];
  return [
    arnWithAccount(
      parts.map((p) => (p.kind === 'one' || p.kind === 'many' ? { kind: p.kind, of: 'component' } : p)),
      ignoreCase,
    ),
  ];
}

interface Who {
  readonly grant: Grant;
  /** Null: it is about the caller whoever that is. */
  readonly part: FormPart | null;
}

function whoForms(part: PrincipalPart | null, setting: Setting, units: Units): readonly Who[] {
  if (part === null) return [{ grant: 'named', part: null }];
  const { caller } = setting;
  if (caller !== null) {
    const { is, grant, perhapsBeyond } = matchesPrincipal(part, caller);
    if (is === 'no') return [];
    return [{ grant, part: is === 'yes' ? null : eitherWay }, ...(perhapsBeyond && is === 'yes' ? [{ grant: 'beyond' as const, part: eitherWay }] : [])];
  }
  const everyone = part.principals.some((p) => p.type === 'everyone');
  const accounts = part.principals.flatMap((p) => (p.type === 'account' ? [p.id] : []));
  const named = part.principals.flatMap((p) => (p.type === 'AWS' ? [p.id] : []));
  const inAccounts = accounts.map((id) => arnWithAccount([{ kind: 'text', text: id }]));
  const text = (patterns: readonly Pattern[], is: boolean): Constraint => ({ absent: false, every: [{ unit: units.text(patterns), is }], some: [] });
  if (part.not) {
    if (everyone) return [];
    const left = named.filter((arn) => accounts.includes(arn.split(':')[4] ?? '')).map(plain);
    return [{ grant: 'named', part: { variable: callerVariable, may: text(left, false), mayNot: text([...inAccounts, ...named.map(plain)], true) } }];
  }
  const users = named.filter((arn) => arn.includes(':user/'));
  const roles = named.filter((arn) => !arn.includes(':user/'));
  // The name of a session is in no region: it is perhaps meant.
  const sessions = part.principals.flatMap((p) => (p.type === 'session' ? rolesOfSession(p.id) : []));
  return [
    ...(everyone ? [{ grant: 'named' as const, part: null }] : roles.length === 0 ? [] : [{ grant: 'named' as const, part: about(roles.map(plain)) }]),
    ...(users.length === 0 ? [] : [{ grant: 'beyond' as const, part: about(users.map(plain)) }]),
    ...(sessions.length === 0 ? [] : [{ grant: 'beyond' as const, part: { ...about(sessions), mayNot: present } }]),
    ...(inAccounts.length === 0 || everyone ? [] : [{ grant: 'account' as const, part: about(inAccounts) }]),
  ];
  function about(patterns: readonly Pattern[]): FormPart {
    return { variable: callerVariable, may: text(patterns, true), mayNot: text(patterns, false) };
  }
}

/** Roles of which a session may be: its ARN does not tell the path. Source: IAM user guide, IAM identifiers. */
function rolesOfSession(id: string): readonly Pattern[] {
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(id) ?? [];
  if (role === undefined) return [];
  const before = `arn:${partition}:iam::${account}:role/`;
  const parts: readonly Part[] = [
    { kind: 'text', text: before },
    { kind: 'many', of: 'anything' },
    { kind: 'text', text: `/${role}` },
  ];
  return [plain(`${before}${role}`), { source: `${before}*/${role}`, parts, ignoreCase: false }];
}

function plain(text: string): Pattern {
  return { source: text, parts: [{ kind: 'text', text }], ignoreCase: false };
}
