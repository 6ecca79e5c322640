import { exactPattern, type Part, type Pattern, readPattern } from '../pattern.ts';
import { accountOf, type Caller, principalType } from '../request.ts';
import type { Constraint, Solver } from './constraint.ts';
import { type AccountRange, type ActionRange, anyText, type CallerRange, freeKey, type KeyRange, type Region, type TextRange } from './region.ts';
import type { Units } from './unit.ts';

/** Names of the two variables that are no condition keys; no key is spelled like them. */
export const resourceVariable = '(resource)';
export const callerVariable = '(caller)';

/** A variable that a key stands for. `lift` turns what is asked of an account into what is asked of the ARN that it is in. */
interface Bound {
  readonly variable: string;
  readonly lift: 'none' | 'account';
}

/**
 * One caller, one action and one form of its resources, out of a region: all that remains free are texts. Keys that follow from others are bound to the
 * variable that they follow from, so that they always agree.
 */
export class Setting {
  readonly region: Region;
  readonly action: ActionRange;
  /** Null: it is the variable `(caller)`. */
  readonly caller: Caller | null;
  readonly callerAccount: AccountRange | null;
  readonly owner: AccountRange | null;
  readonly ranges = new Map<string, KeyRange>();
  /** Tells ranges that this setting has for itself from those that other settings have under the same name. */
  readonly names: Map<string, string>;
  readonly #bound = new Map<string, Bound>();

  constructor(region: Region, callers: CallerRange, action: ActionRange, form: Pattern) {
    this.region = region;
    this.action = action;
    const hasResource = form.source !== '*';
    this.owner = hasResource ? region.owner : null;
    this.names = new Map([
      [resourceVariable, `${resourceVariable}${form.source}`],
      [callerVariable, `${callerVariable}${JSON.stringify(callers)}`],
    ]);
    this.ranges.set(resourceVariable, alwaysText({ some: [form], none: [] }));
    if (callers.kind === 'one') {
      this.caller = callers.caller;
      const account = accountOf(callers.caller);
      this.callerAccount = account === null ? null : { is: account };
    } else {
      this.caller = null;
      this.callerAccount = callers.of;
      this.ranges.set(callerVariable, alwaysText(arnsOf(callers.kind === 'roles' ? 'role/' : 'user/', callers.of, region.partition)));
    }
    this.#deriveFromCaller(callers);
    if (hasResource) this.#deriveFromResource(form);
  }

  /** What a key may be here. */
  rangeOf(key: string): KeyRange {
    const bound = this.#bound.get(key);
    if (bound !== undefined) return this.ranges.get(bound.variable) ?? freeKey;
    const derived = this.ranges.get(key);
    if (derived !== undefined) return derived;
    if (!supports(this.action, key)) return { kind: 'never' };
    return this.region.keys.get(key) ?? (this.region.otherKeys === 'free' ? freeKey : { kind: 'never' });
  }

  /** The variable that a key stands for. */
  variableOf(key: string): Bound {
    return this.#bound.get(key) ?? { variable: key, lift: 'none' };
  }

  #deriveFromCaller(callers: CallerRange): void {
    const fixed = (key: string, value: string): unknown => this.ranges.set(key, { kind: 'fixed', values: [value] });
    if (callers.kind === 'one') {
      const { caller } = callers;
      if (caller.type === 'AWS') {
        fixed('aws:principalarn', caller.arn);
        fixed('aws:principalaccount', accountOf(caller) ?? '');
        fixed('aws:principaltype', principalType(caller.arn));
      } else if (caller.type === 'Anonymous') fixed('aws:principaltype', 'Anonymous');
      return;
    }
    this.#bound.set('aws:principalarn', { variable: callerVariable, lift: 'none' });
    this.#bound.set('aws:principalaccount', { variable: callerVariable, lift: 'account' });
    fixed('aws:principaltype', callers.kind === 'roles' ? 'AssumedRole' : 'User');
  }

  #deriveFromResource(form: Pattern): void {
    const { owner } = this;
    if (owner === null) return;
    const own = 'aws:resourceaccount';
    const isS3 = this.action.name.toLowerCase().startsWith('s3:');
    const inArn = (form.source.split(':')[4] ?? '') !== '';
    if ('is' in owner) {
      this.ranges.set(own, { kind: 'fixed', values: [owner.is] });
      if (isS3) this.ranges.set('s3:resourceaccount', { kind: 'fixed', values: [owner.is] });
    } else {
      const bound: Bound = inArn ? { variable: resourceVariable, lift: 'account' } : { variable: own, lift: 'none' };
      if (inArn) this.#bound.set(own, bound);
      else {
        this.ranges.set(own, alwaysText({ some: [accountPattern], none: [exactPattern(owner.not)] }));
        this.names.set(own, `${own} but ${owner.not}`);
      }
      if (isS3) this.#bound.set('s3:resourceaccount', bound);
    }
  }

  /** Values that a variable can have here; null: none. */
  values(solver: Solver, variable: string, constraint: Constraint): readonly string[] | null {
    return solver.values(this.names.get(variable) ?? variable, this.ranges.get(variable) ?? this.rangeOf(variable), constraint);
  }

  /** What holds of the resource before any policy is asked. */
  resourceDomain(units: Units): Constraint {
    const within: TextRange[] = [this.region.resources];
    const { owner } = this;
    const form = this.ranges.get(resourceVariable);
    const source = form?.kind === 'free' ? form.range.some?.[0]?.source : undefined;
    if (owner !== null && (source?.split(':')[4] ?? '') !== '') {
      const inArn = arnWithAccount([{ kind: 'text', text: 'is' in owner ? owner.is : owner.not }]);
      within.push('is' in owner ? { some: [inArn], none: [] } : { some: null, none: [inArn] });
    }
    const every = within.flatMap(({ some, none }) => [
      ...(some === null ? [] : [{ unit: units.text(some), is: true }]),
      ...(none.length === 0 ? [] : [{ unit: units.text(none), is: false }]),
    ]);
    return { absent: false, every, some: [] };
  }
}

