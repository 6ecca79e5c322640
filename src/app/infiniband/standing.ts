import { attachmentsOf } from '../../attachments/attachments-of.ts';
import { fabricDevices } from '../../checks/fabric-devices.ts';
import type { HostFact } from '../../fabric/facts.ts';
import type { Guid } from '../../fabric/guid.ts';
import { kept } from '../../kernel/memo.ts';
import { within } from '../../kernel/origin.ts';
import { compareText } from '../../kernel/stable.ts';
import { deviceOf, devicesAsked, isZero } from '../../model/accelerators.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import type { FabricStep } from '../../model/fabric-reach.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inContainer, type Workload, workloadTitle } from '../../model/workload.ts';
import { canLand } from '../../placement/can-land.ts';
import { isHost, shortName } from './hosts.ts';
import { hostFacts } from './node-guids.ts';
import { hostOf, type Situation } from './situation.ts';

/** A workload on a node. `doubt`: what is not known and would keep it off; null: it runs there or may. */
export interface Stander {
  readonly workload: Workload;
  readonly step: FabricStep;
  readonly doubt: string | null;
}

/** A port of a node. `said`: nobody but the port itself says so, in its description, which its host may set to anything. */
export interface NodePort {
  readonly guid: Guid;
  readonly said: boolean;
}

/** Where workloads run, or may: worked out once for a node. */
export class Standing {
  readonly #snapshot: Snapshot;
  readonly #situation: Situation;
  readonly #facts: readonly HostFact[];
  readonly #standers = new Map<string, readonly Stander[]>();
  readonly #ports = new Map<string, readonly NodePort[]>();
  readonly #nodes = new Map<Guid, { readonly node: ClusterNode; readonly said: boolean }[]>();

