import type { Pattern } from '../../iam/pattern.ts';
import type { Policy, Statement } from '../../iam/policy.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole } from './role-policies.ts';

/** Services that a sentence names before it counts the rest. */
const mostNamed = 8;

/** That statements about services which are not compared are on one side alone: whether requests are gained or lost by them is not known. */
export function otherServices(role: string, before: PoliciesRead, after: PoliciesRead, compared: readonly string[]): readonly string[] {
  const [, , , , account = ''] = role.split(':');
  const sides = [before, after].map((read) => {
    const { identity, boundary, session, scps, rcps, endpoints, resources } = policiesOfRole(read, role, { account, need: true });
    const all = [...(identity ?? []), ...boundary, ...session, ...scps.flat(), ...rcps, ...endpoints, ...resources];
    return new Map(all.flatMap((policy) => policy.statements.flatMap((s) => about(policy, s, compared))));
  });
  const [left = new Map<string, readonly string[]>(), right = left] = sides;
  const alone = [...[...left].filter(([key]) => !right.has(key)), ...[...right].filter(([key]) => !left.has(key))];
  if (alone.length === 0) return [];
  const services = [...new Set(alone.flatMap(([, names]) => names))].sort();
  const rest = services.length - mostNamed;
  const named = `${services.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const title = role.slice(role.lastIndexOf('/') + 1);
  return [
    `${alone.length} ${alone.length === 1 ? 'statement' : 'statements'} about ${named} ${alone.length === 1 ? 'is' : 'are'} on one side alone: what ${title} may do there is not compared`,
  ];
}

/** What a statement says of other services, and which these are; nothing where it is about none. */
function about(policy: Policy, statement: Statement, compared: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const { action, resource, effect, principal, conditions } = statement;
  if (resource !== null && !resource.not && resource.patterns.every((p) => compared.includes(p.source.split(':')[2] ?? ''))) return [];
  const others = action.not ? action.patterns : action.patterns.filter((p) => !compared.includes(serviceOf(p)));
  if (others.length === 0 && !action.not) return [];
  const said = [
    policy.kind,
    policy.resource,
    effect,
    principal,
    action.not,
    others.map(lower).sort(),
    resource?.not,
    resource?.patterns.map(source).sort(),
    conditions,
  ];
  const key = JSON.stringify(said, (name, value) => (name === 'origin' ? undefined : typeof value === 'bigint' ? String(value) : value));
  const services = action.not ? ['all services but some'] : others.map((p) => (/[*?]/.test(serviceOf(p)) ? 'all services' : serviceOf(p)));
  return [[key, services]];
}

function source(pattern: Pattern): string {
  return pattern.source;
}

function lower(pattern: Pattern): string {
  return pattern.source.toLowerCase();
}

function serviceOf(pattern: Pattern): string {
  return lower(pattern).split(':')[0] ?? '';
}
