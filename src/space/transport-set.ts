import { compareText } from '../kernel/stable.ts';
import { type Interval, IntervalAlgebra, type IntervalSet, numberLine } from './interval-set.ts';

/**
 * Transport protocols that a policy can tell apart. `OTHER` stands for every IP protocol but these four.
 * Source: kubernetes/api core/v1 Protocol (TCP, UDP, SCTP); CiliumNetworkPolicy `icmps` (ICMP and ICMPv6 are one dimension here, IP families are told apart by address).
 */
export type Protocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMP' | 'OTHER';

export const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER'];

/** Ports 0..65535 (port 0 cannot be named by a policy but exists on the wire). Source: kubernetes/api networking/v1 NetworkPolicyPort.endPort. */
export const ports: IntervalAlgebra<number> = new IntervalAlgebra(numberLine(0, 65535));

/** The points of each protocol: ports, ICMP types 0..255, or the single point 0. */
const lines: Record<Protocol, IntervalAlgebra<number>> = {
  TCP: ports,
  UDP: ports,
  SCTP: ports,
  ICMP: new IntervalAlgebra(numberLine(0, 255)),
  OTHER: new IntervalAlgebra(numberLine(0, 0)),
};

/**
 * A set of (protocol, destination port) points, one canonical interval set a protocol. Immutable.
 * Instances are interned: equal sets are the same object, so `===` is equality and results of the algebra are memoised.
 */
export class TransportSet {
  static get empty(): TransportSet {
    return emptySet;
  }

  static get full(): TransportSet {
    return fullSet;
  }

  /** Small whole number, unique per distinct set in this process; never shown to a user. */
  readonly id: number;
  readonly #byProtocol: ReadonlyMap<Protocol, IntervalSet<number>>;
  readonly #memo = new Map<string, TransportSet>();
  readonly key: string;

  /** For `intern` alone, which keeps equal sets the same object. */
  constructor(byProtocol: ReadonlyMap<Protocol, IntervalSet<number>>, key: string, id: number) {
    this.#byProtocol = byProtocol;
    this.key = key;
    this.id = id;
  }

  /** The given intervals of one protocol; without intervals, all of that protocol. */
  static of(protocol: Protocol, intervals?: Iterable<Interval<number>>): TransportSet {
    const line = lines[protocol];
    return intern(new Map([[protocol, intervals === undefined ? line.full : line.intersect(line.of(intervals), line.full)]]));
  }

  /** Few are joined one after the other, which remembers; many at once, so that the cost is that of sorting them. */
  static unionAll(sets: Iterable<TransportSet>): TransportSet {
    const distinct = [...new Set(sets)];
    if (distinct.length <= fewSets) return distinct.reduce((all, set) => all.union(set), TransportSet.empty);
    return intern(new Map(protocols.map((p) => [p, lines[p].of(distinct.flatMap((set) => set.on(p)))])));
  }

  get isEmpty(): boolean {
    return this === TransportSet.empty;
  }

  get isFull(): boolean {
    return this === TransportSet.full;
  }

  /** The points of one protocol, canonical. */
  on(protocol: Protocol): IntervalSet<number> {
    return this.#byProtocol.get(protocol) ?? [];
  }

  has(protocol: Protocol, point: number): boolean {
    return lines[protocol].has(this.on(protocol), point);
  }

  union(other: TransportSet): TransportSet {
    if (this === other || other.isEmpty || this.isFull) return this;
    if (this.isEmpty || other.isFull) return other;
    return this.#combine('u', other, (line, a, b) => line.union(a, b));
  }

  intersect(other: TransportSet): TransportSet {
    if (this === other || other.isFull || this.isEmpty) return this;
    if (this.isFull || other.isEmpty) return other;
    return this.#combine('i', other, (line, a, b) => line.intersect(a, b));
  }

  subtract(other: TransportSet): TransportSet {
    if (this.isEmpty || other.isEmpty) return this;
    if (this === other || other.isFull) return TransportSet.empty;
    return this.#combine('s', other, (line, a, b) => line.subtract(a, b));
  }

  complement(): TransportSet {
    return TransportSet.full.subtract(this);
  }

  subsetOf(other: TransportSet): boolean {
    return this.subtract(other).isEmpty;
  }

  #combine(
    op: string,
    other: TransportSet,
    f: (line: IntervalAlgebra<number>, a: IntervalSet<number>, b: IntervalSet<number>) => IntervalSet<number>,
  ): TransportSet {
    const memoKey = op + other.id;
    const known = this.#memo.get(memoKey);
    if (known !== undefined) return known;
    const made = intern(new Map(protocols.map((p) => [p, f(lines[p], this.on(p), other.on(p))])));
    this.#memo.set(memoKey, made);
    return made;
  }

  /** What people read: `TCP 443,8000-8010; UDP 53`, `all TCP`, `everything`, `nothing`. */
  toString(): string {
    if (this.isEmpty) return 'nothing';
    if (this.isFull) return 'everything';
    return protocols
      .filter((p) => this.on(p).length > 0)
      .sort((a, b) => protocols.indexOf(a) - protocols.indexOf(b) || compareText(a, b))
      .map((p) =>
        lines[p].equal(this.on(p), lines[p].full)
          ? p === 'OTHER'
            ? 'other protocols'
            : `all ${p}`
          : `${p} ${this.on(p)
              .map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`))
              .join(',')}`,
      )
      .join('; ');
  }
}

/** Up to so many sets are joined one by one. */
const fewSets = 8;

const interned = new Map<string, TransportSet>();

function intern(byProtocol: ReadonlyMap<Protocol, IntervalSet<number>>): TransportSet {
  const key = protocols
    .filter((p) => (byProtocol.get(p)?.length ?? 0) > 0)
    .map((p) => `${p}:${(byProtocol.get(p) ?? []).map(([a, b]) => `${a}-${b}`).join(',')}`)
    .join(';');
  const known = interned.get(key);
  if (known !== undefined) return known;
  const made = new TransportSet(new Map([...byProtocol].filter(([, s]) => s.length > 0)), key, interned.size);
  interned.set(key, made);
  return made;
}

const emptySet = intern(new Map());
const fullSet = intern(new Map(protocols.map((p) => [p, lines[p].full])));
