import type { Origin } from '../../kernel/origin.ts';
import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { everything, type LabelSelector } from '../../model/labels.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import { parseCidr } from '../../space/ip-set.ts';
import { type Protocol, protocols, TransportSet } from '../../space/transport-set.ts';
import { readBaselineRules } from './baseline.ts';
import { type Assertion, assertions, type Query, type QueryParty, type QueryPorts, type QueryTarget } from './query.ts';
import { parseSelector } from './selector-text.ts';

/** Reads one document: our own queries, or a list of np-guard baseline rules. Every fault is told at its place. */
export function readQueries(value: unknown, origin: Origin): Result<readonly Query[]> {
  const diagnostics: Diagnostic[] = [];
  const document = new Reader(value, origin, diagnostics);
  if (Array.isArray(value)) return finish(diagnostics, readBaselineRules(document));
  return finish(diagnostics, readOwn(document));
}

/** Reads first, so that every fault is known before the end. */
function readOwn(document: Reader): () => readonly Query[] {
  const queries: Query[] = [];
  if (document.absent) document.error('no-queries', 'There is nothing in this document; expected queries.', 'Write apiVersion, kind: Queries and queries.');
  else if (document.object(['apiVersion', 'kind', 'metadata', 'queries'])) {
    if (document.required('kind')) document.field('kind').oneOf(['Queries']);
    if (document.required('apiVersion')) document.field('apiVersion').oneOf(['ringfence.dev/v1alpha1']);
    document.field('metadata').object(['name']);
    document.required('queries');
    const names = new Set<string>();
    for (const item of document.field('queries').each()) {
      const query = readQuery(item);
      if (query === undefined) continue;
      if (names.has(query.name))
        item.field('name').error('query-twice', `There is another query named ${shown(query.name)}.`, 'Give each query a name of its own.');
      names.add(query.name);
      queries.push(query);
    }
  }
  return () => queries;
}

function readQuery(item: Reader): Query | undefined {
  if (item.absent) item.error('missing-field', 'This query is empty; expected a name and an assertion.');
  if (!item.object(['name', 'description', ...assertions])) return undefined;
  item.required('name');
  const name = item.field('name').string();
  if (name !== undefined && !/^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/.test(name))
    item.field('name').error('bad-name', `${shown(name)} is no name for a query; expected lower-case letters, digits, "-" and ".".`);
  const said = assertions.filter((a) => item.has(a));
  if (said.length !== 1) {
    item.error(
      'one-assertion',
      `A query has one assertion; this one has ${said.length === 0 ? 'none' : said.join(' and ')}.`,
      `Give one of ${assertions.join(', ')}.`,
    );
    return undefined;
  }
  const [assertion] = said as [Assertion];
  const body = item.field(assertion);
  if (!body.object(['from', 'to', 'ports'])) return undefined;
  body.required('from');
  if (assertion !== 'only-reaches') body.required('to');
  const ports = readPorts(body.field('ports'));
  const from = listOf(body.field('from')).flatMap((p) => readParty(p, false));
  const to = listOf(body.field('to')).flatMap((p) => readParty(p, true).map((party): QueryTarget => ({ party, ports: readPorts(p.field('ports')) ?? ports })));
  return { name: name ?? '', description: item.field('description').string() ?? null, assertion, from, to, origin: item.origin };
}

/** One party, or a list of them. */
function listOf(at: Reader): readonly Reader[] {
  return Array.isArray(at.value) ? at.each() : at.absent ? [] : [at];
}

const forms = ['anyPodIn', 'pods', 'namespace', 'namespaces', 'workload', 'zone', 'protected', 'cidr', 'host', 'internet', 'node', 'nodes', 'anyone'] as const;

