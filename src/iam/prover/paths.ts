import type { Grant } from '../matches-principal.ts';
import { readPattern } from '../pattern.ts';
import type { Policy, Statement } from '../policy.ts';
import { carries, type PolicySet } from '../policy-set.ts';
import type { Constraint } from './constraint.ts';
import { type Form, type FormPart, formsOf, governedPart, governedPatterns } from './forms.ts';
import type { AccountRange } from './region.ts';
import { resourceVariable, type Setting } from './setting.ts';
import type { Units } from './unit.ts';

/** One of these must be met, each by all of its parts. */
export type Choice = readonly (readonly FormPart[])[];

/** All that a setting asks of a request: `ways` to be allowed, of each of which every choice must be met, and denials of each of which some part must miss. */
export interface Puzzle {
  readonly ways: readonly (readonly Choice[])[];
  readonly denials: readonly (readonly FormPart[])[];
}

/**
 * What `decide` asks, as choices for the search. Where something is not known, the request is taken as one that may be allowed.
 * `about` tells which statements are about the action of the setting.
 */
export function puzzleOf(setting: Setting, policies: PolicySet, units: Units, about: (statement: Statement) => boolean): Puzzle {
  const { caller, callerAccount, owner, action } = setting;
  const forms = (layer: readonly Policy[], effect: Statement['effect']): readonly { readonly policy: Policy; readonly form: Form }[] =>
    layer.flatMap((policy) =>
      policy.statements.filter((s) => s.effect === effect && about(s)).flatMap((s) => formsOf(s, setting, units).map((form) => ({ policy, form }))),
    );
  const choice = (layer: readonly Policy[]): Choice => forms(layer, 'Allow').map(({ form }) => form.parts);
  const isAws = caller === null || caller.type === 'AWS';
  const ofCaller = isAws
    ? { ...policies, identity: policies.identity ?? [], scps: isOwn(policies.account, callerAccount) ? policies.scps : [] }
    : { identity: [], boundary: [], session: [], scps: [] };
  const through = policies.endpoints.filter((p) => carries(p, action.name));
  const rcps = isOwn(policies.account, owner) ? policies.rcps : [];

  const ceilings: readonly Choice[] = [...ofCaller.scps.map(choice), ...(through.length === 0 ? [] : [choice(through)])];
  const bounds: readonly Choice[] = [ofCaller.boundary, ofCaller.session].filter((layer) => layer.length > 0).map(choice);
  const ownSide: readonly Choice[] = [...bounds, ...(policies.identity === null ? [] : [choice(ofCaller.identity)])];
  const granted = (...grants: readonly Grant[]): Choice =>
    forms(policies.resources, 'Allow')
      .filter(({ form }) => grants.includes(form.grant))
      .map(({ policy, form }) => [...form.parts, ...governed(policy)]);
  const governed = (policy: Policy): readonly FormPart[] => {
    const part = governedPart(policy, units);
    return part === null ? [] : [part];
  };
  /** The resource is none whose policy is given. */
  const ungoverned: Choice = policies.resources.some((p) => p.resource === null)
    ? []
    : [policies.resources.map((p) => is(governedPatterns(p.resource ?? ''), false, units))];
  const needed = neededPatterns(action.name);

  const ways: (readonly Choice[])[] = [];
  if (!isAws) ways.push([granted('account', 'named', 'beyond')], [ungoverned]);
  else if (owner !== null && !isSame(callerAccount, owner)) ways.push([...ownSide, granted('account', 'named', 'beyond')], [...ownSide, ungoverned]);
  else {
    ways.push([granted('beyond')], [...bounds, granted('named')]);
    ways.push([...ownSide, [[is(needed, false, units)]]]);
    ways.push([...ownSide, [[is(needed, true, units)]], granted('account')]);
    // A key or role whose own policy is not given: left to the account, or perhaps allowed.
    ways.push([...(policies.unseenHandsOn ? ownSide : []), [[is(needed, true, units)]], ungoverned]);
  }
  const denials = [
    ...[...ofCaller.scps.flat(), ...ofCaller.identity, ...ofCaller.boundary, ...ofCaller.session, ...rcps, ...through].flatMap((p) => forms([p], 'Deny')),
    ...forms(policies.resources, 'Deny'),
  ].map(({ policy, form }) => (policies.resources.includes(policy) ? [...form.parts, ...governed(policy)] : form.parts));
  return { ways: ways.map((way) => [...ceilings, ...way]), denials };
}

function is(patterns: Parameters<Units['text']>[0], yes: boolean, units: Units): FormPart {
  const when = (holds: boolean): Constraint => ({ absent: false, every: [{ unit: units.text(patterns), is: holds }], some: [] });
  return { variable: resourceVariable, may: when(yes), mayNot: when(!yes) };
}

/** Ways in which a request can fail, beyond which a comparison gives up. */
const mostWays = 200;

/**
 * Puzzles that together ask for a request which `a` lets pass and `b` does not: some denial of `b` is about it, or each of its ways fails at some choice.
 * Undefined where there are too many.
 */
export function without(a: Puzzle, b: Puzzle): readonly Puzzle[] | undefined {
  const denied = b.denials.map((parts) => ({ ...a, ways: a.ways.map((way) => [...way, [parts]]) }));
  let failing: readonly Choice[] = [[]];
  for (const way of b.ways) {
    // A choice of nothing fails by itself; one that asks nothing never does.
    if (way.some((choice) => choice.length === 0)) continue;
    const open = way.filter((choice) => !choice.some((parts) => parts.length === 0));
    failing = failing.flatMap((before) => open.map((choice) => [...before, ...choice]));
    if (failing.length > mostWays) return undefined;
  }
  return [...denied, ...failing.map((parts) => ({ ...a, denials: [...a.denials, ...parts] }))];
}

/** As `needsOwnPolicy`: keys, and roles that are to be assumed. */
function neededPatterns(action: string): Parameters<Units['text']>[0] {
  const arn = (text: string) => readPattern(text, { wildcards: 'by-component', variables: false, ignoreCase: false });
  return [arn('*:*:kms:*:*:key/*'), ...(action.toLowerCase().startsWith('sts:') ? [arn('*:*:iam:*:*:role/*')] : [])];
}

/** Whether control policies of an account bear on another, or on a range. Null: on all. */
function isOwn(account: string | null, range: AccountRange | null): boolean {
  if (account === null || range === null) return true;
  return 'is' in range ? range.is === account : false;
}

/** Whether caller and resource are of one account. A region keeps to pairs of which this can be told. */
function isSame(a: AccountRange | null, b: AccountRange): boolean {
  return a !== null && 'is' in a && 'is' in b && a.is === b.is;
}
