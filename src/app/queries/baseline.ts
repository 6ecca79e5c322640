import { type Reader, shown } from '../../kernel/reader.ts';
import { everything, type LabelSelector } from '../../model/labels.ts';
import { parseCidr } from '../../space/ip-set.ts';
import { protocols, TransportSet } from '../../space/transport-set.ts';
import type { Query, QueryParty } from './query.ts';
import { parseSelector } from './selector-text.ts';

const fields = ['name', 'description', 'action', 'from', 'to', 'from_ns', 'to_ns', 'protocol', 'port_min', 'port_max'] as const;

/**
 * np-guard baseline rules: a list of connections that are denied (must not be) or allowed (must be). `from` and `to` are a CIDR or a selector of pods,
 * absent ones are everybody. Source: np-guard/baseline-rules README.md.
 */
export function readBaselineRules(document: Reader): () => readonly Query[] {
  const queries: Query[] = [];
  for (const [i, at] of document.each().entries()) {
    if (at.absent) at.error('missing-field', 'This rule is empty.');
    if (!at.object(fields)) continue;
    const denied = (at.field('action').oneOf(['allow', 'deny']) ?? 'allow') === 'deny';
    const ports = portsOf(at);
    queries.push({
      name: at.field('name').string() ?? `rule-${i + 1}`,
      description: at.field('description').string() ?? null,
      assertion: denied ? 'must-not-reach' : 'must-reach',
      from: [party(at, 'from', 'from_ns')],
      to: [{ party: party(at, 'to', 'to_ns'), ports: ports === null ? null : { numbers: ports, names: [] } }],
      origin: at.origin,
    });
  }
  return () => queries;
}

function party(at: Reader, who: 'from' | 'to', where: 'from_ns' | 'to_ns'): QueryParty {
  const text = at.field(who).string();
  const { origin } = at.has(who) ? at.field(who) : at;
  if (text !== undefined && parseCidr(text) !== undefined) {
    if (at.has(where)) at.field(where).error('mixed-party', `${where} does not go with a CIDR.`, 'Make two rules of it.');
    return { kind: 'cidr', cidr: text, except: [], origin };
  }
  if (text === undefined && !at.has(where)) return { kind: 'anyone', origin };
  return { kind: 'pods', namespaces: at.has(where) ? { kind: 'labels', selector: selector(at.field(where)) } : null, pods: selector(at.field(who)), origin };
}

function selector(at: Reader): LabelSelector {
  const text = at.string();
  if (text === undefined) return everything;
  const parsed = parseSelector(text);
  if (typeof parsed !== 'string') return parsed;
  at.error('bad-selector', `This is no label selector: ${parsed}.`, 'Write app=web,tier in (a,b),!debug, or a CIDR.');
  return everything;
}

/** Ports of TCP, UDP and SCTP where no protocol is given; null when neither protocol nor port is. */
function portsOf(at: Reader): TransportSet | null {
  const word = at.field('protocol').string();
  const protocol = word === undefined ? undefined : protocols.find((p) => p === word.toUpperCase());
  if (word !== undefined && protocol === undefined) at.field('protocol').error('unknown-value', `${shown(word)} is no protocol; expected TCP, UDP or SCTP.`);
  const [low, high] = [at.field('port_min').integer(1, 65_535), at.field('port_max').integer(1, 65_535)];
  if (low !== undefined && high !== undefined && low > high) at.field('port_max').error('out-of-range', `port_max ${high} is below port_min ${low}.`);
  if (protocol === undefined && low === undefined && high === undefined) return null;
  const span = [low ?? 0, high ?? 65_535] as const;
  return TransportSet.unionAll((protocol === undefined ? (['TCP', 'UDP', 'SCTP'] as const) : [protocol]).map((p) => TransportSet.of(p, [span])));
}
