import { type Reader, shown } from '../kernel/reader.ts';
import { nearest } from '../kernel/spelling.ts';
import { oneOrMore } from './elements.ts';
import { type Operator, operators } from './operator.ts';
import { isArnPattern, readPattern } from './pattern.ts';
import type { Condition, ConditionValue } from './policy.ts';
import { parseBlock, parseMoment, parseNumber } from './value.ts';

/** Reads the Condition of a statement: operators, under each its keys, under each its values. */
export function readConditions(at: Reader, variables: boolean): readonly Condition[] {
  if (!at.expect('an object')) return [];
  return at.keys().flatMap((operatorText) => {
    const under = at.field(operatorText);
    const named = readOperator(under, operatorText);
    if (!under.expect('an object') || named === undefined) return [];
    return under.keys().map((keyText) => readCondition(under.field(keyText), { operatorText, ...named, keyText, key: keyText.toLowerCase(), variables }));
  });
}

interface NamedOperator {
  readonly operator: Operator;
  readonly set: Condition['set'];
  readonly ifExists: boolean;
}

/** `ForAllValues:StringLikeIfExists` taken apart. */
function readOperator(at: Reader, text: string): NamedOperator | undefined {
  const colon = text.indexOf(':');
  const prefix = colon < 0 ? null : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const set = prefix === 'ForAllValues' ? 'all' : prefix === 'ForAnyValue' ? 'any' : null;
  if (prefix !== null && set === null) {
    at.error('unknown-operator', `${shown(text)} starts with ${shown(prefix)}; expected ForAllValues or ForAnyValue before the colon.`);
    return undefined;
  }
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined) {
    const meant = nearest(name, Object.keys(operators));
    at.error('unknown-operator', `There is no condition operator ${shown(text)}.`, meant === undefined ? undefined : `Did you mean ${meant}?`);
    return undefined;
  }
  if (operator.family === 'presence' && (ifExists || set !== null)) {
    at.error('unknown-operator', `${shown(text)}: Null asks whether the key is there, and takes neither a prefix nor IfExists.`, 'Write Null.');
    return undefined;
  }
  return { operator, set, ifExists };
}

interface About extends NamedOperator {
  readonly operatorText: string;
  readonly keyText: string;
  readonly key: string;
  readonly variables: boolean;
}

function readCondition(at: Reader, { variables, ...about }: About): Condition {
  const items = oneOrMore(at);
  if (items.length === 0) at.error('empty-list', `${shown(about.keyText)} is compared with nothing.`, 'Give a value, or remove the key.');
  const opaque: string[] = [];
  const values = items.flatMap((item) => {
    const text = scalarText(item);
    if (text === undefined) return [];
    const value = readValue(text, about.operator, variables);
    if (value === undefined) item.error('bad-value', `${shown(text)} is no ${expected[about.operator.family]}, which ${about.operatorText} compares.`);
    else if (about.operator.wildcards === 'by-component' && !isArnPattern(text) && !text.includes('${')) {
      item.warning(
        'not-an-arn',
        `${shown(text)} is no ARN: what ${about.operatorText} makes of it is not documented.`,
        'Write an ARN of six parts, with * where anything may stand.',
      );
      opaque.push(`${about.operatorText} compares ${about.keyText} with ${text}, which is no ARN`);
    }
    return value === undefined ? [] : [value];
  });
  return { ...about, values, opaque: opaque[0] ?? null, origin: at.origin };
}

const expected = {
  text: 'text',
  number: 'number',
  date: 'date (ISO 8601, or seconds since 1970)',
  address: 'address or CIDR block',
  presence: 'boolean (true or false)',
} as const;

/** A value as text: JSON numbers and booleans are taken as IAM takes them. */
function scalarText(at: Reader): string | undefined {
  if (typeof at.value === 'number' || typeof at.value === 'boolean') return String(at.value);
  if (at.absent) at.error('wrong-type', 'Expected a string, found nothing.');
  return at.string();
}

function readValue(text: string, operator: Operator, variables: boolean): ConditionValue | undefined {
  switch (operator.family) {
    case 'text': {
      const { wildcards, ignoreCase } = operator;
      return { kind: 'pattern', pattern: readPattern(text, { wildcards, ignoreCase, variables: variables && operator.variables }) };
    }
    case 'number': {
      const number = parseNumber(text);
      return number === undefined ? undefined : { kind: 'number', number };
    }
    case 'date': {
      const moment = parseMoment(text);
      return moment === undefined ? undefined : { kind: 'date', moment };
    }
    case 'address': {
      const addresses = parseBlock(text);
      return addresses === undefined ? undefined : { kind: 'address', addresses };
    }
    case 'presence': {
      const word = text.toLowerCase();
      return word === 'true' || word === 'false' ? { kind: 'presence', absent: word === 'true' } : undefined;
    }
  }
}
