/** How two numbers, or two moments, compare. */
export type Relation = '=' | '<' | '<=' | '>' | '>=';

/** What the value of a key is taken for. */
export type Family = 'text' | 'number' | 'date' | 'address' | 'presence';

/** One condition operator without its prefix and suffix. `negated`: it holds where no value matches, and where the key is absent. */
export interface Operator {
  readonly family: Family;
  readonly negated: boolean;
  readonly relation: Relation;
  readonly wildcards: 'none' | 'anywhere' | 'by-component';
  readonly ignoreCase: boolean;
  /** Values take policy variables: those of the String and Arn operators. */
  readonly variables: boolean;
}

const text: Operator = { family: 'text', negated: false, relation: '=', wildcards: 'none', ignoreCase: false, variables: true };
const like: Operator = { ...text, wildcards: 'anywhere' };
const arn: Operator = { ...text, wildcards: 'by-component' };
const plain: Operator = { ...text, variables: false };
const number: Operator = { ...plain, family: 'number' };
const date: Operator = { ...plain, family: 'date' };
const address: Operator = { ...plain, family: 'address' };
const not = (operator: Operator): Operator => ({ ...operator, negated: true });

/**
 * The operators by name. ArnEquals and ArnLike are the same, as are their opposites.
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
export const operators: Readonly<Record<string, Operator>> = {
  StringEquals: text,
  StringNotEquals: not(text),
  StringEqualsIgnoreCase: { ...text, ignoreCase: true },
  StringNotEqualsIgnoreCase: not({ ...text, ignoreCase: true }),
  StringLike: like,
  StringNotLike: not(like),
  ArnEquals: arn,
  ArnLike: arn,
  ArnNotEquals: not(arn),
  ArnNotLike: not(arn),
  NumericEquals: number,
  NumericNotEquals: not(number),
  NumericLessThan: { ...number, relation: '<' },
  NumericLessThanEquals: { ...number, relation: '<=' },
  NumericGreaterThan: { ...number, relation: '>' },
  NumericGreaterThanEquals: { ...number, relation: '>=' },
  DateEquals: date,
  DateNotEquals: not(date),
  DateLessThan: { ...date, relation: '<' },
  DateLessThanEquals: { ...date, relation: '<=' },
  DateGreaterThan: { ...date, relation: '>' },
  DateGreaterThanEquals: { ...date, relation: '>=' },
  // A boolean is one of two words in any case.
  Bool: { ...plain, ignoreCase: true },
  BinaryEquals: plain,
  IpAddress: address,
  NotIpAddress: not(address),
  Null: { ...plain, family: 'presence' },
};

/** Whether `a` stands in the relation to `b`. */
export function related(a: number, relation: Relation, b: number): boolean {
  switch (relation) {
    case '=':
      return a === b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}
