import type { Flow } from '../src/engine/flow.ts';
import type { Reachability } from '../src/engine/reach.ts';

/** Where the rectangles of a solved snapshot are not what it says of its classes one by one, each pair told once; the first few, as text. */
export function rectangleFaults(solved: Reachability): string[] {
  const cells = new Map<string, string>();
  for (const { from, to, flow } of solved.rectangles())
    for (const a of from) for (const b of to) cells.set(`${a} ${b}`, cells.has(`${a} ${b}`) ? 'told twice' : textOf(flow));
  const live = solved.classes.filter((c) => c.workloads.length > 0);
  const out = live.flatMap((a) =>
    live.flatMap((b) => {
      const told = cells.get(`${a.id} ${b.id}`);
      const asked = textOf(solved.betweenClasses(a.id, b.id));
      cells.delete(`${a.id} ${b.id}`);
      return (told ?? denied) === asked && told !== denied ? [] : [`class ${a.id} -> ${b.id}: ${told ?? 'in none'}, asked alone ${asked}`];
    }),
  );
  return [...out, ...[...cells.keys()].map((pair) => `${pair}: no such classes`)].slice(0, 5);
}

const denied = 'denied';

function textOf({ allowed, unknown }: Flow): string {
  return allowed.isEmpty && unknown.isEmpty ? denied : `${allowed}, perhaps ${unknown}`;
}