/** An ARN whose account is of this form. */
export function arnWithAccount(account: readonly Part[], ignoreCase = false): Pattern {
  const some: Part = { kind: 'many', of: 'component' };
  const colon: Part = { kind: 'text', text: ':' };
  const parts: readonly Part[] = [{ kind: 'text', text: 'arn:' }, some, colon, some, colon, some, colon, ...account, colon, { kind: 'many', of: 'anything' }];
  return { source: `arn in ${JSON.stringify(account)}`, parts, ignoreCase };
}

const twelveDigits: readonly Part[] = Array.from({ length: 12 }, (): Part => ({ kind: 'one', of: 'digit' }));
export const accountPattern: Pattern = { source: '(account)', parts: twelveDigits, ignoreCase: false };

function alwaysText(range: TextRange): KeyRange {
  return { kind: 'free', always: true, list: false, range };
}

function arnsOf(path: 'role/' | 'user/', account: AccountRange, partition: string): TextRange {
  const digits: readonly Part[] = 'is' in account ? [{ kind: 'text', text: account.is }] : twelveDigits;
  const parts: readonly Part[] = [
    { kind: 'text', text: `arn:${partition}:iam::` },
    ...digits,
    { kind: 'text', text: `:${path}` },
    { kind: 'one', of: 'component' },
    { kind: 'many', of: 'component' },
  ];
  const none = 'is' in account ? [] : [arnWithAccount([{ kind: 'text', text: account.not }])];
  return { ...anyText, some: [{ source: `(${path})`, parts, ignoreCase: false }], none };
}

/** The service of an action as its own keys begin: `s3:`. */
export function serviceOf({ name }: Pick<ActionRange, 'name'>): string {
  return name.slice(0, name.indexOf(':') + 1).toLowerCase();
}

/** Keys of the action's own service that it does not list never are in its requests. Source: Service Authorization Reference, "Condition keys" of an action. */
export function supports({ name, keys }: ActionRange, key: string): boolean {
  if (keys === null) return true;
  const service = serviceOf({ name });
  // Keys that hold another name (`s3:existingobjecttag/team`, `kms:encryptioncontext:app`) are listed without it; `kms:recipientattestation:pcr0` is a name.
  const [, listed = key] = /^([^:]*:[^:/]*)/.exec(key) ?? [];
  return !key.startsWith(service) || keys.has(key) || keys.has(listed);
}

/** A pattern with a few wildcards as text: `<segment>`, `<any>` (never empty), `<account>`, `<component>`. */
export function templatePattern(source: string): Pattern {
  const parts = source.split(/(<[a-z]+>)/).flatMap((piece): readonly Part[] => {
    switch (piece) {
      case '<account>':
        return twelveDigits;
      case '<segment>':
        return [
          { kind: 'one', of: 'segment' },
          { kind: 'many', of: 'segment' },
        ];
      case '<component>':
        return [{ kind: 'many', of: 'component' }];
      case '<any>':
        return [
          { kind: 'one', of: 'anything' },
          { kind: 'many', of: 'anything' },
        ];
      default:
        return piece === '' ? [] : readPattern(piece, { wildcards: 'none', variables: false, ignoreCase: false }).parts;
    }
  });
  return { source, parts, ignoreCase: false };
}
