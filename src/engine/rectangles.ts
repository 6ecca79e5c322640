import { kept } from '../kernel/memo.ts';
import type { PodClass } from './classes.ts';
import type { Flow } from './flow.ts';
import type { SideModel } from './side-model.ts';
import type { Signature } from './signature.ts';
import type { SideFlow } from './solve.ts';

/** Every pod of every `from` class may send `flow` to every (other) pod of every `to` class. Class ids, ascending. */
export interface Rectangle {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly flow: Flow;
}

/** One direction's classes by signature: subjects that share every row. */
type Sides = ReadonlyMap<Signature, readonly number[]>;

/**
 * All traffic between the given classes as rectangles; what no rectangle holds is denied. Exact, and its cost follows what rules name: pairs of
 * signatures are only met where one names a class of the other, or where both let strangers pass.
 * `between` answers for two classes and is asked wherever answers hang on more than signatures (port names); `both` joins two sides.
 */
export function* rectangles(
  classes: readonly PodClass[],
  egress: SideModel,
  ingress: SideModel,
  both: (egress: SideFlow, ingress: SideFlow) => Flow,
  between: (from: number, to: number) => Flow,
): Generator<Rectangle> {
  const outward = sidesOf(egress, classes);
  const inward = sidesOf(ingress, classes);
  const inPlay = new Set(classes.map((c) => c.id));
  const touchedBy = touchersOf(ingress, inward);
  const welcoming = [...inward.keys()].filter((s) => !s.usesPortNames && !ingress.towards(s, -1).mayAllow.isEmpty);
  const byPortName = [...inward.keys()].filter((s) => s.usesPortNames);
  // Who is named is put together once, and only for guards that are asked about again and again.
  const namedBy = new Map<Signature, ReadonlySet<number>>();
  const namedByGuard = (guard: Signature): ReadonlySet<number> => kept(namedBy, guard, () => new Set(ingress.namedBy(guard)));
  for (const [signature, sources] of outward) {
    if (signature.usesPortNames) {
      yield* pairwise(
        sources,
        classes.map((c) => c.id),
        between,
      );
      continue;
    }
    // Destinations by what this side says of them and by who guards them.
    const named = new Map<Signature, Map<SideFlow, number[]>>();
    const targets = new Set(egress.namedBy(signature));
    for (const to of targets) {
      const flow = egress.towards(signature, to);
      const guard = ingress.signatureOf(to);
      if (inPlay.has(to) && !flow.mayAllow.isEmpty)
        kept(
          kept(named, guard, () => new Map<SideFlow, number[]>()),
          flow,
          () => [],
        ).push(to);
    }
    for (const [guard, byFlow] of named)
      for (const [out, to] of byFlow)
        yield* meet(
          sources,
          to.sort((a, b) => a - b),
          out,
          guard,
          ingress,
          namedByGuard,
          both,
          between,
        );
    const out = egress.towards(signature, -1);
    if (out.mayAllow.isEmpty) continue;
    const guards = new Set([...welcoming, ...sources.flatMap((s) => touchedBy.get(s) ?? [])]);
    for (const guard of byPortName) guards.add(guard);
    for (const guard of guards) {
      const all = inward.get(guard) ?? [];
      const to = targets.size === 0 ? all : all.filter((id) => !targets.has(id));
      if (to.length > 0) yield* meet(sources, to, out, guard, ingress, namedByGuard, both, between);
    }
  }
}

/** One egress answer against one ingress signature: its named sources by what it says of each, then all others together. */
function* meet(
  sources: readonly number[],
  to: readonly number[],
  out: SideFlow,
  guard: Signature,
  ingress: SideModel,
  namedByGuard: (guard: Signature) => ReadonlySet<number>,
  both: (egress: SideFlow, ingress: SideFlow) => Flow,
  between: (from: number, to: number) => Flow,
): Generator<Rectangle> {
  if (guard.usesPortNames) {
    yield* pairwise(sources, to, between);
    return;
  }
  const named = new Map<SideFlow, number[]>();
  const others: number[] = [];
  if (guard.lists.length === 0) for (const from of sources) others.push(from);
  else
    for (const from of sources)
      if (namedByGuard(guard).has(from)) kept(named, ingress.towards(guard, from), () => []).push(from);
      else others.push(from);
  if (others.length > 0) for (const from of others) kept(named, ingress.towards(guard, -1), () => []).push(from);
  for (const [into, from] of named) {
    const flow = both(out, into);
    if (!flow.allowed.isEmpty || !flow.unknown.isEmpty) yield { from: from.sort((a, b) => a - b), to, flow };
  }
}

/** Answers that hang on each destination's own port names, gathered by source. */
export function* pairwise(sources: readonly number[], targets: readonly number[], between: (from: number, to: number) => Flow): Generator<Rectangle> {
  for (const from of sources) {
    const byFlow = new Map<Flow, number[]>();
    for (const to of targets) {
      const flow = between(from, to);
      if (!flow.allowed.isEmpty || !flow.unknown.isEmpty) kept(byFlow, flow, () => []).push(to);
    }
    for (const [flow, to] of byFlow) yield { from: [from], to, flow };
  }
}

function sidesOf(model: SideModel, classes: readonly PodClass[]): Sides {
  const members = new Map<Signature, number[]>();
  for (const { id } of classes) kept(members, model.signatureOf(id), () => []).push(id);
  return members;
}

/** For each class, the signatures that name it. */
function touchersOf(model: SideModel, sides: Sides): ReadonlyMap<number, readonly Signature[]> {
  const touchers = new Map<number, Signature[]>();
  for (const signature of sides.keys()) for (const id of new Set(model.namedBy(signature))) kept(touchers, id, () => []).push(signature);
  return touchers;
}
