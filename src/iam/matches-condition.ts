import { ipHas, parseIp } from '../space/ip-set.ts';
import { or, type Truth, truth } from './kleene.ts';
import { isResolved, matchesPattern } from './matches-pattern.ts';
import { related } from './operator.ts';
import type { Condition, ConditionValue } from './policy.ts';
import type { Context } from './request.ts';
import { parseMoment, parseNumber } from './value.ts';

/**
 * Whether one condition holds. An absent key makes a positive operator false and a negated one true, and IfExists true either way; ForAllValues is then
 * true and ForAnyValue false. Source: IAM user guide, condition operators ("…IfExists"), and "Set operators for multivalued context keys".
 */
export function matchesCondition(condition: Condition, context: Context): Truth {
  const values = context.get(condition.key) ?? [];
  const absent = values.length === 0;
  const { operator, set, ifExists } = condition;
  if (operator.family === 'presence') return or(...condition.values.map((v) => truth(v.kind === 'presence' && v.absent === absent)));
  if (absent) return truth(ifExists || (set === null ? operator.negated : set === 'all'));
  if (condition.opaque !== null) return 'unknown';
  const each = values.map((value) => valueHolds(condition, value, context));
  if (set === 'all') return each.includes('no') ? 'no' : each.includes('unknown') ? 'unknown' : 'yes';
  if (set === 'any') return or(...each);
  // What a list does where one value is expected is not documented.
  return each.length > 1 ? 'unknown' : (each[0] ?? 'unknown');
}

/** One value of the request against all of the condition: some must match, or with a negated operator none. */
function valueHolds({ operator, values }: Condition, value: string, context: Context): Truth {
  const matches = values.some((wanted) => valueMatches(wanted, operator.relation, value, context));
  if (!operator.negated) return truth(matches);
  if (matches) return 'no';
  return values.some((v) => v.kind === 'pattern' && !isResolved(v.pattern, context)) ? 'unknown' : 'yes';
}

function valueMatches(wanted: ConditionValue, relation: Parameters<typeof related>[1], value: string, context: Context): boolean {
  switch (wanted.kind) {
    case 'pattern':
      return matchesPattern(wanted.pattern, value, context);
    case 'number': {
      const number = parseNumber(value);
      return number !== undefined && related(number, relation, wanted.number);
    }
    case 'date': {
      const moment = parseMoment(value);
      return moment !== undefined && related(moment, relation, wanted.moment);
    }
    case 'address': {
      const ip = parseIp(value);
      return ip !== undefined && ipHas(wanted.addresses, ip);
    }
    case 'presence':
      return false;
  }
}
