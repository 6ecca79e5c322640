import type { Reader } from '../../kernel/reader.ts';
import { type Instance, type Module, type TerraformOutput, textOf } from './output.ts';

/** A value of a resource: a text, none, or one that is known after apply only. */
export type Value = { readonly kind: 'text'; readonly text: string; readonly at: Reader } | { readonly kind: 'none' } | { readonly kind: 'later' };

export function fieldOf(instance: Instance, field: string): Value {
  const at = instance.values.field(field);
  const text = textOf(at);
  if (text !== null) return { kind: 'text', text, at };
  return isLater(instance, field) ? { kind: 'later' } : { kind: 'none' };
}

/** Whether a value, or some part of it, is known after apply only. Of a plan that says nothing of the resource, what is absent is. */
export function isLater({ unknown, values }: Instance, field: string): boolean {
  if (unknown === 'nothing') return false;
  return unknown === 'unsaid' ? !values.has(field) : holdsTrue(unknown.field(field));
}

function holdsTrue(at: Reader): boolean {
  const left = [at];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.value === true) return true;
    if (next.kind === 'a list') left.push(...next.each());
    for (const key of next.keys()) left.push(next.field(key));
  }
  return false;
}

/** Whether the configuration sets a field: what it leaves to the provider is what AWS has. Without configuration, it may. */
export function isSet({ expressions }: Instance, field: string): boolean {
  return expressions === null || expressions.has(field);
}

/** References that are followed before giving up; modules seldom hand a value through more than a few. */
const mostSteps = 100;

/**
 * The instance from which alone a value comes that is known after apply; null where that cannot be told. Values that the configuration fixes are known
 * already, so where one other reference is left, the value is its. Source: Terraform documentation, "JSON Output Format", expression representation:
 * `references` lists each reference with all that it begins with.
 */
export function referredTo(output: TerraformOutput, instance: Instance, field: string, types: readonly string[]): Instance | null {
  if (instance.expressions === null) return null;
  const byPlace = indexed(output);
  const found = new Set<Instance>();
  const left: { readonly at: Reader; readonly module: Module }[] = [{ at: instance.expressions.field(field), module: instance.module }];
  let steps = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { at, module } = next;
    for (const subject of subjectsOf(at)) {
      if (++steps > mostSteps) return null;
      const [, kind, name = '', key = '', member = ''] = subject;
      if (kind === 'count' || kind === 'path' || kind === 'terraform') continue;
      if (kind === 'var') {
        // Variables of the root module are known.
        if (module.parent !== null)
          left.push({ at: module.parent.config.field('module_calls').field(module.call).field('expressions').field(name), module: module.parent });
      } else if (kind === 'module') {
        const inner = output.modules.get(`${module.address === '' ? '' : `${module.address}.`}module.${name}${key}`);
        if (inner === undefined || member === '') return null;
        left.push({ at: inner.config.field('outputs').field(member).field('expression'), module: inner });
      } else if (types.includes(kind ?? '')) {
        const all = byPlace.get(`${module.address} ${kind}.${name}`) ?? [];
        const one = all.length === 1 ? all[0] : all.find((i) => i.key === key);
        if (one === undefined || (key !== '' && one.key !== key)) return null;
        found.add(one);
      } else return null;
    }
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

const indexes = new WeakMap<TerraformOutput, ReadonlyMap<string, readonly Instance[]>>();

function indexed(output: TerraformOutput): ReadonlyMap<string, readonly Instance[]> {
  const known = indexes.get(output);
  if (known !== undefined) return known;
  const made = new Map<string, Instance[]>();
  for (const one of output.instances) {
    const place = `${one.module.address} ${one.type}.${one.name}`;
    const before = made.get(place);
    if (before === undefined) made.set(place, [one]);
    else before.push(one);
  }
  indexes.set(output, made);
  return made;
}

/** References of one expression; each is compared with each. */
const mostReferences = 500;

/** kind, name, key, member: `aws_iam_role.train[0].arn`, `var.x`, `module.m["a"].out`. */
const reference = /^([A-Za-z_][\w-]{0,200})\.([A-Za-z_][\w-]{0,200})(\[(?:\d{1,10}|"(?:[^"\\]|\\.){0,300}")\])?(?:\.([A-Za-z_][\w-]{0,200}))?/;

/** What an expression refers to, each once: the longest of the references that begin alike. */
function subjectsOf(at: Reader): readonly (readonly (string | undefined)[])[] {
  const texts = at
    .field('references')
    .each()
    .flatMap((r) => textOf(r) ?? []);
  if (texts.length > mostReferences) return [[]];
  const longest = texts.filter((t) => !texts.some((other) => other.length > t.length && other.startsWith(t) && /^[.[]/.test(other.slice(t.length))));
  const subjects = longest.map((t) => reference.exec(t) ?? ([t, t] as const));
  return [...new Map(subjects.map((s) => [JSON.stringify([s[1], s[2], s[3], s[1] === 'module' ? s[4] : null]), s])).values()];
}