  constructor(snapshot: Snapshot, situation: Situation) {
    this.#snapshot = snapshot;
    this.#situation = situation;
    this.#facts = hostFacts(situation.evidence, snapshot);
    for (const node of snapshot.nodes) for (const { guid, said } of this.portsOf(node.name)) kept(this.#nodes, guid, () => []).push({ node, said });
  }

  /** The ports of a host, whoever says that they are its: the map of hosts, a zone, or the ports themselves. */
  portsOf(host: string): readonly NodePort[] {
    return kept(this.#ports, host, () => {
      const { hosts, intent } = this.#situation;
      const mapped = new Set(this.#facts.filter((f) => f.host === host || f.host === shortName(host)).map((f) => f.guid));
      return hosts.flatMap(({ guid, nodeGuid, description }): readonly NodePort[] => {
        const place = intent.places.get(guid);
        if (mapped.has(guid) || (nodeGuid !== null && mapped.has(nodeGuid)) || (place !== undefined && isHost(place.host, host)))
          return [{ guid, said: false }];
        return [host, shortName(host)].includes(description.split(' ', 1)[0] ?? '') ? [{ guid, said: true }] : [];
      });
    });
  }

  /** The node of a port; else its host as the zone or its description has it. */
  host(guid: Guid): string {
    const [first] = (this.#nodes.get(guid) ?? []).filter(({ said }) => !said || !this.#situation.intent.places.has(guid));
    return first?.node.name ?? hostOf(this.#situation, guid);
  }

  /** Whether it is known which host a port is in. */
  isPlaced(guid: Guid): boolean {
    const nodeGuid = this.#situation.ports.get(guid)?.nodeGuid ?? null;
    return this.#nodes.has(guid) || this.#situation.intent.places.has(guid) || this.#facts.some((f) => f.guid === guid || f.guid === nodeGuid);
  }

  /** Whether two ports are of one host. */
  together(a: Guid, b: Guid): boolean {
    const { intent, ports } = this.#situation;
    const nodesOf = (guid: Guid): readonly ClusterNode[] => (this.#nodes.get(guid) ?? []).flatMap(({ node, said }) => (said ? [] : [node]));
    const [host, adapter] = [intent.places.get(a)?.host, ports.get(a)?.nodeGuid ?? null];
    return (
      nodesOf(a).some((node) => nodesOf(b).includes(node)) ||
      (host !== undefined && host === intent.places.get(b)?.host) ||
      (adapter !== null && adapter === ports.get(b)?.nodeGuid)
    );
  }

  /** Workloads that run on the node of a port, or may, those that are there first. */
  on(guid: Guid): readonly Stander[] {
    return (this.#nodes.get(guid) ?? []).flatMap(({ node }) => this.onNode(node));
  }

  onNode(node: ClusterNode): readonly Stander[] {
    return kept(this.#standers, node.name, () => {
      const found = this.#snapshot.workloads.flatMap((workload) => {
        const stander = this.stands(workload, node);
        return stander === null ? [] : [stander];
      });
      const rank = ({ workload, doubt }: Stander): number => (workload.node !== null ? 0 : doubt === null ? 1 : 2);
      return found.sort((a, b) => rank(a) - rank(b) || compareText(a.workload.id, b.workload.id));
    });
  }

  /** Whether a workload runs on a node, or may; null: it does not. Of a node that only a pod names nothing is known, and nobody but that pod is there. */
  stands(workload: Workload, node: ClusterNode): Stander | null {
    if (workload.lifecycle === 'finished') return null;
    if (node.origin === null && workload.node !== node.name) return null;
    const landing = canLand(this.#snapshot, workload, { kind: 'known', node });
    if (landing.is === 'no') return null;
    const title = workloadTitle(workload);
    const [reason] = landing.is === 'yes' ? landing.through : [];
    const doubt = landing.is === 'yes' ? null : (landing.why[0] ?? 'what places it');
    const text =
      workload.node !== null
        ? `${title} runs on node ${node.name}`
        : doubt === null
          ? `${title} may run on node ${node.name}${reason === undefined ? '' : `: ${reason.text}`}`
          : `${title} perhaps runs on node ${node.name}: not known is ${doubt}`;
    return { workload, step: { text, origin: reason?.origin ?? workload.origin }, doubt };
  }
}

const standings = new WeakMap<Situation, WeakMap<Snapshot, Standing>>();

/** Where workloads run on a fabric, worked out once for all zones and workloads that are asked about. */
export function standingOf(snapshot: Snapshot, situation: Situation): Standing {
  const ofSituation = kept(standings, situation, () => new WeakMap<Snapshot, Standing>());
  return kept(ofSituation, snapshot, () => new Standing(snapshot, situation));
}

/** How a pod comes to a fabric device of its node. `doubt`: what is not known of it. */
export interface Entry {
  readonly step: FabricStep;
  readonly doubt: string | null;
}

/** The way of a pod to the fabric devices of its node; null where it has none. */
export function entryOf(snapshot: Snapshot, workload: Workload): Entry | null {
  const [device] = fabricDevices(workload).filter((d) => d.verbs);
  const title = workloadTitle(workload);
  const sure = (text: string, origin: FabricStep['origin']): Entry => ({ step: { text, origin }, doubt: null });
  if (device !== undefined) return sure(`${title} asks for ${device.resource}`, inContainer(workload, device.container, 'resources'));
  const path = workload.pod.hostPaths.find((p) => p === '/' || p === '/dev' || p === '/dev/' || p.startsWith('/dev/infiniband'));
  if (path !== undefined) return sure(`${title} mounts ${path} of its node`, within(workload.podOrigin, 'volumes'));
  const privileged = workload.pod.containers.find((c) => c.privileged);
  if (privileged !== undefined) return sure(`${title} is privileged, and has every device of its node`, inContainer(workload, privileged, 'securityContext'));
  for (const { segments, evidence, kind } of attachmentsOf(snapshot, workload)) {
    const [first] = evidence;
    if (first !== undefined && (kind === 'ib-sriov' || segments.some((s) => s.family === 'infiniband' || s.family === 'rdma')))
      return sure(`${title} ${first.text.startsWith('attached') ? 'is ' : ''}${first.text}`, first.origin);
  }
  return perhaps(workload);
}

/** Devices of which nobody knows what they are. */
function perhaps(workload: Workload): Entry | null {
  const title = workloadTitle(workload);
  for (const container of workload.pod.containers) {
    const origin = inContainer(workload, container, 'resources');
    const names = [...Object.entries(container.requests), ...Object.entries(container.limits)];
    const [resource] = names.find(([name, quantity]) => name.includes('/') && !isZero(quantity) && deviceOf(name) === undefined) ?? [];
    if (resource !== undefined) return { step: { text: `${title} asks for ${resource}`, origin }, doubt: `whether ${resource} is a device of the fabric` };
    const claim = devicesAsked(container, workload.pod).find((d) => d.sort === null);
    if (claim !== undefined) return { step: { text: `${title} ${claim.text}`, origin }, doubt: `whether what ${title} claims is a device of the fabric` };
  }
  return null;
}
