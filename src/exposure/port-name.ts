import { type Reader, shown } from '../kernel/reader.ts';

/** The name of a port; undefined when absent or empty, and, with an error, when it is none. Source: kubernetes/apimachinery util/validation IsValidPortName. */
export function readPortName(at: Reader): string | undefined {
  const name = at.string();
  if (name === undefined || name === '') return undefined;
  if (name.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name)) return name;
  at.error('bad-port-name', `${shown(name)} is no name of a port; expected at most 15 lower-case letters, digits and single dashes, a letter among them.`);
  return undefined;
}
