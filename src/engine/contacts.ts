import { kept } from '../kernel/memo.ts';
import type { Direction } from '../model/policy.ts';
import type { WorkloadId } from '../model/workload.ts';
import type { PodClass } from './classes.ts';
import type { Compiled } from './compiled.ts';
import type { Flow } from './flow.ts';
import { separates } from './network-of.ts';
import type { ReachParty } from './parties.ts';
import type { Signature } from './signature.ts';

/** More classes are not met one by one to learn whom a change touches. */
const manyClasses = 1000;

/**
 * Whom a workload may exchange anything with, found from what rules name, not by asking about everybody. `between` answers for two pods of classes.
 */
export class Contacts {
  readonly #compiled: Compiled;
  readonly #between: (from: number, to: number) => Flow;
  /** By what rules can tell of those who were asked about (`#sort`), until something changes. */
  readonly #known = { egress: new Map<string, ReadonlySet<number>>(), ingress: new Map<string, ReadonlySet<number>>() };
  readonly #sorts = { egress: new Map<number, string>(), ingress: new Map<number, string>() };
  readonly #numbers = new Map<Signature, number>();
  #whole: { readonly of: readonly ReachParty[]; readonly set: ReadonlySet<ReachParty> } = { of: [], set: new Set() };

  constructor(compiled: Compiled, between: (from: number, to: number) => Flow) {
    this.#compiled = compiled;
    this.#between = between;
  }

