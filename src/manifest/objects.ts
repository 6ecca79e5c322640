import { isMap } from '../kernel/map.ts';
import { type Origin, within } from '../kernel/origin.ts';
import { Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { areAnnotations, areLabels, readAnnotations, readLabels } from '../model/label-map.ts';
import { isDnsSubdomain, isNamespaceName } from '../model/label-syntax.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { ParsedDocument } from './parse.ts';
import { isNamespaced } from './scope.ts';

/** Kubernetes objects of some documents, in their order; `ignored` counts documents that are something else (values files, Helm notes, kustomizations). */
export interface ObjectsRead {
  readonly objects: readonly RawObject[];
  readonly ignored: number;
  /** Objects that were left out for a fault, as far as they can be told. */
  readonly dropped: readonly DroppedObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An object that could not be taken. `is` null: what it is cannot be told. A namespace that is none, or has no readable name, is null. */
export interface DroppedObject {
  readonly is: RawObject | null;
  readonly origin: Origin;
}

/** Lists hold lists only by mistake; a few levels are followed. */
const deepestList = 4;

/**
 * The objects of documents: lists are flattened, typed lists give their items a kind, and metadata is checked as the API server does (names, and
 * labels and annotations that must be text). An object with broken metadata is a diagnostic and left out. `namespace` is where objects go that give none.
 */
export function readObjects(documents: readonly ParsedDocument[], namespace = 'default'): ObjectsRead {
  return readObjectsAt(
    documents.map(({ ref, value }) => ({ value, origin: { document: ref, path: [] } })),
    namespace,
  );
}

/** The same of values anywhere in documents. */
export function readObjectsAt(values: readonly { readonly value: unknown; readonly origin: Origin }[], namespace: string): ObjectsRead {
  const reading = new ObjectReading(namespace);
  for (const { value, origin } of values) reading.document(value, origin);
  return { objects: reading.objects, ignored: reading.ignored, dropped: reading.dropped, diagnostics: reading.diagnostics };
}

class ObjectReading {
  readonly objects: RawObject[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly dropped: DroppedObject[] = [];
  ignored = 0;
  readonly #namespace: string;
  readonly #generated = new Map<string, number>();
  /** The last type that was found good: most objects have the type of the one before. */
  #type = { apiVersion: '', kind: '', namespaced: false };

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  document(value: unknown, origin: Origin): void {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) this.#value(item, within(origin, i), null, 0);
    else this.#value(value, origin, null, 0);
  }

  #value(value: unknown, origin: Origin, assumed: { readonly apiVersion: string; readonly kind: string } | null, depth: number): void {
    if (!isMap(value)) {
      this.ignored++;
      return;
    }
    const at = new Reader(value, origin, this.diagnostics);
    const apiVersion = own(value, 'apiVersion') ?? assumed?.apiVersion;
    const kind = own(value, 'kind') ?? assumed?.kind;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
      this.#notAnObject(at, apiVersion, kind);
      return;
    }
    const items = own(value, 'items');
    if (kind.endsWith('List') && (Array.isArray(items) || items === null || kind === 'List')) this.#list(value, at, apiVersion, kind, depth);
    else this.#object(value, at, apiVersion, kind);
  }

  #list(value: Readonly<Record<string, unknown>>, at: Reader, apiVersion: string, kind: string, depth: number): void {
    const items = own(value, 'items');
    const faultsBefore = this.diagnostics.length;
    if (depth >= deepestList) at.error('nested-too-deeply', `Lists are nested more than ${deepestList} levels deep.`);
    else if (items !== undefined && items !== null && !Array.isArray(items)) at.field('items').expect('a list');
    else {
      // Items of a typed list need not repeat its kind. Source: kubernetes/api core/v1 PodList as the API server serves it.
      const assumed = kind === 'List' ? null : { apiVersion, kind: kind.slice(0, -'List'.length) };
      for (const [i, item] of ((items ?? []) as readonly unknown[]).entries()) this.#value(item, within(at.origin, 'items', i), assumed, depth + 1);
      return;
    }
    if (this.diagnostics.length > faultsBefore) this.dropped.push({ is: null, origin: at.origin });
  }

  #object(body: Readonly<Record<string, unknown>>, at: Reader, apiVersion: string, kind: string): void {
    const faultsBefore = this.diagnostics.length;
    const metadata = at.field('metadata');
    const known = plainNames(metadata.value);
    if (known !== undefined && apiVersion === this.#type.apiVersion && kind === this.#type.kind) {
      this.#add(body, at, known);
      return;
    }
    metadata.expect('an object');
    const given = metadata.field('name').string();
    const namespace = metadata.field('namespace').string();
    readLabels(metadata.field('labels'));
    readAnnotations(metadata.field('annotations'));
    checkName(metadata.field('name'), given);
    checkNamespace(metadata.field('namespace'), namespace);
    checkType(at, apiVersion, kind);
    if (this.diagnostics.length > faultsBefore) {
      const place = isNamespaced(kind) && namespace !== undefined && isDnsSubdomain(namespace) ? namespace : null;
      this.dropped.push({ is: { apiVersion, kind, namespace: place, name: given ?? '', body, origin: at.origin }, origin: at.origin });
      return;
    }
    this.#type = { apiVersion, kind, namespaced: isNamespaced(kind) };
    this.#add(body, at, { name: given || this.#generatedName(metadata, kind), namespace });
  }

  #add(body: RawObject['body'], at: Reader, { name, namespace }: Names): void {
    const { apiVersion, kind, namespaced } = this.#type;
    this.objects.push({ apiVersion, kind, namespace: namespaced ? namespace || this.#namespace : null, name, body, origin: at.origin });
  }

  /** The API server makes up the end of the name; `*` stands for it. */
  #generatedName(metadata: Reader, kind: string): string {
    const prefix = metadata.field('generateName').string();
    if (prefix === undefined) return '';
    const key = `${kind}/${prefix}`;
    const count = (this.#generated.get(key) ?? 0) + 1;
    this.#generated.set(key, count);
    return `${prefix}*${count === 1 ? '' : count}`;
  }

  #notAnObject(at: Reader, apiVersion: unknown, kind: unknown): void {
    // A Chart.yaml has an apiVersion and no kind; only what carries metadata means to be an object.
    if ((apiVersion === undefined && kind === undefined) || !at.has('metadata')) {
      this.ignored++;
      return;
    }
    for (const [field, value] of [
      ['apiVersion', apiVersion],
      ['kind', kind],
    ] as const) {
      if (value === undefined || value === null || value === '') at.error('missing-field', `This object lacks ${field}, which is required.`, `Add ${field}.`);
      else at.field(field).expect('a string');
    }
    this.dropped.push({ is: null, origin: at.origin });
  }
}

