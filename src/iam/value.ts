import { type IpSet, ipSetOf, parseCidr, parseIp } from '../space/ip-set.ts';

const decimal = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;

/** A number as condition values are written; undefined when it is none. */
export function parseNumber(text: string): number | undefined {
  return decimal.test(text) ? Number(text) : undefined;
}

const iso = /^\d{4}-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)?$/;

/** A moment in milliseconds: W3C date and time, or seconds since 1970. Source: IAM user guide, date condition operators. */
export function parseMoment(text: string): number | undefined {
  if (/^\d{4}$/.test(text)) return Date.UTC(Number(text), 0);
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  if (!iso.test(text)) return undefined;
  // A time without a zone is UTC here, where the language's parser would take that of the machine.
  const zoned = !text.includes('T') || /(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = Date.parse(zoned ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A block of addresses, or one. */
export function parseBlock(text: string): IpSet | undefined {
  const ip = parseIp(text);
  return ip === undefined ? parseCidr(text)?.set : ipSetOf(ip);
}
