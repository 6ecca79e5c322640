import { quoteHint, type Reader, shown } from '../kernel/reader.ts';
import { isLabelKey, isLabelValue } from './label-syntax.ts';
import type { Labels } from './labels.ts';

/**
 * The labels at a place (`metadata.labels`), checked as the API server does: keys, values, and that values are text (YAML's `5` and `yes` are not).
 * A null value is the empty text, as Go decodes it. Faulty members are errors and left out. The result has no prototype.
 * Source: kubernetes/apimachinery meta/v1/validation ValidateLabels.
 */
export function readLabels(at: Reader): Labels {
  return readMap(at, 'A label', (member, key, value) => {
    if (!isLabelKey(key)) {
      member.error(
        'bad-label-key',
        `${shown(key)} is no label key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or "." between letters or digits.`,
      );
    } else if (!isLabelValue(value)) {
      member.error(
        'bad-label-value',
        `${shown(value)} is no label value; expected at most 63 letters, digits, "-", "_" or "." between letters or digits, or nothing.`,
      );
    } else return true;
    return false;
  });
}

/** The annotations at a place: as labels, but values are free text. Source: kubernetes/apimachinery api/validation ValidateAnnotations. */
export function readAnnotations(at: Reader): Labels {
  return readMap(at, 'An annotation', (member, key) => {
    // The API server checks annotation keys in lower case, so that upper-case prefixes pass.
    if (isLabelKey(key.toLowerCase())) return true;
    member.error(
      'bad-annotation-key',
      `${shown(key)} is no annotation key; expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" or ".".`,
    );
    return false;
  });
}

function readMap(at: Reader, what: string, check: (member: Reader, key: string, value: string) => boolean): Labels {
  const out: Record<string, string> = Object.create(null);
  if (!at.expect('an object')) return out;
  for (const key of at.keys()) {
    const member = at.field(key);
    const value = member.absent ? '' : member.value;
    if (typeof value !== 'string') {
      member.error('wrong-type', `${what} must be a string; ${shown(key)} is ${member.describe()}.`, quoteHint(value));
    } else if (check(member, key, value)) out[key] = value;
  }
  return out;
}
