import { asked, dropped, forwarded, type Json, notebook, type Pod, payments, postgres, workers } from './records.ts';
import type { Seeded } from './seeded.ts';

// What somebody does who holds a pod of the training cluster. Each attack says which rule should tell of it and whom it should name. Written apart from the
// benign day; tunnels here are models of what the real ones of lab/tunnels were seen to do.

export interface Attack {
  readonly name: string;
  readonly rule: string;
  readonly who: string;
  records(chance: Seeded, start: number): Generator<Json>;
}

const uuidOf = (chance: Seeded): string => `${chance.letters(8)}-${chance.letters(12)}`;

function tunnel(
  name: string,
  from: Pod,
  domain: string,
  labels: (chance: Seeded) => string,
  types: readonly string[],
  queries: number,
  minutes: number,
): Attack {
  return {
    name,
    rule: 'dns-tunnel',
    who: `${from.namespace}/${from.workload}`,
    *records(chance, start) {
      for (let i = 0; i < queries; i++)
        yield* asked(start + (i / queries) * minutes * 60_000, from, `${labels(chance)}.${domain}`, [chance.of(types)], uuidOf(chance));
    },
  };
}

export const attacks: readonly Attack[] = [
  tunnel('a tunnel in TXT queries', notebook, 'cdn-metrics.net', (c) => `${c.letters(60)}.${c.letters(60)}.${c.letters(50)}`, ['TXT'], 1100, 40),
  tunnel('a tunnel in NULL queries', notebook, 't.badhost.org', (c) => `${c.letters(63)}.${c.letters(63)}.${c.letters(63)}.${c.letters(40)}`, ['NULL'], 300, 5),
  tunnel('names of a file, base 32, in A queries', workers[3] as Pod, 'exf.example-updates.com', (c) => `${c.letters(62)}.${c.letters(20)}`, ['A'], 600, 50),
  {
    name: 'the metadata service, which answers',
    rule: 'metadata-reached',
    who: 'ai-training/notebook',
    *records(chance, start) {
      for (let i = 0; i < 3; i++)
        yield* forwarded({ at: start + i * 1000, from: notebook, to: { ip: '169.254.169.254', names: [] }, sourcePort: 45_000 + i, port: 80 }, uuidOf(chance));
    },
  },
  {
    name: 'a search of production',
    rule: 'denied-attempts',
    who: 'ai-training/notebook',
    *records(chance, start) {
      const ports = [22, 80, 443, 3306, 5432, 6379, 8080, 8443, 9000, 9090, 9200, 27_017];
      for (const [i, port] of ports.entries())
        for (const target of [payments, postgres])
          yield* dropped({ at: start + i * 500, from: notebook, to: target, sourcePort: 46_000 + i, port }, uuidOf(chance));
    },
  },
  {
    name: 'the API server from a notebook',
    rule: 'apiserver-reached',
    who: 'ai-training/notebook',
    *records(chance, start) {
      for (let i = 0; i < 5; i++)
        yield* forwarded(
          { at: start + i * 2000, from: notebook, to: { ip: '10.100.0.1', names: [], reserved: 'kube-apiserver' }, sourcePort: 47_000 + i, port: 443 },
          uuidOf(chance),
        );
    },
  },
];
