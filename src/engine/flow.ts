import { TransportSet } from '../space/transport-set.ts';

/** What may pass: `allowed` for certain, `unknown` perhaps; the two are disjoint and the rest is denied. */
export interface Flow {
  readonly allowed: TransportSet;
  readonly unknown: TransportSet;
}

export type Quantifier = 'some' | 'every';

export const nothing: Flow = { allowed: TransportSet.empty, unknown: TransportSet.empty };

const doubts = new WeakMap<Flow, Flow>();

/** The flow, none of it certain. Shared by equal flows, as those are. */
export function doubtful(flow: Flow): Flow {
  const known = doubts.get(flow) ?? { allowed: TransportSet.empty, unknown: flow.allowed.union(flow.unknown) };
  doubts.set(flow, known);
  return known;
}

/** What holds for one of several pairs (`some`), or for each. */
export function quantify(flows: readonly Flow[], quantifier: Quantifier): Flow {
  const [first, ...others] = flows;
  if (first === undefined) return nothing;
  if (others.length === 0) return first;
  if (quantifier === 'some') {
    const allowed = TransportSet.unionAll(flows.map((f) => f.allowed));
    return { allowed, unknown: TransportSet.unionAll(flows.map((f) => f.unknown)).subtract(allowed) };
  }
  const allowed = others.reduce((sum, f) => sum.intersect(f.allowed), first.allowed);
  const may = others.reduce((sum, f) => sum.intersect(f.allowed.union(f.unknown)), first.allowed.union(first.unknown));
  return { allowed, unknown: may.subtract(allowed) };
}
