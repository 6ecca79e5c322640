import type { Surroundings } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.gen.ts';
import type { Origin, Path } from '../../kernel/origin.ts';
import type { AdviceEdit } from '../../model/advice.ts';
import { groupOf } from '../../model/metadata.ts';
import type { Direction, Policy, Rule } from '../../model/policy.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { yamlDocument } from '../generate/yaml-text.ts';

/** A cluster after an edit, as its languages read it. */
export interface Edited {
  readonly snapshot: Snapshot;
  readonly edits: readonly AdviceEdit[];
}

/** Where policies that are only proposed stand. */
export const proposedFile = '(proposed)';

const nowhere: Origin = { document: { file: proposedFile, index: 0 }, path: [] };

/**
 * Adds a policy: writes it in its language and takes what that reads back as. Null where the language cannot say it, or the object would be refused.
 */
export function addPolicy(before: Edited, policy: Policy, text: string): Edited | null {
  const body = written(policy);
  if (body === null) return null;
  const object: RawObject = {
    apiVersion: String(body.apiVersion),
    kind: policy.kind,
    namespace: policy.namespace,
    name: policy.name,
    body,
    origin: { ...nowhere, document: { file: proposedFile, index: before.edits.length } },
  };
  const { snapshot } = before;
  const read = readPolicies(snapshot, object);
  if (read === null) return null;
  return {
    snapshot: { ...snapshot, policies: [...snapshot.policies, ...read], objects: [...snapshot.objects, object] },
    edits: [...before.edits, { how: 'add', policy: policy.id, origin: null, text, manifest: yamlDocument([], body) }],
  };
}

/** Takes out the item of a list that stands at `origin`. Null where nothing stands there, or the object would be refused without it. */
export function removeAt(before: Edited, policy: Policy, origin: Origin, text: string): Edited | null {
  return edited(before, origin, (list, index) => list.filter((_, i) => i !== index), { how: 'remove', policy: policy.id, origin, text, manifest: null });
}

/** Takes out the whole object that a policy was read from. Null where it is not in the input. */
export function removePolicy({ snapshot, edits }: Edited, policy: Policy, text: string): Edited | null {
  const object = objectAt(snapshot, policy.origin);
  if (object === undefined) return null;
  return {
    snapshot: { ...snapshot, policies: snapshot.policies.filter((p) => !isOf(object, p.origin)), objects: snapshot.objects.filter((o) => o !== object) },
    edits: [...edits, { how: 'remove', policy: policy.id, origin: object.origin, text, manifest: null }],
  };
}

/** Puts a rule before the one that stands at `origin`, as the policy's language writes it. Null where it cannot. */
export function insertBefore(before: Edited, policy: Policy, origin: Origin, rule: Rule, text: string): Edited | null {
  const body = written({ ...policy, rules: [rule] });
  const item = body === null ? undefined : firstRule(body, rule.direction);
  if (item === undefined) return null;
  const edit: AdviceEdit = { how: 'insert', policy: policy.id, origin, text, manifest: yamlDocument([], item) };
  return edited(before, origin, (list, index) => [...list.slice(0, index), item, ...list.slice(index)], edit);
}

function written(policy: Policy): Readonly<Record<string, unknown>> | null {
  const emitted = dialects.find((d) => d.id === policy.dialect)?.emit(policy);
  return emitted?.ok === true ? emitted.value : null;
}

function firstRule(body: Readonly<Record<string, unknown>>, direction: Direction): Readonly<Record<string, unknown>> | undefined {
  const rules = at(body, ['spec', direction]);
  return Array.isArray(rules) ? (rules[0] as Readonly<Record<string, unknown>>) : undefined;
}

function edited(
  { snapshot, edits }: Edited,
  origin: Origin,
  change: (list: readonly unknown[], index: number) => readonly unknown[],
  edit: AdviceEdit,
): Edited | null {
  const object = objectAt(snapshot, origin);
  if (object === undefined) return null;
  const path = origin.path.slice(object.origin.path.length);
  const [index, listPath] = [path.at(-1), path.slice(0, -1)];
  const list = at(object.body, listPath);
  if (typeof index !== 'number' || !Array.isArray(list) || index >= list.length) return null;
  const changed: RawObject = { ...object, body: replaced(object.body, listPath, change(list, index)) as RawObject['body'] };
  const read = readPolicies(snapshot, changed);
  if (read === null) return null;
  return {
    snapshot: {
      ...snapshot,
      policies: [...snapshot.policies.filter((p) => !isOf(object, p.origin)), ...read],
      objects: snapshot.objects.map((o) => (o === object ? changed : o)),
    },
    edits: [...edits, edit],
  };
}

/** The object in which something stands. */
function objectAt(snapshot: Snapshot, origin: Origin): RawObject | undefined {
  return snapshot.objects.find((object) => isOf(object, origin));
}

function isOf(object: RawObject, origin: Origin): boolean {
  const { document, path } = object.origin;
  return document.file === origin.document.file && document.index === origin.document.index && path.every((step, i) => origin.path[i] === step);
}

/** What an object says in its language, amid the others; null where it is refused. */
function readPolicies(snapshot: Snapshot, object: RawObject): readonly Policy[] | null {
  const dialect = dialects.find((d) => d.kinds.some((k) => k.kind === object.kind && k.group === groupOf(object.apiVersion)));
  const around: Surroundings = { of: (group, kind) => snapshot.objects.filter((o) => o.kind === kind && groupOf(o.apiVersion) === group) };
  const read = dialect?.read(object, around);
  return read?.ok === true ? read.value : null;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (v, step) => (typeof v === 'object' && v !== null && Object.hasOwn(v, step) ? (v as Readonly<Record<string | number, unknown>>)[step] : undefined),
    value,
  );
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : item));
  return { ...(value as Readonly<Record<string, unknown>>), [step]: replaced(at(value, [step]), rest, by) };
}