/** None when it is broken. */
function readParty(at: Reader, withPorts: boolean): QueryParty[] {
  if (at.absent) at.error('missing-field', 'This party is empty.', `Give one of ${forms.join(', ')}.`);
  if (
    !at.object([...forms, 'except', ...(withPorts ? ['ports'] : [])], withPorts ? {} : { ports: 'Ports belong to the query, or to the party that is reached.' })
  )
    return [];
  const { origin } = at;
  const said = forms.filter((f) => at.has(f));
  const only = (...allowed: readonly string[]): boolean => {
    const foreign = [...said, ...(at.has('except') ? ['except'] : [])].filter((f) => !allowed.includes(f));
    for (const f of foreign) at.field(f).error('mixed-party', `${f} does not go with ${allowed[0]}.`, 'Make two parties of it.');
    return foreign.length === 0;
  };
  const text = (key: string): string | undefined => at.field(key).string();
  if (at.has('cidr')) {
    const cidr = text('cidr');
    const except = at.field('except').each();
    for (const r of [at.field('cidr'), ...except]) checkCidr(r);
    return only('cidr', 'except') && cidr !== undefined ? [{ kind: 'cidr', cidr, except: except.flatMap((r) => r.string() ?? []), origin }] : [];
  }
  if (at.has('host')) {
    const host = text('host')?.toLowerCase().replace(/\.$/, '');
    if (host !== undefined && !/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?$/.test(host))
      at.field('host').error('bad-host', `${shown(host)} is no host name.`, 'Write a full name without wildcards, as in example.com.');
    return only('host') && host !== undefined ? [{ kind: 'host', host, origin }] : [];
  }
  if (at.has('zone')) {
    const zone = text('zone');
    return only('zone', 'workload') && zone !== undefined ? [{ kind: 'zone', zone, workload: text('workload') ?? null, origin }] : [];
  }
  if (at.has('protected')) {
    const name = text('protected');
    return only('protected') && name !== undefined ? [{ kind: 'protected', name, origin }] : [];
  }
  if (at.has('anyPodIn')) {
    const namespace = text('anyPodIn');
    if (namespace !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
      at.field('anyPodIn').error('bad-namespace', `${shown(namespace)} is no name of a namespace.`, 'Write one namespace, as in ml.');
    return only('anyPodIn') && namespace !== undefined ? [{ kind: 'any-pod-in', namespace, origin }] : [];
  }
  if (at.has('workload')) {
    const name = text('workload');
    if (name !== undefined && !/^[^/]+\/[^/]+(?:\/[^/]+)?$/.test(name))
      at.field('workload').error('bad-workload', `${shown(name)} names no workload.`, 'Write NAMESPACE/NAME or Kind/NAMESPACE/NAME.');
    return only('workload') && name !== undefined ? [{ kind: 'workload', name, origin }] : [];
  }
  for (const word of ['internet', 'anyone'] as const) if (at.has(word)) return only(word) && isTrue(at.field(word)) ? [{ kind: word, origin }] : [];
  if (at.has('node')) {
    const node = text('node');
    return only('node') && node !== undefined ? [{ kind: 'node', node, origin }] : [];
  }
  if (at.has('nodes')) return only('nodes') && at.field('nodes').oneOf(['all']) !== undefined ? [{ kind: 'node', node: null, origin }] : [];
  if (said.length === 0) {
    at.error('missing-field', 'This party names nobody.', `Give one of ${forms.join(', ')}.`);
    return [];
  }
  if (at.has('namespace') && at.has('namespaces')) at.error('mixed-party', 'namespace and namespaces say the same thing twice.', 'Give one of them.');
  if (!only('pods', 'namespace', 'namespaces')) return [];
  return [{ kind: 'pods', namespaces: readNamespaces(at), pods: readLabels(at.field('pods')), origin }];
}

function readNamespaces(at: Reader): Extract<QueryParty, { kind: 'pods' }>['namespaces'] {
  if (at.has('namespaces')) return { kind: 'labels', selector: readLabels(at.field('namespaces')) };
  return at.has('namespace') ? { kind: 'names', names: listOf(at.field('namespace')).flatMap((r) => r.string() ?? []) } : null;
}

/** A label selector, as an object or as kubectl's text. */
function readLabels(at: Reader): LabelSelector {
  if (typeof at.value !== 'string') return at.absent ? everything : readSelector(at);
  const selector = parseSelector(at.value);
  if (typeof selector !== 'string') return selector;
  at.error('bad-selector', `This is no label selector: ${selector}.`, 'Write app=web,tier in (a,b),!debug, or matchLabels and matchExpressions.');
  return everything;
}

function checkCidr(at: Reader): void {
  const text = at.string();
  if (text === undefined) return;
  if (parseCidr(text) === undefined) at.error('bad-cidr', `${shown(text)} is no CIDR.`, 'Write an address and a length, as in 10.0.0.0/8.');
}

function isTrue(at: Reader): boolean {
  const value = at.boolean();
  if (value === false) at.error('wrong-value', 'This can only be true.', 'Leave it out instead.');
  return value === true;
}

/** Null when nothing is said. */
function readPorts(at: Reader): QueryPorts | null {
  if (at.absent) return null;
  if (Array.isArray(at.value) && at.value.length === 0)
    at.error('no-ports', 'A list without a port asks about nothing.', 'Name ports, or leave ports out to ask about all of them.');
  const names: string[] = [];
  const sets = listOf(at).flatMap((item) => {
    const { value } = item;
    if (typeof value === 'string' && isPortName(value)) {
      names.push(value);
      return [];
    }
    const set = portsOf(item);
    return set === undefined ? [] : [set];
  });
  return { numbers: TransportSet.unionAll(sets), names };
}

/** A name of a container port; a word that stands for a protocol is none. Source: kubernetes apimachinery validation IsValidPortName. */
function isPortName(text: string): boolean {
  const word = /^(?=[a-z0-9-]{1,15}$)(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/.test(text);
  return word && !protocols.some((p) => p === text.toUpperCase());
}

/** `443`, `TCP/443`, `443/TCP`, `UDP/8000-8010`, `TCP`, `ICMP`. */
function portsOf(item: Reader): TransportSet | undefined {
  const text = typeof item.value === 'number' ? String(item.value) : item.string();
  if (text === undefined) return undefined;
  const parts = text.toUpperCase().split('/');
  const word = parts.find((p) => !/^\d/.test(p));
  const protocol = word === undefined ? 'TCP' : protocols.find((p) => p === word);
  const span = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(parts.find((p) => /^\d/.test(p)) ?? '');
  const [low, high] = span === null ? [Number.NaN, Number.NaN] : [Number(span[1]), Number(span[2] ?? span[1])];
  const whole = parts.length === 1 && word !== undefined;
  const most = protocol === 'ICMP' ? 255 : protocol === 'OTHER' ? 0 : 65_535;
  if (protocol === undefined || parts.length > 2 || (parts.length === 2 && word === undefined) || (!whole && !(low <= high && high <= most))) {
    item.error('bad-port', `${shown(text)} is no port.`, 'Write 443, TCP/443, UDP/8000-8010, TCP, ICMP, or the name of a container port.');
    return undefined;
  }
  return portSet(protocol, whole ? null : [low, high]);
}

function portSet(protocol: Protocol, span: readonly [number, number] | null): TransportSet {
  return span === null ? TransportSet.of(protocol) : TransportSet.of(protocol, [span]);
}
