import { kept } from '../../kernel/memo.ts';
import type { ServiceDoor } from '../../model/exposure.ts';
import type { ExposureHop, ExposurePath, HopDecision, LooseEntry } from '../../model/exposure-report.ts';
import type { Gap } from '../../model/verdict.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { ClaimMatrix } from '../claims/claim-matrix.ts';
import { Backends } from './backends.ts';
import { type Controller, controllerKey, controllerOf } from './controller-of.ts';
import { Absent, type Dial, fromCloud, fromProxy, throughNode } from './dialled.ts';
import { type Entry, entriesOf } from './entries.ts';
import { Judge, mostOpen, portSet } from './judge.ts';

/** Ways in, by the workload that they lead to. */
export interface Ways {
  readonly paths: ReadonlyMap<WorkloadId, readonly ExposurePath[]>;
  readonly loose: readonly LooseEntry[];
  readonly entries: number;
}

/** What is asked. `fronts`: also judge whether the outside reaches the controllers. `only`: leave other workloads out. */
export interface WaysAsked {
  readonly fronts: boolean;
  readonly only?: (workload: Workload) => boolean;
}

/** Follows every entry of a snapshot to the pods behind it and judges each hop. Hosts and paths that lead alike are told as one way. */
export function waysIn(matrix: ClaimMatrix, asked: WaysAsked): Ways {
  return new Follower(matrix, asked).ways();
}

/** A way before hosts and paths of like entries are put together. */
/** So many source ranges of a Service are named. */
const mostRanges = 3;

interface Draft extends Omit<ExposurePath, 'entry'> {
  readonly entry: Entry;
  readonly hosts: Set<string>;
  readonly urls: Set<string>;
  readonly tls: Set<Entry['tls'][number]>;
}

class Follower {
  readonly #matrix: ClaimMatrix;
  readonly #asked: WaysAsked;
  readonly #judge: Judge;
  readonly #absent: Absent;
  readonly #backends: Backends;
  readonly #fronts = new Map<string, Dial & { readonly title: string }>();

  constructor(matrix: ClaimMatrix, asked: WaysAsked) {
    this.#matrix = matrix;
    this.#asked = asked;
    this.#judge = new Judge(matrix);
    this.#absent = new Absent(this.#judge);
    this.#backends = new Backends(matrix.snapshot);
  }

