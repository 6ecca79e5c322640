import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/iam/decide.ts';
import { exactPattern, variablesOf } from '../src/iam/pattern.ts';
import type { PolicySet } from '../src/iam/policy-set.ts';
import { Prover } from '../src/iam/prover/prove.ts';
import { type ActionRange, anyText, type CallerRange, freeKey, type KeyRange, type Region } from '../src/iam/prover/region.ts';
import { templatePattern } from '../src/iam/prover/setting.ts';
import type { Caller, Request } from '../src/iam/request.ts';
import { arbitraryPolicies, other, own, role, user } from './arbitrary-iam.ts';
import { trials } from './runs.ts';

const actions: readonly ActionRange[] = [
  { name: 's:A', resources: [templatePattern('arn:aws:s:::<any>')], keys: null },
  { name: 's:B', resources: [templatePattern('arn:aws:s:::<any>'), exactPattern('*')], keys: null },
  { name: 'kms:Use', resources: [templatePattern('arn:aws:kms:x:<account>:key/<any>')], keys: null },
];
const bodies = ['a', 'b', 'ab', 'ba', 'aab'];
/** Values of each key of the small world; the first is "absent". */
const world: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'k:t': [[], ['a'], ['b'], ['ab'], ['A']],
  'k:l': [[], ['a'], ['b'], ['a', 'b'], ['ab', 'c']],
  'k:n': [[], ['1'], ['2'], ['5']],
  'k:i': [[], ['10.0.0.1'], ['10.0.0.2'], ['9.9.9.9']],
  'k:d': [[], ['2023-05-05T00:00:00Z'], ['2024-01-01T00:00:00Z'], ['2026-01-01T00:00:00Z']],
  'k:b': [[], ['true'], ['false']],
  'k:v': [[], ['a'], ['b']],
};
const lists: ReadonlyMap<string, KeyRange> = new Map([
  ['k:l', { ...freeKey, list: true }],
  ['k:t', freeKey],
]);

interface Question {
  readonly region: Region;
  readonly callers: readonly Caller[];
  readonly owners: readonly (string | null)[];
}

const one = (caller: Caller): Question['callers'] => [caller];
const asRole: Caller = { type: 'AWS', arn: role, session: 's' };
const nobody: Caller = { type: 'Anonymous' };
const region = (callers: readonly CallerRange[], owner: Region['owner']): Region => ({
  callers,
  actions,
  resources: anyText,
  owner,
  keys: lists,
  otherKeys: 'free',
  partition: 'aws',
});
const of = (arn: string): Caller => ({ type: 'AWS', arn, session: null });
const questions: readonly Question[] = [
  { region: region([{ kind: 'one', caller: asRole }], { is: own }), callers: one(asRole), owners: [own] },
  { region: region([{ kind: 'one', caller: asRole }], { not: own }), callers: one(asRole), owners: [other] },
  { region: region([{ kind: 'one', caller: of(user) }], { is: own }), callers: one(of(user)), owners: [own] },
  { region: region([{ kind: 'one', caller: nobody }], { is: own }), callers: one(nobody), owners: [own] },
  {
    region: region(
      [
        { kind: 'roles', of: { is: own } },
        { kind: 'users', of: { is: own } },
      ],
      { is: own },
    ),
    callers: [of(role), of(user), of(`arn:aws:iam::${own}:role/q/b`)],
    owners: [own],
  },
  {
    region: region([{ kind: 'roles', of: { not: own } }], { is: own }),
    callers: [of(`arn:aws:iam::${other}:role/z`), of(`arn:aws:iam::${other}:role/y`)],
    owners: [own],
  },
];

