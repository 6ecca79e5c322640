import { plainMap } from '../kernel/plain-map.ts';
import { quoteHint, type Reader, shown } from '../kernel/reader.ts';
import { isLabelKey, isLabelValue } from './label-syntax.ts';
import type { Labels } from './labels.ts';

/**
 * The labels at a place (`metadata.labels`), checked as the API server does: keys, values, and that values are text (YAML's `5` and `yes` are not).
 * A null value is the empty text, as Go decodes it. Faulty members are errors and left out. The result has no prototype.
 * Source: kubernetes/apimachinery meta/v1/validation ValidateLabels.
 */
export function readLabels(at: Reader): Labels {
  return readMap(at, 'A label', isLabel, (member, key, value) => {
    if (!isLabelKey(key)) {
      member.error(
        'bad-label-key',
        `${shown(key)} is no label key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or "." between letters or digits.`,
      );
    } else {
      member.error(
        'bad-label-value',
        `${shown(value)} is no label value; expected at most 63 letters, digits, "-", "_" or "." between letters or digits, or nothing.`,
      );
    }
  });
}

/** The annotations at a place: as labels, but values are free text. Source: kubernetes/apimachinery api/validation ValidateAnnotations. */
export function readAnnotations(at: Reader): Labels {
  return readMap(at, 'An annotation', isAnnotation, (member, key) => {
    member.error(
      'bad-annotation-key',
      `${shown(key)} is no annotation key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or ".".`,
    );
  });
}

/** Whether `readLabels` finds nothing wrong with the value, which is missing or plain text to text; false where it has to look. */
export function areLabels(value: unknown): boolean {
  return areAll(value, isLabel);
}

/** Whether `readAnnotations` finds nothing wrong with the value, as `areLabels`. */
export function areAnnotations(value: unknown): boolean {
  return areAll(value, isAnnotation);
}

function isLabel(key: string, value: string): boolean {
  return isLabelKey(key) && isLabelValue(value);
}

/** The API server checks annotation keys in lower case, so that upper-case prefixes pass. */
function isAnnotation(key: string): boolean {
  return isLabelKey(key.toLowerCase());
}

function areAll(value: unknown, isGood: (key: string, value: string) => boolean): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const map = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(map)) {
    const text = map[key];
    if (typeof text !== 'string' || !isGood(key, text)) return false;
  }
  return true;
}

const empty: Labels = plainMap();

function readMap(
  at: Reader,
  what: string,
  isGood: (key: string, value: string) => boolean,
  report: (member: Reader, key: string, value: string) => void,
): Labels {
  if (!at.expect('an object')) return empty;
  const out = plainMap<string>();
  const map = at.value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(map)) {
    const value = map[key] ?? '';
    if (typeof value !== 'string') {
      const member = at.field(key);
      member.error('wrong-type', `${what} must be a string; ${shown(key)} is ${member.describe()}.`, quoteHint(value));
    } else if (isGood(key, value)) out[key] = value;
    else report(at.field(key), key, value);
  }
  return out;
}