interface Names {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The names in metadata in which nothing can be wrong; undefined where somebody has to look closer. */
function plainNames(metadata: unknown): Names | undefined {
  if (!isMap(metadata)) return undefined;
  const name = own(metadata, 'name');
  const namespace = own(metadata, 'namespace');
  if (typeof name !== 'string' || !isDnsSubdomain(name)) return undefined;
  if (namespace !== undefined && (typeof namespace !== 'string' || !isNamespaceName(namespace))) return undefined;
  return areLabels(own(metadata, 'labels')) && areAnnotations(own(metadata, 'annotations')) ? { name, namespace } : undefined;
}

/** Source: kubernetes/apimachinery validation.IsDNS1123Label. */
function checkNamespace(at: Reader, name: string | undefined): void {
  if (name === undefined || name === '' || isNamespaceName(name)) return;
  at.error(
    'bad-name',
    `${shown(name)} is no name of a namespace; expected at most 63 lower-case letters, digits and "-", with a letter or digit at both ends.`,
  );
}

/** What any kind's name may be. Source: kubernetes/apimachinery api/validation/path IsValidPathSegmentName. */
function checkName(at: Reader, name: string | undefined): void {
  if (name === undefined || (name.length <= 253 && name !== '.' && name !== '..' && !/[/%\p{C}\p{Z}]/u.test(name))) return;
  at.error('bad-name', `${shown(name)} is no name: it has at most 253 characters, none of them "/", "%", a blank or a control character.`);
}

/** Source: kubernetes/apiextensions-apiserver validation of group, version and kind names; built-in kinds follow the same rules. */
function checkType(at: Reader, apiVersion: string, kind: string): void {
  if (kind.length > 63 || !/^[A-Za-z][A-Za-z0-9]*$/.test(kind))
    at.field('kind').error('bad-kind', `${shown(kind)} is no kind; expected letters and digits, such as NetworkPolicy.`);
  if (apiVersion.length > 317 || !/^(?:[a-z0-9.-]+\/)?[a-z0-9]+$/.test(apiVersion)) {
    at.field('apiVersion').error(
      'bad-api-version',
      `${shown(apiVersion)} is no apiVersion; expected a group, "/" and a version, such as networking.k8s.io/v1, or just v1.`,
    );
  }
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