/** The requests of the small world that the policies can tell apart, by number: keys that no policy mentions stay absent. */
function requestsOf({ callers, owners }: Question, policies: PolicySet): { readonly size: number; readonly at: (index: number) => Request } {
  const text = JSON.stringify(policies, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
  const keys = Object.entries(world).filter(([key]) => text.includes(`"${key}"`));
  const ends = callers.flatMap((caller) => owners.flatMap((owner) => asked(owner).map((end) => ({ caller, ...end }))));
  const size = keys.reduce((product, [, values]) => product * values.length, ends.length);
  const at = (index: number): Request => {
    const { caller, action, resource, account } = ends[index % ends.length] as (typeof ends)[number];
    let rest = Math.floor(index / ends.length);
    const context = new Map<string, readonly string[]>();
    for (const [key, all] of keys) {
      const values = all[rest % all.length] ?? [];
      rest = Math.floor(rest / all.length);
      if (values.length > 0) context.set(key, values);
    }
    return { caller, action, resource, resourceAccount: account, context };
  };
  return { size, at };
}

function asked(owner: string | null): readonly { readonly action: string; readonly resource: string; readonly account: string | null }[] {
  return [
    ...bodies.flatMap((body) => ['s:A', 's:B'].map((action) => ({ action, resource: `arn:aws:s:::${body}`, account: owner }))),
    { action: 's:B', resource: '*', account: null },
    ...['k', 'z'].map((key) => ({ action: 'kms:Use', resource: `arn:aws:kms:x:${owner}:key/${key}`, account: owner })),
  ];
}

/** Requests looked at for each set of policies: of more they are spread evenly, from another start each time. */
const mostRequests = 60;
const tally = { some: 0, none: 0, unknown: 0, asked: 0 };

function ask(policies: PolicySet, question: Question): void {
  const answer = new Prover(policies).some(question.region);
  tally[answer.kind]++;
  if (answer.kind === 'some') expect(decide(answer.request, policies).decision).toBe('allowed');
  const { size, at } = requestsOf(question, policies);
  // Spread evenly, by an odd step.
  const stride = size <= mostRequests ? 1 : Math.floor(size / mostRequests) * 2 + 1;
  const start = (tally.some + tally.none * 7 + tally.unknown * 3) % stride;
  for (let index = start; index < size; index += stride) {
    const request = at(index);
    const { decision } = decide(request, policies);
    tally.asked++;
    if (decision === 'allowed' && answer.kind === 'none') expect.fail(`none, yet allowed: ${JSON.stringify({ ...request, context: [...request.context] })}`);
    if (decision === 'unknown' && answer.kind === 'none') expect.fail(`none, yet unknown: ${JSON.stringify({ ...request, context: [...request.context] })}`);
  }
  // Where it does not know, decide does not either, but where values are inserted into patterns, or one value is expected of a list.
  if (answer.kind === 'unknown' && !isLoose(policies))
    expect(answer.request === null ? null : decide(answer.request, policies).decision, answer.why).toBe('unknown');
}

const compared = { some: 0, none: 0, unknown: 0, asked: 0 };

function compare(after: PolicySet, before: PolicySet, question: Question): void {
  const answer = new Prover(after, before).some(question.region);
  compared[answer.kind]++;
  if (answer.kind === 'some') {
    expect(decide(answer.request, after).decision).toBe('allowed');
    expect(decide(answer.request, before).decision).toMatch(/denied$/);
  }
  if (answer.kind !== 'none') return;
  const { size, at } = requestsOf(question, {
    ...after,
    resources: [...after.resources, ...before.resources],
    identity: [...(after.identity ?? []), ...(before.identity ?? [])],
  });
  const stride = size <= mostRequests ? 1 : Math.floor(size / mostRequests) * 2 + 1;
  for (let index = compared.none % stride; index < size; index += stride) {
    const request = at(index);
    compared.asked++;
    const gained = decide(request, after).decision === 'allowed' && decide(request, before).decision.endsWith('denied');
    if (gained) expect.fail(`none, yet gained: ${JSON.stringify({ ...request, context: [...request.context] })}`);
  }
}

function isLoose(policies: PolicySet): boolean {
  const { identity, boundary, session, scps, rcps, endpoints, resources } = policies;
  const all = [...(identity ?? []), ...boundary, ...session, ...scps.flat(), ...rcps, ...endpoints, ...resources];
  return all.some((p) =>
    p.statements.some(
      (s) =>
        s.conditions.some((c) => c.key === 'k:l' && c.set === null && c.operator.family !== 'presence') ||
        [...(s.resource?.patterns ?? []), ...s.conditions.flatMap((c) => c.values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern] : [])))].some(
          (q) => variablesOf(q).length > 0,
        ),
    ),
  );
}

describe('what the prover says of a region is what decide says of its requests', () => {
  test.each(questions.map((q, i) => [i, q] as const))('question %i', (i, question) => {
    fc.assert(
      fc.property(arbitraryPolicies(false), (policies) => ask(policies, question)),
      trials(1400, i),
    );
  });

  test('with values inserted into patterns', () => {
    fc.assert(
      fc.property(arbitraryPolicies(true), fc.constantFrom(...questions), (policies, question) => ask(policies, question)),
      trials(1600, 9),
    );
  });

  test('and so it says of what one set of policies allows and another does not', () => {
    fc.assert(
      fc.property(arbitraryPolicies(false), arbitraryPolicies(false), fc.constantFrom(...questions), (after, before, question) =>
        compare(after, before, question),
      ),
      trials(1000, 10),
    );
    expect(Math.min(compared.some, compared.none)).toBeGreaterThan(50);
  });

  test('all three answers were given, and enough was asked', () => {
    if (process.env.RINGFENCE_FUZZ_RUNS !== undefined) console.info(JSON.stringify(tally));
    expect(Math.min(tally.some, tally.none, tally.unknown)).toBeGreaterThan(100);
    expect(tally.asked).toBeGreaterThan(100_000);
  });
});
