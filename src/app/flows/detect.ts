import { Destinations, isOutside, type KnownHost } from '../../flows/destinations.ts';
import type { Detection, Detector } from '../../flows/detector.ts';
import { detectors } from '../../flows/detectors/registry.gen.ts';
import { titleOf } from '../../flows/ends.ts';
import { severities } from '../../model/finding.ts';
import type { FlowCoverage } from '../../model/flow-coverage.ts';
import type { FlowFinding, FlowReport } from '../../model/flow-report.ts';
import type { ObservedFlow } from '../../model/observed-flow.ts';
import { knownServices } from '../../services/known.ts';
import { coverageGaps } from './coverage-gaps.ts';

export interface DetectOptions {
  /** Destinations that are declared: CIDRs, addresses, names, `*.names`. */
  readonly allowed: readonly string[];
  /** Bytes that a workload may send elsewhere outside in 24 hours. */
  readonly budget: number;
}

/** Findings that a report spells out. */
const mostFindings = 200;

/** Senders of whose bytes there is a metric. */
const mostMeasured = 2000;

/** Bytes that a workload sent to a class of destinations. */
export interface MeasuredBytes {
  readonly namespace: string;
  readonly workload: string;
  readonly destinationClass: string;
  bytes: number;
}

/** Looks at flows as they come: first whom each goes to, then each sort of signal by itself. */
export class FlowDetection {
  readonly #destinations: Destinations;
  readonly #detections: readonly { readonly detector: Detector; readonly detection: Detection }[];
  readonly #options: DetectOptions;
  readonly #classes = new Map<string, number>();
  readonly #bytes = new Map<string, MeasuredBytes>();
  #unmeasured = 0;

  constructor(options: DetectOptions) {
    this.#options = options;
    const known = knownServices.flatMap(({ id, hosts }) => hosts.map((h): KnownHost => ({ name: h.name, service: id })));
    this.#destinations = new Destinations(options.allowed, known);
    this.#detections = detectors.map((detector) => ({ detector, detection: detector.start({ budget: options.budget }) }));
  }

  add(flow: ObservedFlow): void {
    const of = this.#destinations.classOf(flow.destination);
    this.#classes.set(of, (this.#classes.get(of) ?? 0) + 1);
    if (flow.hasBytes && flow.verdict !== 'dropped' && (isOutside(of) || of === 'allowed')) this.#measure(flow, of);
    for (const { detection } of this.#detections) detection.add(flow, of);
  }

  #measure(flow: ObservedFlow, of: string): void {
    const key = `${titleOf(flow.source)} ${of}`;
    const there = this.#bytes.get(key);
    if (there !== undefined) there.bytes += flow.bytesSent;
    else if (this.#bytes.size < mostMeasured)
      this.#bytes.set(key, {
        namespace: flow.source.namespace,
        workload: titleOf(flow.source).replace(/^[^/]*\//, ''),
        destinationClass: of,
        bytes: flow.bytesSent,
      });
    else this.#unmeasured++;
  }

  /** What was sent outside, by workload and class of destination. */
  get measured(): readonly MeasuredBytes[] {
    return [...this.#bytes.values()];
  }

  done(coverage: FlowCoverage): FlowReport {
    const results = this.#detections.map(({ detector, detection }) => ({ detector, ...detection.done() }));
    const all = results.flatMap(({ detector: { slug, fix }, signals }) =>
      signals.map((signal): FlowFinding => ({ check: slug, ...signal, primary: null, related: [], fix })),
    );
    const findings = severities.flatMap((severity) => all.filter((f) => f.severity === severity));
    return {
      verb: 'detect',
      coverage,
      tallies: [...this.#classes].sort(([, a], [, b]) => b - a).map(([name, count]) => ({ name: `to ${name}`, count })),
      findings: findings.slice(0, mostFindings),
      omitted: Math.max(0, findings.length - mostFindings),
      cannotTell: [
        ...coverageGaps(coverage),
        ...results.flatMap((r) => r.gaps),
        ...(this.#unmeasured === 0
          ? []
          : [{ what: `flows of senders beyond the first ${mostMeasured} that have no metric`, count: this.#unmeasured, mend: 'Ask about fewer flows.' }]),
        ...(coverage.dnsQueries === 0 && coverage.flows > 0
          ? [
              {
                what: 'flows without any DNS query by name, so that tunnels over DNS do not show',
                count: coverage.flows,
                mend: 'Hubble sees names where an L7 DNS rule sends queries through the proxy; give such flows, or a log of the resolver as CSV with dns_query.',
              },
            ]
          : []),
      ],
      notes: [
        this.#options.allowed.length === 0
          ? 'No destination was declared with --allow: all that is outside counts as such.'
          : `Declared as allowed: ${this.#options.allowed.join(', ')}.`,
        'What goes to an allowed destination is not looked into: another account’s bucket behind the same front end takes endpoint policies and the logs of the store.',
      ],
      profile: null,
      assumptions: [],
    };
  }
}
