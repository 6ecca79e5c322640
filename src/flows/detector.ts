import type { FlowFinding, FlowGap, FlowRule } from '../model/flow-report.ts';
import type { ObservedFlow } from '../model/observed-flow.ts';
import { timeText } from './coverage.ts';
import type { DestinationClass } from './destinations.ts';
import { flowText } from './ends.ts';

/** What detectors are told. */
export interface DetectionSettings {
  /** Bytes that a workload may send outside in any 24 hours, beyond what is declared allowed. */
  readonly budget: number;
}

/** What a detector tells: a finding, but for what its detector says of all of them. */
export type Signal = Omit<FlowFinding, 'check' | 'fix' | 'primary' | 'related'>;

/** What one detector makes of flows. */
export interface Detection {
  /** `of` is the class of the flow's destination. */
  add(flow: ObservedFlow, of: DestinationClass): void;
  done(): { readonly signals: readonly Signal[]; readonly gaps: readonly FlowGap[] };
}

/** One sort of signal. One file in `src/flows/detectors`; its name is the rule of its findings. */
export interface Detector extends FlowRule {
  start(settings: DetectionSettings): Detection;
}

/** First and last moment, and the first flows, of what a finding is about. */
export class Sightings {
  from: bigint | null = null;
  to: bigint | null = null;
  count = 0;
  readonly samples: string[] = [];

  add(flow: ObservedFlow): void {
    this.count++;
    if (this.from === null || flow.timeNs < this.from) this.from = flow.timeNs;
    if (this.to === null || flow.timeNs > this.to) this.to = flow.timeNs;
    // A reply tells nothing that the first packet did not.
    if (this.samples.length < 3 && (!flow.isReply || this.samples.length === 0)) this.samples.push(flowText(flow));
  }

  get window(): FlowFinding['window'] {
    return this.from === null || this.to === null ? null : { from: timeText(this.from), to: timeText(this.to) };
  }
}

/** A map that stops growing: what comes after is counted and not followed. An attacker chooses the keys. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;
  /** Times that something was not followed. */
  refused = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of the key, made where there is none; undefined where there are too many. */
  of(key: string, make: () => V): V | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= this.#most) {
      this.refused++;
      return undefined;
    }
    const made = make();
    this.#entries.set(key, made);
    return made;
  }

  entries(): Iterable<[string, V]> {
    return this.#entries;
  }

  /** What stands in a report when something was not followed. */
  gaps(what: string): readonly FlowGap[] {
    return this.refused === 0
      ? []
      : [{ what: `${what} beyond the first ${this.#most}`, count: this.refused, mend: 'Ask about fewer flows: a shorter window, or one namespace.' }];
  }
}

/** `1.5 GB`: decimal units, as providers bill. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const i = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return i === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** i).toFixed(1)} ${units[i]}`;
}
