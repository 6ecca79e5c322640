import { gzipSync } from 'node:zlib';
import { attacks } from './attacks.ts';
import { benignDay } from './benign.ts';
import { asked, type Json, notebook } from './records.ts';
import { inOrder } from './replayed.ts';
import { Seeded } from './seeded.ts';

/** Some hours of a cluster in which a notebook was taken over: what examples/flows holds. */
export function exampleFlows(): Buffer {
  const start = Date.UTC(2026, 10, 25);
  const incident = start + 14 * 3_600_000;
  const named = ['the metadata service, which answers', 'a search of production', 'the API server from a notebook'];
  const chance = new Seeded(7);
  function* records(): Generator<Json> {
    yield* benignDay(new Seeded(1), start, 0.03);
    for (const [i, attack] of attacks.filter((a) => named.includes(a.name)).entries()) yield* attack.records(chance, incident + i * 300_000);
    for (let i = 0; i < 230; i++) {
      const query = `${chance.letters(60)}.${chance.letters(38)}.cdn-metrics.net`;
      const [question] = asked(incident + 1_200_000 + i * 700, notebook, query, ['TXT'], `${chance.letters(8)}-${chance.letters(12)}`);
      if (question !== undefined) yield question;
    }
    yield { lost_events: { source: 'HUBBLE_RING_BUFFER', num_events_lost: '3' }, node_name: 'prod-us-1/gpu-2', time: '2026-11-25T20:00:00.000000000Z' };
  }
  return gzipSync(`${inOrder(records()).join('\n')}\n`, { level: 9 });
}