  get #all(): readonly PodClass[] {
    return this.#compiled.classes.all;
  }

  /**
   * Workloads that one may reach (`egress`), or that may reach it (`ingress`), in groups between whose pods no rule tells: what is exchanged with one is
   * exchanged with each. hostNetwork workloads, one by one, or all others.
   */
  *groups(workload: WorkloadId, direction: Direction, hosts: boolean): Generator<readonly WorkloadId[]> {
    const apart = new Set<WorkloadId>();
    const sole = (w: WorkloadId): boolean => {
      const units = this.#compiled.classes.unitsOf(w);
      return !hosts && units !== undefined && 'class' in units;
    };
    for (const id of this.classes(workload, direction)) {
      const { sample, workloads } = this.#all[id] as PodClass;
      if (sample.hostNetwork !== hosts) continue;
      const together = workloads.every(sole) ? workloads : workloads.filter(sole);
      if (together.length > 0) yield together;
      if (together.length < workloads.length) for (const w of workloads) if (!sole(w)) apart.add(w);
    }
    for (const w of apart) yield [w];
  }

  /** The classes of those. */
  classes(workload: WorkloadId, direction: Direction): ReadonlySet<number> {
    const [first, ...others] = this.#compiled
      .unitsOf(workload)
      .map(({ class: own }) => kept(this.#known[direction], this.#sort(own, direction), () => this.#of(own, direction)));
    return others.length === 0 ? (first ?? new Set()) : new Set([first as ReadonlySet<number>, ...others].flatMap((s) => [...s]));
  }

  /** To be told whenever anything has changed. */
  forget(): void {
    this.#known.egress.clear();
    this.#known.ingress.clear();
    this.#sorts.egress.clear();
    this.#sorts.ingress.clear();
    this.#numbers.clear();
  }

  #of(own: PodClass, direction: Direction): ReadonlySet<number> {
    const found = new Set<number>();
    for (const id of this.#candidates(own, direction)) if (this.#inContact(own, this.#all[id] as PodClass, direction)) found.add(id);
    return found;
  }

  /**
   * What rules can tell of a workload that dials (`egress`), or is dialled by (`ingress`), pods with an address of their own: those with one text exchange the
   * same with each of these, but for pods of their own workload.
   */
  podsSort(workload: WorkloadId, direction: Direction): string {
    return this.#compiled
      .unitsOf(workload)
      .map(({ class: own }) => this.#sort(own, direction))
      .join(' ');
  }

  /** The same of a class: the policies about it, the lists that name it, and the numbers behind its port names where it is dialled and some rule may use them. */
  #sort(own: PodClass, direction: Direction): string {
    return kept(this.#sorts[direction], own.id, () => {
      const { readings, peers, snapshot, profile } = this.#compiled;
      const signatures = readings.map((r) => r[direction].signatureOf(own.id));
      const byPortName = direction === 'ingress' && (signatures.some((s) => s.usesPortNames) || readings.some((r) => r.egress.usesPortNames));
      if (own.sample.hostNetwork || byPortName || separates(snapshot, profile) !== 'no') return `class ${own.id}`;
      return `${signatures.map((s) => kept(this.#numbers, s, () => this.#numbers.size)).join('+')} on ${peers.listsOf(own.id).join()}`;
    });
  }

  /** What rules can tell of a workload towards the outside: those with one text exchange the same with every block and name. */
  outsideSort(workload: WorkloadId, direction: Direction): string {
    return this.#compiled
      .unitsOf(workload)
      .map(({ class: own }) => {
        const signatures = this.#compiled.readings.map((r) => r[direction].signatureOf(own.id));
        const hangsOnPod = own.sample.hostNetwork || (direction === 'ingress' && signatures.some((s) => s.usesPortNames));
        return hangsOnPod ? `class ${own.id}` : signatures.map((s) => kept(this.#numbers, s, () => this.#numbers.size)).join('+');
      })
      .join(' ');
  }

  /** Outside blocks that it may exchange anything with. */
  outside(workload: WorkloadId, direction: Direction): ReadonlySet<ReachParty> {
    const { outside, readings } = this.#compiled;
    const found = new Set<ReachParty>();
    for (const { class: own } of this.#compiled.unitsOf(workload))
      for (const reading of readings) {
        const named = own.sample.hostNetwork ? null : reading[direction].namedOutside(reading[direction].signatureOf(own.id));
        if (named === null) return this.#everywhere();
        for (const id of named) found.add(outside[id] as ReachParty);
      }
    return found;
  }

  /** Every outside block: made once for as long as they stay, as whoever is open is asked about all of them. */
  #everywhere(): ReadonlySet<ReachParty> {
    const { outside } = this.#compiled;
    if (this.#whole.of !== outside) this.#whole = { of: outside, set: new Set(outside) };
    return this.#whole.set;
  }

  /** Whether some of the workloads belongs to one of the classes, or may exchange anything with one; true where too many are asked about to find out. */
  touches(workloads: Iterable<WorkloadId>, classes: ReadonlySet<number>): boolean {
    if (classes.size > manyClasses) return true;
    const own = new Set([...workloads].flatMap((id) => this.#compiled.unitsOf(id).map((u) => u.class)));
    for (const c of own) if (classes.has(c.id)) return true;
    return (['egress', 'ingress'] as const).some((direction) => {
      const sorts = new Map([...own].map((c) => [this.#sort(c, direction), c]));
      return [...sorts.values()].some((c) => [...classes].some((id) => this.#inContact(c, this.#all[id] as PodClass, direction)));
    });
  }

  /** What a hostNetwork pod may do hangs on the nodes of both, which members of a class do not share: it counts as in contact with everybody. */
  #inContact(own: PodClass, other: PodClass, direction: Direction): boolean {
    if (other.workloads.length === 0) return false;
    if (own.sample.hostNetwork || other.sample.hostNetwork) return true;
    const flow = direction === 'egress' ? this.#between(own.id, other.id) : this.#between(other.id, own.id);
    return !flow.allowed.isEmpty || !flow.unknown.isEmpty;
  }

  /** Classes among which are all that pods of a class may reach, or be reached by: this side names them, or it lets strangers pass and the other side does too, or names it. */
  #candidates(own: PodClass, direction: Direction): ReadonlySet<number> {
    const { readings, peers, hosts } = this.#compiled;
    if (own.sample.hostNetwork) return new Set(this.#all.keys());
    const found = new Set<number>(hosts.map((c) => c.id));
    for (const reading of readings) {
      const [mine, theirs] = direction === 'egress' ? [reading.egress, reading.ingress] : [reading.ingress, reading.egress];
      const signature = mine.signatureOf(own.id);
      if (!mine.welcomes(signature)) {
        for (const id of mine.namedBy(signature)) found.add(id);
        continue;
      }
      for (const id of theirs.welcoming()) found.add(id);
      for (const entry of peers.listsOf(own.id)) for (const id of theirs.admittedBy(entry < 0 ? -1 - entry : entry)) found.add(id);
    }
    return found;
  }
}
