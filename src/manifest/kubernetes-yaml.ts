import { FAILSAFE_SCHEMA, type Schema, Type } from 'js-yaml';

/**
 * YAML as kubectl and the API server read it: 1.1 words for booleans (`yes`, `on`, `y` …), octal `0777` and `1_000`, merge keys, and dates as text.
 * A label value such as `yes` is therefore a boolean, which the API server refuses where text is wanted.
 * Source: sigs.k8s.io/yaml goyaml.v2/resolve.go (resolveMapList, resolve).
 */

const truths: ReadonlySet<string> = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const falsehoods: ReadonlySet<string> = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const nothings: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
/** Of the words above. */
const longestWord = 5;
/** Longer plain scalars are never numbers that a manifest means; the limit also bounds the work a pattern does. */
const longestNumber = 64;
const wholeNumber = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$/;
const decimal = /^[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?$/;
const infinity = ['.inf', '.Inf', '.INF'];
const special: ReadonlyMap<string, number> = new Map([
  ...infinity.flatMap((word): [string, number][] => [
    [word, Number.POSITIVE_INFINITY],
    [`+${word}`, Number.POSITIVE_INFINITY],
    [`-${word}`, Number.NEGATIVE_INFINITY],
  ]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, number] => [word, Number.NaN]),
]);

function startsNumber(text: string): boolean {
  const c = text.charCodeAt(0);
  return text.length <= longestNumber && ((c >= 48 && c <= 57) || c === 43 || c === 45 || c === 46);
}

function toInteger(text: string): number {
  const plain = text.replaceAll('_', '');
  const negative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return negative ? -value : value;
}

/** What a word without quotes may start with to be anything but text. */
const firsts: ReadonlySet<string> = new Set('~nNyYtTfFoO0123456789+-.');

const isNothing = (text: string) => text.length <= longestWord && nothings.has(text);
const isTruth = (text: string) => text.length <= longestWord && truths.has(text);
const isBoolean = (text: string) => text.length <= longestWord && (truths.has(text) || falsehoods.has(text));
const isInteger = (text: string) => startsNumber(text) && wholeNumber.test(text) && Number.isFinite(toInteger(text));
const isFloat = (text: string) => startsNumber(text) && (decimal.test(text) || special.has(text));
const toFloat = (text: string) => special.get(text) ?? Number(text.replaceAll('_', ''));

/** What is written without quotes, in one question: most of it is text, and the parser would ask each type in turn. */
const plainType = new Type('tag:ringfence.dev,2026:plain', {
  kind: 'scalar',
  resolve: (text: string | null) =>
    text === null || text === '' || (firsts.has(text.charAt(0)) && (isNothing(text) || isBoolean(text) || isInteger(text) || isFloat(text))),
  construct: (text: string | null) => {
    if (text === null || isNothing(text)) return null;
    if (isBoolean(text)) return isTruth(text);
    return isInteger(text) ? toInteger(text) : toFloat(text);
  },
});
const nullType = new Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: string | null) => text === null || isNothing(text),
  construct: () => null,
});
const boolType = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && isBoolean(text),
  construct: isTruth,
});
const intType = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && isInteger(text),
  construct: toInteger,
});
const floatType = new Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && isFloat(text),
  construct: toFloat,
});
const mergeType = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: string | null) => text === '<<' || text === null });
const binaryType = new Type('tag:yaml.org,2002:binary', { kind: 'scalar', resolve: (text: string | null) => text !== null });
const timestampType = new Type('tag:yaml.org,2002:timestamp', { kind: 'scalar', resolve: (text: string | null) => text !== null });

export const kubernetesYaml: Schema = FAILSAFE_SCHEMA.extend({
  implicit: [plainType, mergeType],
  explicit: [nullType, boolType, intType, floatType, binaryType, timestampType],
});
