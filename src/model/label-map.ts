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
  return readMap(
    at,
    'A label',
    (key, value) => isLabelKey(key) && isLabelValue(value),
    (member, key, value) => {
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
    },
  );
}

/** The annotations at a place: as labels, but values are free text. Source: kubernetes/apimachinery api/validation ValidateAnnotations. */
export function readAnnotations(at: Reader): Labels {
  // The API server checks annotation keys in lower case, so that upper-case prefixes pass.
  return readMap(
    at,
    'An annotation',
    (key) => isLabelKey(key.toLowerCase()),
    (member, key) => {
      member.error(
        'bad-annotation-key',
        `${shown(key)} is no annotation key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or ".".`,
      );
    },
  );
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