  ways(): Ways {
    const { snapshot } = this.#matrix;
    const { entries, shut } = entriesOf(snapshot);
    const loose: LooseEntry[] = [...shut];
    const drafts = new Map<WorkloadId, Map<string, Draft>>();
    const controllers = new Map<string, Controller | null>();
    for (const entry of entries) {
      const controller = kept(controllers, controllerKey(entry), () => controllerOf(snapshot, entry));
      for (const backend of entry.backends) {
        const behind = this.#backends.of(backend);
        if (behind.loose !== null) loose.push({ id: entry.id, because: behind.loose, origin: backend.origin });
        for (const { workload, ports } of behind.pods) {
          if (this.#asked.only?.(workload) === false) continue;
          if (controller?.kind === 'pods' && controller.workloads.every((w) => w.id === workload.id)) continue;
          const key = `${entry.id} ${controllerKey(entry)} ${backend.namespace}/${backend.title} ${ports.id}`;
          const draft = kept(
            kept(drafts, workload.id, () => new Map<string, Draft>()),
            key,
            () => this.#draft(entry, controller, `${backend.namespace}/${backend.title}`, workload, ports),
          );
          // No host (or path) is every one: that takes in all others.
          for (const host of entry.hosts.length === 0 ? [''] : entry.hosts) draft.hosts.add(host);
          for (const path of entry.paths.length === 0 ? [''] : entry.paths) draft.urls.add(path);
          for (const tls of entry.tls) draft.tls.add(tls);
        }
      }
    }
    return {
      paths: new Map([...drafts].map(([id, byKey]) => [id, [...byKey.values()].map(finished)])),
      loose: dedupe(loose),
      entries: new Set(entries.map((e) => e.id)).size,
    };
  }

  #draft(entry: Entry, controller: Controller | null, service: string, workload: Workload, ports: TransportSet): Draft {
    const pod = `${workloadTitle(workload)} on ${ports}`;
    const common = { entry, service, ports: ports.toString(), hosts: new Set<string>(), urls: new Set<string>(), tls: new Set<Entry['tls'][number]>() };
    if (controller === null) {
      const { door } = entry.through as Extract<Entry['through'], { kind: 'service' }>;
      const dial = throughNode(this.#judge, door, workload, ports);
      const hop: ExposureHop = {
        from: 'outside',
        to: `${entry.id} (${doorText(door)}), ${pod}`,
        decision: dial.decision,
        because: dial.because,
        origin: dial.origin,
      };
      return {
        ...common,
        controller: doorText(door),
        controllerPods: [],
        hops: [hop],
        verdict: dial.decision,
        ownNodeOnly: false,
        gaps: uniqueGaps(dial.gaps),
      };
    }
    const front = this.#asked.fronts ? this.#front(entry, controller) : null;
    const dial = this.#settled(controller, entry, this.#dial(controller, entry, workload, ports), workload, ports);
    const doubts = [...entry.gaps, ...(controller.kind === 'absent' || dial.decision !== 'denied' ? controller.gaps : [])];
    const hops: ExposureHop[] = [
      ...(front === null ? [] : [{ from: 'outside', to: controller.title, decision: front.decision, because: front.because, origin: front.origin }]),
      { from: controller.title, to: pod, decision: dial.decision, because: dial.because, origin: dial.origin },
    ];
    const verdict = worst(hops.map((h) => h.decision));
    return {
      ...common,
      controller: controller.title,
      controllerPods: controller.workloads.map((w) => w.id),
      hops,
      verdict,
      ownNodeOnly: dial.ownNodeOnly === true,
      gaps: verdict === 'unknown' ? uniqueGaps([...doubts, ...dial.gaps, ...(front?.gaps ?? [])]) : [],
    };
  }

  /** A guess is never a yes: what is guessed from the name of a class, or not certain to be in force, may be so, and for a no the other reading must say no too. */
  #settled(controller: Controller, entry: Entry, dial: Dial, workload: Workload, ports: TransportSet): Dial {
    if (dial.decision === 'allowed') return controller.guessed || entry.gaps.length > 0 ? { ...dial, decision: 'unknown' } : dial;
    if (dial.decision === 'denied' && controller.guessed && controller.kind !== 'absent') return this.#absent.dials(homeOf(entry), workload, ports);
    return dial;
  }

  #dial(controller: Controller, entry: Entry, workload: Workload, ports: TransportSet): Dial {
    switch (controller.kind) {
      case 'pods':
        return mostOpen(controller.workloads.map((w) => this.#judge.pods(w, workload, ports))) as Dial;
      case 'absent':
        return this.#absent.dials(homeOf(entry), workload, ports);
      case 'cloud':
        return fromCloud(this.#judge, controller.direct, workload, ports);
      case 'proxy':
        return fromProxy(this.#judge, workload, ports);
    }
  }

  /** Whether the outside reaches the controller: through a Service of its own, a host port, or the host network. */
  #front(entry: Entry, controller: Controller): Dial {
    if (controller.kind === 'cloud' || controller.kind === 'proxy') return { decision: 'allowed', because: 'it serves the outside', origin: null, gaps: [] };
    if (controller.kind === 'absent') return { decision: 'unknown', because: 'the input does not show it', origin: null, gaps: [] };
    return kept(this.#fronts, `${controller.title} ${entry.ports.join()}`, () => ({
      ...this.#reached(controller.workloads, entry.ports),
      title: controller.title,
    }));
  }

