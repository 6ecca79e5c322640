import { memberOf } from '../kernel/map.ts';
import type { Locator, Origin } from '../kernel/origin.ts';
import { within } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import type { Finding } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import type { RawObject } from '../model/snapshot.ts';

/** What `applyIgnores` made of the findings. `problems` are warnings about ignores that do not count, and why. */
export interface IgnoreResult {
  readonly kept: readonly Finding[];
  readonly ignored: readonly Ignored[];
  readonly problems: readonly Diagnostic[];
}

export interface IgnoreOptions {
  /** Every object read: annotations are looked up on them, and comments beside them. */
  readonly objects: readonly RawObject[];
  readonly locator: Locator;
  /** The current day as `2027-01-31`. */
  readonly today: string;
  /** Slugs of all checks, to tell a slip of the pen from a real name. */
  readonly checks: readonly string[];
}

/** One ignore as written: the checks it names, and why; `until` is a day. Faults are kept so that they can be told. */
interface Statement {
  readonly checks: readonly string[];
  readonly reason: string;
  readonly until: string | null;
  readonly origin: Origin;
}

/** The annotation that carries ignores, one a line: `check-slug: reason; until=2027-01-31`. */
export const ignoreAnnotation = 'ringfence.dev/ignore';

const commentOpening = 'ringfence ignore[';
/** Longest reason that is repeated in reports, in UTF-16 code units. */
const longestReason = 500;
/** Longest line that a comment is looked for in: a longer one is data that a program wrote. */
const longestLine = 100_000;
/** Comment lines directly above that are looked at. */
const commentLinesAbove = 20;

/**
 * Takes out the findings that a comment (`# ringfence ignore[check-slug]: reason (until 2027-01-31)`, on the line of the finding or of its object,
 * or in the comment block directly above either) or an annotation of the object asks to leave alone. An ignore without a reason, past its day
 * or for a check that does not exist has no effect and is reported. Findings without a place cannot be ignored.
 */
export function applyIgnores(findings: readonly Finding[], options: IgnoreOptions): IgnoreResult {
  const kept: Finding[] = [];
  const ignored: Ignored[] = [];
  const problems = new Map<string, Diagnostic>();
  const objectOf = objectIndex(options.objects);
  const known = new Set(options.checks);
  const statementsAt = memo((origin: Origin) => commentStatements(origin, options.locator));
  const annotated = memoObject(annotationStatements);

  for (const finding of findings) {
    const { primary } = finding;
    const object = primary === null ? undefined : objectOf(primary);
    const statements =
      primary === null ? [] : [...statementsAt(primary), ...(object === undefined ? [] : [...statementsAt(object.origin), ...annotated(object)])];
    let match: Statement | undefined;
    for (const statement of statements) {
      const problem = faultOf(statement, known, options);
      if (problem !== null) problems.set(`${problem.code} ${problem.message} ${JSON.stringify(statement.origin)}`, problem);
      if (statement.checks.includes(finding.check) && counts(statement, options.today)) match ??= statement;
    }
    if (match === undefined) kept.push(finding);
    else ignored.push({ finding, reason: clipped(match.reason), until: match.until, origin: match.origin });
  }
  return { kept, ignored, problems: [...problems.values()] };
}

function clipped(reason: string): string {
  return reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason;
}

function counts(statement: Statement, today: string): boolean {
  return statement.reason !== '' && (statement.until === null || (isDay(statement.until) && today <= statement.until));
}

