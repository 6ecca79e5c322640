/** Bits of unsigned long and unsigned long long where OpenSM runs (LP64). */
const most = (1n << 64n) - 1n;

/**
 * A number as C's `strtoul` and `strtoull` read it in base 0: 0x is hex, a leading 0 octal, a minus sign wraps around, and more than fits becomes the
 * largest. `rest` is what was not read; `read` whether there was a digit. Source: ISO C11 §7.22.1.4.
 */
export function cNumber(text: string): { readonly value: bigint; readonly rest: string; readonly read: boolean } {
  const start = /^[ \t\n\v\f\r]*([+-]?)/.exec(text);
  const sign = start?.[1] ?? '';
  const body = text.slice(start?.[0].length ?? 0);
  const hex = /^0[xX]([0-9a-fA-F]+)/.exec(body);
  const octal = hex === null ? /^0[0-7]*/.exec(body) : null;
  const decimal = hex === null && octal === null ? /^[0-9]+/.exec(body) : null;
  const found = hex ?? octal ?? decimal;
  if (found === null) return { value: 0n, rest: text, read: false };
  const digits = hex?.[1] ?? found[0];
  const significant = digits.replace(/^0+/, '');
  // 64 bits are at most 22 octal digits.
  const value = significant.length > 22 ? most + 1n : BigInt(`${hex !== null ? '0x' : octal !== null ? '0o' : ''}${significant === '' ? '0' : significant}`);
  const held = value > most ? most : sign === '-' ? BigInt.asUintN(64, -value) : value;
  return { value: held, rest: body.slice(found[0].length), read: true };
}