  #reached(workloads: readonly Workload[], ports: readonly number[]): Dial {
    const { snapshot } = this.#matrix;
    const answers: Dial[] = [];
    for (const door of snapshot.exposure.doors) {
      const service = this.#backends.service(door.namespace, door.name);
      if (service === undefined) continue;
      for (const w of this.#backends.selected(service).filter((s) => workloads.includes(s))) {
        const served = service.ports.filter((p) => ports.includes(p.port));
        for (const p of served.length > 0 ? served : service.ports) {
          const behind = this.#backends.of({
            namespace: door.namespace,
            service: door.name,
            title: door.name,
            port: { kind: 'number', port: p.port },
            origin: door.origin,
          });
          const own = behind.pods.find((b) => b.workload === w);
          if (own === undefined) continue;
          const dial = throughNode(this.#judge, door, w, own.ports);
          answers.push({ ...dial, because: `${dial.because}${rangesText(door)}` });
        }
      }
    }
    for (const w of workloads) {
      const open = w.hostNetwork
        ? portSet('TCP', ports)
        : TransportSet.unionAll(w.ports.filter((p) => p.hostPort !== null).map((p) => TransportSet.of(p.protocol, [[p.port, p.port]])));
      if (!open.isEmpty) answers.push(this.#judge.addresses(this.#judge.everywhere, '*', w, open));
    }
    const gap: Gap = { code: 'controller-front', text: 'how the outside reaches the controller', mend: "give the controller's Service" };
    return (
      mostOpen(answers) ?? {
        decision: 'unknown',
        because: 'no Service of type LoadBalancer or NodePort, host port or host network leads to it',
        origin: null,
        gaps: [gap],
      }
    );
  }
}

function finished({ entry, hosts, urls, tls, ...rest }: Draft): ExposurePath {
  const told = (all: ReadonlySet<string>): readonly string[] => (all.has('') ? [] : [...all].sort());
  const ports = entry.ports.length === 0 ? '' : portSet(entry.protocol, entry.ports).toString();
  return { entry: { kind: entry.kind, id: entry.id, hosts: told(hosts), paths: told(urls), ports, tls: [...tls].sort(), origin: entry.origin }, ...rest };
}

/** A namespace in which the controller's pods may run, though the input shows none of them: a Gateway's pods are often made beside it. */
function homeOf({ through }: Entry): string | null {
  return through.kind === 'gateway' ? through.gateway.namespace : null;
}

/** A door, with the clients that its load balancer is asked to take. Whether it does is the cloud's. Source: kubernetes.io, Services, load balancer source ranges. */
function doorText(door: ServiceDoor): string {
  const traffic = `externalTrafficPolicy ${door.local ? 'Local' : 'Cluster'}${rangesText(door)}`;
  return door.type === 'ClusterIP' ? `external IPs ${door.externalIps.slice(0, 3).join(', ')}, ${traffic}` : `${door.type}, ${traffic}`;
}

function rangesText({ type, sourceRanges, nodePorts }: ServiceDoor): string {
  if (type !== 'LoadBalancer' || sourceRanges.length === 0) return '';
  const more = sourceRanges.length > mostRanges ? ` and ${sourceRanges.length - mostRanges} more` : '';
  const ports = nodePorts ? '; its node ports take everybody' : '';
  return `, from ${sourceRanges.slice(0, mostRanges).join(', ')}${more} only, if the cloud keeps it${ports}`;
}

function worst(decisions: readonly HopDecision[]): HopDecision {
  return decisions.includes('denied') ? 'denied' : decisions.includes('unknown') ? 'unknown' : 'allowed';
}

function uniqueGaps(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((g) => [`${g.code} ${g.text}`, g])).values()];
}

function dedupe(loose: readonly LooseEntry[]): readonly LooseEntry[] {
  return [...new Map(loose.map((l) => [`${l.id}\n${l.because}`, l])).values()];
}
