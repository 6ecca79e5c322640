import type { Grant } from '../matches-principal.ts';
import { readPattern } from '../pattern.ts';
import type { Policy, Statement } from '../policy.ts';
import { carries, isUnplaced, type PolicySet, underRcps } from '../policy-set.ts';
import type { Constraint } from './constraint.ts';
import { eitherWay, type FormPart, governedPart, governedPatterns, type Row } from './forms.ts';
import type { GrantedRow, Ground } from './ground.ts';
import type { AccountRange } from './region.ts';
import { resourceVariable, type Setting } from './setting.ts';
import type { Units } from './unit.ts';

/** One of these must be met, each by all of its parts. */
export type Choice = readonly Row[];

/** All that a setting asks of a request: `ways` to be allowed, of each of which every choice must be met, and denials of each of which some part must miss. */
export interface Puzzle {
  readonly ways: readonly (readonly Choice[])[];
  readonly denials: readonly Row[];
}

/**
 * What `decide` asks, as choices for the search. Where something is not known, the request is taken as one that may be allowed.
 * `about` gives the statements of a policy that are about the action of the setting.
 */
export function puzzleOf(setting: Setting, ground: Ground, policies: PolicySet, units: Units, about: (policy: Policy) => readonly Statement[]): Puzzle {
  const { caller, callerAccount, owner, action } = setting;
  const forms = (policy: Policy, effect: Statement['effect']): readonly GrantedRow[] =>
    about(policy).flatMap((s) => (s.effect === effect ? ground.formsOf(s, setting) : []));
  const choice = (layer: readonly Policy[]): Choice => layer.flatMap((policy) => forms(policy, 'Allow').map(({ row }) => row));
  const row = (part: FormPart): Row => ground.row([part], setting);
  const isAws = caller === null || caller.type === 'AWS';
  const ofCaller = isAws
    ? { ...policies, identity: policies.identity ?? [], scps: isOwn(policies.account, callerAccount) ? policies.scps : [] }
    : { identity: [], boundary: [], session: [], scps: [] };
  const through = policies.endpoints.filter((p) => carries(p, action.name));
  const under = underRcps(action.name);
  const rcps = under !== 'no' && isOwn(policies.account, owner) ? policies.rcps : [];

  const ceilings: readonly Choice[] = [...ofCaller.scps.map(choice), ...(through.length === 0 ? [] : [choice(through)])];
  const bounds: readonly Choice[] = [ofCaller.boundary, ofCaller.session].filter((layer) => layer.length > 0).map(choice);
  const ownSide: readonly Choice[] = [...bounds, ...(policies.identity === null ? [] : [choice(ofCaller.identity)])];
  const granted = (...grants: readonly Grant[]): Choice =>
    policies.resources.flatMap((policy) =>
      forms(policy, 'Allow')
        .filter(({ grant }) => grants.includes(grant))
        .map((form) => governed(policy, form)),
    );
  const governed = (policy: Policy, form: GrantedRow): Row => {
    const part = governedPart(policy, units);
    return part === null ? form.row : ground.row([...form.row.parts, part], setting);
  };
  /** The resource is none whose policy is given. */
  const placed = policies.resources.filter((p) => !isUnplaced(p));
  const ungoverned: Choice = placed.some((p) => p.resource === null)
    ? []
    : [
        ground.row(
          placed.map((p) => is(governedPatterns(p.resource ?? ''), false, units)),
          setting,
        ),
      ];
  const needed = neededPatterns(action.name);

  const ways: (readonly Choice[])[] = [];
  if (!isAws) ways.push([granted('account', 'named', 'beyond')], [ungoverned]);
  else if (owner !== null && !isSame(callerAccount, owner)) ways.push([...ownSide, granted('account', 'named', 'beyond')], [...ownSide, ungoverned]);
  else {
    ways.push([granted('beyond')], [...bounds, granted('named')]);
    ways.push([...ownSide, [row(is(needed, false, units))]]);
    ways.push([...ownSide, [row(is(needed, true, units))], granted('account')]);
    // A key or role whose own policy is not given: left to the account, or perhaps allowed.
    ways.push([...(policies.unseenHandsOn ? ownSide : []), [row(is(needed, true, units))], ungoverned]);
  }
  const layers = [...ofCaller.scps.flat(), ...ofCaller.identity, ...ofCaller.boundary, ...ofCaller.session, ...through];
  const denials = [
    ...layers.flatMap((policy) => forms(policy, 'Deny').map((form) => form.row)),
    ...rcps.flatMap((policy) => forms(policy, 'Deny').map(({ row }) => (under === 'yes' ? row : ground.row([...row.parts, eitherWay], setting)))),
    ...policies.resources.flatMap((policy) => forms(policy, 'Deny').map((form) => governed(policy, form))),
  ];
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
  const denied = b.denials.map((row) => ({ ...a, ways: a.ways.map((way) => [...way, [row]]) }));
  let failing: readonly Choice[] = [[]];
  for (const way of b.ways) {
    // A choice of nothing fails by itself; one that asks nothing never does.
    if (way.some((choice) => choice.length === 0)) continue;
    const open = way.filter((choice) => !choice.some(({ parts }) => parts.length === 0));
    failing = failing.flatMap((before) => open.map((choice) => [...before, ...choice]));
    if (failing.length > mostWays) return undefined;
  }
  return [...denied, ...failing.map((rows) => ({ ...a, denials: [...a.denials, ...rows] }))];
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
