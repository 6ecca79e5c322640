import type { z } from 'zod';
import type { Path } from '../kernel/origin.ts';
import { nearest } from '../kernel/spelling.ts';
import { descriptionOf, knownKeys } from './fields.ts';
import { shown } from './text.ts';

/** A schema fault in words. `path` is in the document. */
export interface FieldFault {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly hint: string | null;
}

/** Says a schema issue the way people say it: what was found at which field, what was expected, how to mend it. `document` is the value that was parsed. */
export function fieldFaults(issue: z.core.$ZodIssue, document: unknown): readonly FieldFault[] {
  const path: Path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const field = fieldName(path);
  const found = at(document, path);
  const fault = (code: string, message: string, hint: string | null): FieldFault => ({ code, path, message, hint });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key));
    case 'invalid_type':
      if (found === undefined) return [missing(path)];
      return [
        fault(
          'wrong-type',
          `${field} must be ${typeName(issue.expected)}, found ${found === null ? 'nothing' : shown(found)}.`,
          quotesHint(issue.expected, found),
        ),
      ];
    case 'invalid_value': {
      if (found === undefined) return [missing(path)];
      const words = issue.values.map(String);
      const meant = typeof found === 'string' ? nearest(found, words) : undefined;
      return [
        fault(
          'wrong-value',
          `${field} must be ${words.length === 1 ? words[0] : `one of ${words.join(', ')}`}, found ${shown(found)}.`,
          meant === undefined ? null : `Did you mean ${meant}?`,
        ),
      ];
    }
    case 'invalid_union':
      return found === undefined ? [missing(path)] : unionFaults(issue, found, document, path, field);
    case 'invalid_key':
      return [fault('wrong-key', `${field}: ${sentence(issue.issues[0]?.message ?? 'this key cannot stand here')}`, null)];
    case 'too_small':
      return [fault('too-small', `${field} must have at least ${issue.minimum}${unit(issue.origin, Number(issue.minimum))}, found ${shown(found)}.`, null)];
    case 'too_big':
      return [fault('too-big', `${field} must have at most ${issue.maximum}${unit(issue.origin, Number(issue.maximum))}, found ${shown(found)}.`, null)];
    default:
      return [fault('wrong-value', `${field}: ${sentence(issue.message)}`, null)];
  }
}

/** The issues of the alternative that the value resembles most: an object is judged as the alternative whose keys it shares. */
function unionFaults(issue: z.core.$ZodIssueInvalidUnion, found: unknown, document: unknown, path: Path, field: string): readonly FieldFault[] {
  const nested = issue.errors
    .map((branch) => branch.filter((inner) => !(inner.code === 'invalid_type' && inner.path.length === 0)))
    .filter((branch, index) => branch.length > 0 && branch.length === issue.errors[index]?.length)
    .map((branch) => branch.flatMap((inner) => fieldFaults({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, document)))
    .sort((a, b) => a.length - b.length);
  if (typeof found === 'object' && found !== null && nested[0] !== undefined) return nested[0];
  return [{ code: 'wrong-value', path, message: `${field}: ${sentence(issue.message)} Found ${shown(found)}.`, hint: null }];
}

function unknownKey(path: Path, key: string): FieldFault {
  const known = knownKeys(path);
  const meant = nearest(key, known);
  const place = path.length === 0 ? 'a TrainingZone' : fieldName(path);
  return {
    code: 'unknown-field',
    path: [...path, key],
    message: `${place} has no field ${shown(key)}.`,
    hint: meant === undefined ? (known.length > 0 ? `It may have: ${known.join(', ')}.` : null) : `Did you mean ${meant}?`,
  };
}

function missing(path: Path): FieldFault {
  const about = descriptionOf(path);
  return { code: 'missing-field', path, message: `${fieldName(path)} is required and missing.`, hint: about === '' ? null : about };
}

/** `spec.workloads[0].data[1].s3`. */
export function fieldName(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${/^[A-Za-z][\w-]*$/.test(step) ? step : shown(step)}`)).join('');
  return text === '' ? 'the zone' : text.replace(/^\./, '');
}

function at(document: unknown, path: Path): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return Object.hasOwn(names, expected) ? (names[expected] ?? expected) : expected;
}

function quotesHint(expected: string, found: unknown): string | null {
  return expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') ? `Write it in quotes: "${String(found)}".` : null;
}

function unit(origin: string, count: number): string {
  if (origin === 'string') return count === 1 ? ' character' : ' characters';
  return origin === 'array' || origin === 'set' ? (count === 1 ? ' entry' : ' entries') : '';
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
