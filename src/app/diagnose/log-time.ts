/** When a line was printed, as it or its collector says. */
export interface LogTime {
  /** Milliseconds. Of a time without a zone those since the year began, as a clock in UTC has them: some programs tell no year, and none may tell another. */
  readonly at: number;
  /** Whether it has a zone; times without one are of the pod's own clock, and are not compared with those that have one. */
  readonly zoned: boolean;
  /** As people read it. */
  readonly text: string;
}

/**
 * `2026-11-26T10:00:00.123Z` of runtimes, collectors and `kubectl logs --timestamps`; `2026-11-26 10:00:00,123` of Python's logging, also after its level, and
 * of Ray; `[2026-11-26 10:00:00]` of NCCL. Sources: RFC 3339; python/cpython Lib/logging/__init__.py, default_time_format; NVIDIA/nccl src/debug.cc.
 */
const dated =
  /^([^\d\n]{0,24})(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:[.,](\d{1,9}))?(?:(Z)|([+-])(\d\d):?(\d\d))?(?!\d)/;

/** `[W1126 10:00:00.123456` of torch and glog. Source: google/glog src/logging.cc; pytorch c10/util/Logging.cpp. */
const yearless = /^[^\d\n]{0,12}[IWEF](?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?!\d)/;

/** Any leap year, for times that have none. */
const someYear = 2000;

/** Letters that may stand before a time. */
const longestBefore = 24;

/** The time at the beginning of a text; null where none stands there. Both layouts begin with the first digits, and what follows these tells which it is. */
export function timeIn(text: string): LogTime | null {
  const digits = firstDigit(text);
  if (digits < 0) return null;
  return text[digits + 4] === '-' ? datedIn(text) : text[digits + 4] === ' ' ? yearlessIn(text, digits) : null;
}

function datedIn(text: string): LogTime | null {
  const [whole, before = '', year, month, day, hour, minute, second, fraction, zulu, sign, offsetHours, offsetMinutes] = dated.exec(text) ?? [];
  if (whole === undefined) return null;
  const zoned = zulu !== undefined || sign !== undefined;
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0));
  const at = Date.UTC(zoned ? Number(year) : someYear, Number(month) - 1, Number(day), Number(hour), Number(minute) - offset, Number(second), millis(fraction));
  return { at, zoned, text: zoned ? new Date(at).toISOString() : whole.slice(before.length) };
}

/** `1126 10:00:00.123456` from a place on. The pattern tells that it is one; its parts stand where they always do, and are read there, as storms are full of them. */
function yearlessIn(text: string, from: number): LogTime | null {
  if (!yearless.test(text)) return null;
  const second = from + '1126 10:00:0'.length;
  const end = endOfFraction(text, second + 1);
  const digits = text.slice(from, end);
  const at = Date.UTC(someYear, number(digits, 0, 2) - 1, number(digits, 2, 2), number(digits, 5, 2), number(digits, 8, 2), number(digits, 11, 2));
  return { at: at + number(digits, 14, 3), zoned: false, text: `${digits.slice(0, 2)}-${digits.slice(2)}` };
}

/** Where a fraction ends that begins with a point, if it does: behind nine digits at the most. */
function endOfFraction(text: string, from: number): number {
  if (text[from] !== '.') return from;
  let end = from + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  return end - from - 1 > mostDigits || end === from + 1 ? from : end;
}

/** So many digits from a place on; those behind the end are zeros. */
function number(text: string, from: number, digits: number): number {
  let sum = 0;
  for (let i = from; i < from + digits; i++) sum = 10 * sum + (i < text.length ? text.charCodeAt(i) - 48 : 0);
  return sum;
}

/** Digits of a fraction: nanoseconds. */
const mostDigits = 9;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Where the first digit stands of a time that may stand there; -1 where none does. */
function firstDigit(text: string): number {
  for (let i = 0; i <= longestBefore; i++) {
    if (isDigit(text.charCodeAt(i))) return i;
  }
  return -1;
}

/** When a line was printed: by its collector, else by itself. */
export function printedAt(text: string, stamp: string | number | null): LogTime | null {
  return (stamp === null ? null : timeOf(stamp)) ?? timeIn(text);
}

/** The time that a field of a collector holds: a text, or seconds, milliseconds, microseconds or nanoseconds since 1970, which their size tells apart. */
export function timeOf(stamp: string | number): LogTime | null {
  if (typeof stamp === 'string' && !/^\d{10,19}(?:\.\d{1,9})?$/.test(stamp)) return timeIn(stamp.slice(0, 64));
  const since = Number(stamp);
  const scale = [1e17, 1e14, 1e11].findIndex((least) => since >= least);
  const at = Math.floor(since * ([1e-6, 1e-3, 1][scale] ?? 1000));
  // Before 2001 it is no time but a count since something began.
  return at >= 1e12 && at <= 8e15 ? { at, zoned: true, text: new Date(at).toISOString() } : null;
}

function millis(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
}
