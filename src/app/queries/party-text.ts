import { everything, selectorText } from '../../model/labels.ts';
import type { Assertion, Query, QueryParty, QueryPorts } from './query.ts';

const verbs: Readonly<Record<Assertion, string>> = { 'must-reach': 'must reach', 'must-not-reach': 'must not reach', 'only-reaches': 'reaches only' };

/** A query as a sentence: `pods app=web of namespace shop must not reach 10.0.0.0/8 on TCP 22`. */
export function queryText({ assertion, from, to }: Query): string {
  const targets = to.map(({ party, ports }) => `${partyText(party)}${ports === null ? '' : ` on ${portsText(ports)}`}`);
  return `${from.map(partyText).join(', ')} ${verbs[assertion]} ${targets.length === 0 ? 'nothing' : targets.join(', ')}`;
}

function portsText({ numbers, names }: QueryPorts): string {
  const called = names.map((name) => `port ${name}`);
  return [...(numbers.isEmpty && called.length > 0 ? [] : [numbers.toString()]), ...called].join(' and ');
}

/** A party in words. */
export function partyText(party: QueryParty): string {
  switch (party.kind) {
    case 'pods': {
      const pods = selectorText(party.pods) === selectorText(everything) ? 'every pod' : `pods ${selectorText(party.pods)}`;
      if (party.namespaces === null) return pods;
      return `${pods} of ${party.namespaces.kind === 'names' ? party.namespaces.names.join(' and ') : `namespaces ${selectorText(party.namespaces.selector)}`}`;
    }
    case 'any-pod-in':
      return `any pod that could be in ${party.namespace}`;
    case 'workload':
      return party.name;
    case 'zone':
      return party.workload === null ? `zone ${party.zone}` : `${party.workload} of zone ${party.zone}`;
    case 'protected':
      return `what is protected as ${party.name}`;
    case 'cidr':
      return party.except.length === 0 ? party.cidr : `${party.cidr} but ${party.except.join(' and ')}`;
    case 'host':
      return party.host;
    case 'internet':
      return 'the internet';
    case 'node':
      return party.node === null ? 'nodes' : `node ${party.node}`;
    case 'anyone':
      return 'anyone';
  }
}
