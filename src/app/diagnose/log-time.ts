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
const yearless = /^[^\d\n]{0,12}[IWEF](0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?(?!\d)/;

/** Any leap year, for times that have none. */
const someYear = 2000;

/** The time at the beginning of a text; null where none stands there. */
export function timeIn(text: string): LogTime | null {
  const [whole, before = '', year, month, day, hour, minute, second, fraction, zulu, sign, offsetHours, offsetMinutes] = dated.exec(text) ?? [];
  if (whole !== undefined) {
    const zoned = zulu !== undefined || sign !== undefined;
    const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0));
    const at = Date.UTC(
      zoned ? Number(year) : someYear,
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute) - offset,
      Number(second),
      millis(fraction),
    );
    return { at, zoned, text: zoned ? new Date(at).toISOString() : whole.slice(before.length) };
  }
  const [found, ...parts] = yearless.exec(text) ?? [];
  if (found === undefined) return null;
  const [mm, dd, h, m, s, f] = parts;
  const at = Date.UTC(someYear, Number(mm) - 1, Number(dd), Number(h), Number(m), Number(s), millis(f));
  return { at, zoned: false, text: `${mm}-${dd} ${h}:${m}:${s}${f === undefined ? '' : `.${f}`}` };
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