function faultOf(statement: Statement, known: ReadonlySet<string>, { today, checks }: IgnoreOptions): Diagnostic | null {
  const warning = (code: string, message: string, hint: string): Diagnostic => ({ code, severity: 'warning', message, hint, origin: statement.origin });
  const unknown = statement.checks.find((check) => !known.has(check));
  if (unknown !== undefined) {
    const meant = nearest(unknown, checks);
    return warning(
      'ignore-unknown-check',
      `this ignore names the check ${shown(unknown)}, which does not exist`,
      meant === undefined ? 'list the checks with: ringfence checks' : `did you mean ${meant}?`,
    );
  }
  if (statement.reason === '')
    return warning('ignore-without-reason', 'this ignore has no effect: it gives no reason', 'say why after a colon: # ringfence ignore[check-slug]: reason');
  if (statement.until === null) return null;
  if (!isDay(statement.until))
    return warning('ignore-bad-date', `this ignore has no effect: ${shown(statement.until)} is no day`, 'write the last day it should hold as 2027-01-31');
  if (today > statement.until)
    return warning(
      'ignore-expired',
      `this ignore has no effect any more: it held until ${statement.until}`,
      'mend what it hid, or give it a later day and say why',
    );
  return null;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** Ignores in comments on the line of `origin` and in the block of comment lines directly above it. */
function commentStatements(origin: Origin, locator: Locator): Statement[] {
  const { file, line } = locator.locate(origin);
  const found: Statement[] = [];
  const own = locator.line(file, line);
  if (own !== undefined) found.push(...commentIn(own, origin));
  for (let above = line - 1; above >= 1 && above >= line - commentLinesAbove; above--) {
    const text = locator.line(file, above);
    if (text === undefined || !text.trimStart().startsWith('#')) break;
    found.push(...commentIn(text, origin));
  }
  return found;
}

function commentIn(line: string, origin: Origin): Statement[] {
  if (line.length > longestLine) return [];
  const at = line.indexOf(commentOpening);
  if (at < 0) return [];
  const before = line.slice(0, at).trimEnd();
  const hash = before.slice(0, -1);
  if (!before.endsWith('#') || !(hash === '' || /\s$/.test(hash))) return [];
  const rest = line.slice(at + commentOpening.length);
  const close = rest.indexOf(']');
  if (close < 0) return [];
  const after = rest.slice(close + 1).trim();
  let reason = after.startsWith(':') ? after.slice(1).trim() : '';
  let until: string | null = null;
  const opening = reason.lastIndexOf('(until');
  if (opening >= 0 && reason.endsWith(')')) {
    until = reason.slice(opening + '(until'.length, -1).trim();
    reason = reason.slice(0, opening).trim();
  }
  return [{ checks: names(rest.slice(0, close)), reason, until, origin }];
}

function annotationStatements(object: RawObject): Statement[] {
  const value = memberOf(object.body, 'metadata', 'annotations', ignoreAnnotation);
  if (typeof value !== 'string') return [];
  const origin = within(object.origin, 'metadata', 'annotations', ignoreAnnotation);
  return value
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      const [slugs, rest] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
      const mark = rest.lastIndexOf(';');
      const tail = mark < 0 ? '' : rest.slice(mark + 1).trim();
      const dated = tail.startsWith('until=');
      return { checks: names(slugs), reason: (dated ? rest.slice(0, mark) : rest).trim(), until: dated ? tail.slice('until='.length).trim() : null, origin };
    });
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Finds the object that an origin lies in: the one whose path is the longest prefix, in the same document. */
function objectIndex(objects: readonly RawObject[]): (origin: Origin) => RawObject | undefined {
  const byPlace = new Map<string, RawObject>();
  for (const object of objects) byPlace.set(placeKey(object.origin), object);
  return (origin) => {
    for (let length = origin.path.length; length >= 0; length--) {
      const object = byPlace.get(placeKey({ document: origin.document, path: origin.path.slice(0, length) }));
      if (object !== undefined) return object;
    }
    return undefined;
  };
}

function placeKey(origin: Origin): string {
  return JSON.stringify([origin.document.file, origin.document.index, origin.path]);
}

function memo<T>(compute: (origin: Origin) => T): (origin: Origin) => T {
  const known = new Map<string, T>();
  return (origin) => {
    const key = placeKey(origin);
    const had = known.get(key);
    if (had !== undefined) return had;
    const made = compute(origin);
    known.set(key, made);
    return made;
  };
}

function memoObject<T>(compute: (object: RawObject) => T): (object: RawObject) => T {
  const known = new Map<RawObject, T>();
  return (object) => {
    const had = known.get(object);
    if (had !== undefined) return had;
    const made = compute(object);
    known.set(object, made);
    return made;
  };
}
