import { kept } from '../kernel/memo.ts';
import type { Rule } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';

/** Whether a rule speaks of ports by their names: what it means then hangs on the destination. */
export function namesPorts({ ports }: Rule): boolean {
  return ports?.some(({ port }) => typeof port === 'string') === true;
}

const texts = new WeakMap<Workload, string>();

/** The part of a destination that port names depend on, as text. */
export function portNames(destination: Workload): string {
  return kept(texts, destination, () =>
    destination.ports
      .filter((p) => p.name !== null)
      .map((p) => `${p.name}/${p.protocol}=${p.port}`)
      .join(),
  );
}
