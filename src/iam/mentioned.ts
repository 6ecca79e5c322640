import { kept } from '../kernel/memo.ts';
import { variablesOf } from './pattern.ts';
import type { Policy, Statement } from './policy.ts';
import type { PolicySet } from './policy-set.ts';

export function allPolicies({ identity, boundary, session, scps, rcps, endpoints, resources }: PolicySet): readonly Policy[] {
  return [...(identity ?? []), ...boundary, ...session, ...scps.flat(), ...rcps, ...endpoints, ...resources];
}

/** Keys whose value a statement inserts into a pattern. */
export function insertedKeys({ resource, conditions }: Statement): readonly string[] {
  return [...(resource?.patterns ?? []), ...conditions.flatMap((c) => c.values.flatMap((v) => (v.kind === 'pattern' ? [v.pattern] : [])))].flatMap(variablesOf);
}

const known = new WeakMap<Statement, readonly string[]>();

/** Keys that a statement asks for, each once. */
export function keysOf(statement: Statement): readonly string[] {
  return kept(known, statement, () => [...new Set([...statement.conditions.map((c) => c.key), ...insertedKeys(statement)])]);
}

/** Keys that decide something: no other key of a request can. */
export function mentionedKeys(policies: PolicySet): ReadonlySet<string> {
  return new Set(allPolicies(policies).flatMap((p) => p.statements.flatMap(keysOf)));
}
