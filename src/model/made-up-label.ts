/**
 * A label whose value a controller makes up when it makes the pods. `value` stands for it, with a `?` for each character that is not known, so that no
 * selector can name it. `patterns`: values that it may come to have, written alike; `digits`: what is not known of them are digits. `optional`: the pods may
 * come without the label. `why` says what is not known.
 */
export interface MadeUpLabel {
  readonly key: string;
  readonly value: string;
  readonly patterns: readonly string[];
  readonly digits?: true;
  readonly optional?: true;
  readonly why: string;
}

/** Characters of made-up names. Source: kubernetes/apimachinery pkg/util/rand String. */
const drawn = 'bcdfghjklmnpqrstvwxz2456789';

/** Whether the label may come to have this value. */
export function fitsMadeUp({ patterns, digits }: MadeUpLabel, value: string): boolean {
  const characters = digits === true ? '0123456789' : drawn;
  return patterns.some((pattern) => {
    if (pattern.length !== value.length) return false;
    for (let i = 0; i < value.length; i++) {
      const [wanted, found] = [pattern.charAt(i), value.charAt(i)];
      if (wanted === '?' ? !characters.includes(found) : wanted !== found) return false;
    }
    return true;
  });
}
