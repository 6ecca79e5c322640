import { and, not, type Truth, truth } from './kleene.ts';
import { matchesCondition } from './matches-condition.ts';
import { isResolved, matchesPattern } from './matches-pattern.ts';
import { matchesPrincipal, type WhoMatch } from './matches-principal.ts';
import type { PatternPart, Statement } from './policy.ts';
import type { Context, Request } from './request.ts';

/** Whether a statement is about the request; `context` is that of `contextOf`. `grant` says how a resource policy names its caller. */
export function matchesStatement(statement: Statement, request: Request, context: Context): WhoMatch {
  const who =
    statement.principal === null
      ? { is: 'yes' as const, grant: 'named' as const, perhapsBeyond: false }
      : matchesPrincipal(statement.principal, request.caller);
  const is = and(
    who.is,
    statement.unsure === null ? 'yes' : 'unknown',
    partHolds(statement.action, request.action, context),
    statement.resource === null ? 'yes' : partHolds(statement.resource, request.resource, context),
    ...statement.conditions.map((c) => matchesCondition(c, context)),
  );
  return { ...who, is };
}

function partHolds(part: PatternPart, text: string, context: Context): Truth {
  const some = truth(part.patterns.some((p) => matchesPattern(p, text, context)));
  if (!part.not) return some;
  return some === 'no' && part.patterns.some((p) => !isResolved(p, context)) ? 'unknown' : not(some);
}
