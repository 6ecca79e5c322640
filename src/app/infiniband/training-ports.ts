import { type Guid, guidText } from '../../fabric/guid.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { canLand } from '../../placement/can-land.ts';
import { otherNodesToCome } from '../../placement/nodes.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { noPoolNode } from '../claims/placement.ts';
import { some } from './found.ts';
import { hostOf, partyOf, type Situation } from './situation.ts';
import { type Entry, entryOf, type Standing } from './standing.ts';

/** A port over which training comes to the fabric, or may. */
export interface TrainingPort {
  readonly guid: Guid;
  /** What is not known and would make it so; null: it is. */
  readonly doubt: string | null;
  /** Of a host that is the zone's, so that its pods meet each other there; else a pod of the zone is a guest. */
  readonly ours: boolean;
  readonly origin: Origin | null;
}

/**
 * Every port of every host that is the zone's: those that it lists, with all others of the same hosts, those of the nodes of its pool, and those of the nodes on
 * which a pod of its namespace with a device runs or may run. `missing`: hosts of which no port is known.
 */
export function trainingPorts(
  situation: Situation,
  standing: Standing,
  loaded: LoadedZone,
  snapshot: Snapshot,
): { readonly ports: readonly TrainingPort[]; readonly missing: readonly string[] } {
  const gathering = new Gathering(situation, standing);
  const { zone } = loaded;
  gathering.listed(zone.metadata.name);
  const pool = poolOf(loaded, snapshot);
  for (const node of pool.nodes) gathering.node(node, null, true);
  const own = snapshot.workloads.filter((w) => w.namespace === zone.spec.namespace.name && w.lifecycle !== 'finished');
  const entering = own.flatMap((workload) => {
    const entry = entryOf(snapshot, workload);
    return entry === null ? [] : [{ workload, entry }];
  });
  for (const { workload, entry } of entering) gathering.workload(workload, entry, snapshot.nodes);
  gathering.nobodys();
  return {
    ports: [...gathering.ports.values()],
    missing: [
      ...pool.missing,
      ...withoutNodes(
        loaded,
        snapshot,
        entering.map((e) => e.workload),
      ),
      ...gathering.missing(),
    ],
  };
}

/** Nodes with the labels of the pool, and with those by which the fabric's hosts are named. */
function poolOf({ zone: { spec } }: LoadedZone, snapshot: Snapshot): { readonly nodes: readonly ClusterNode[]; readonly missing: readonly string[] } {
  const all = [spec.nodes?.labels ?? null, spec.fabric?.infiniband?.hosts.nodes ?? null].filter((l) => l !== null && Object.keys(l).length > 0);
  const nodes = snapshot.nodes.filter((n) => n.origin !== null && all.some((labels) => labels !== null && selects(matchLabels(labels), n.labels)));
  return { nodes, missing: all.length > 0 && nodes.length === 0 ? [noPoolNode] : [] };
}

/** Where no node is in the input, only what a pod asks of its node says where it may run. */
function withoutNodes({ zone: { spec } }: LoadedZone, snapshot: Snapshot, entering: readonly Workload[]): readonly string[] {
  if (snapshot.nodes.some((n) => n.origin !== null)) return [];
  const elsewhere = otherNodesToCome(spec.nodes?.labels ?? {});
  const free = entering.filter((w) => w.node === null && (elsewhere.length === 0 || elsewhere.some((node) => canLand(snapshot, w, node).is !== 'no')));
  return free.length === 0 ? [] : [`on which nodes ${some(free.map(workloadTitle))} may run: give \`kubectl get nodes -o yaml\``];
}

class Gathering {
  readonly ports = new Map<Guid, TrainingPort>();
  readonly #situation: Situation;
  readonly #standing: Standing;
  /** Hosts without a known port, and why training may be there. */
  readonly #portless = new Set<string>();

  constructor(situation: Situation, standing: Standing) {
    this.#situation = situation;
    this.#standing = standing;
  }

  /** The ports that the zone lists, and the others of the same adapters and hosts. */
  listed(zone: string): void {
    const { intent, hosts, ports } = this.#situation;
    const mine = [...intent.places].filter(([, { party }]) => party.kind === 'zone' && party.name === zone);
    const adapters = new Set(mine.map(([guid]) => ports.get(guid)?.nodeGuid ?? null));
    for (const [guid, { origin }] of mine) this.#add({ guid, doubt: null, ours: true, origin });
    for (const { guid, nodeGuid } of hosts) if (nodeGuid !== null && adapters.has(nodeGuid)) this.#add({ guid, doubt: null, ours: false, origin: null });
    for (const [host, origin] of new Map(mine.map(([, place]) => [place.host, place.origin]))) this.#host(host, null, true, origin);
  }

  /** Every port of a node. `doubt`: what would have to be so for training to be there. */
  node({ name, origin }: ClusterNode, doubt: string | null, ours: boolean): void {
    if (!this.#host(name, doubt, ours, origin)) this.#portless.add(name);
  }

  /** Wherever the pods of a workload run or may. */
  workload(workload: Workload, { doubt: device }: Entry, nodes: readonly ClusterNode[]): void {
    for (const node of nodes) {
      const stander = this.#standing.stands(workload, node);
      if (stander === null) continue;
      const unknown = stander.doubt ?? device;
      this.node(node, unknown === null ? null : `${workloadTitle(workload)} on node ${node.name}: not known is ${unknown}`, false);
    }
  }

  /** Ports of which nobody knows where they are: each may be one of a host of the zone. */
  nobodys(): void {
    const { hosts } = this.#situation;
    for (const { guid, origin } of hosts)
      if (partyOf(this.#situation, guid) === null && !this.#standing.isPlaced(guid))
        this.#add({ guid, doubt: `which host the port ${guidText(guid)} (${hostOf(this.#situation, guid)}) is in is not known`, ours: false, origin });
  }

  missing(): readonly string[] {
    const hosts = [...this.#portless].sort();
    return hosts.length === 0
      ? []
      : [
          `which ports of the fabric ${some(hosts)} ${hosts.length === 1 ? 'has' : 'have'}, where training runs or may: give a CSV with the columns host and guid`,
        ];
  }

  /** Whether the host has a port. */
  #host(host: string, doubt: string | null, ours: boolean, origin: Origin | null): boolean {
    const ports = this.#standing.portsOf(host);
    for (const { guid, said } of ports) {
      const party = partyOf(this.#situation, guid);
      const contradicted = said && party !== null && !this.ports.has(guid) ? `whether ${guidText(guid)}, which says so, is a port of ${host}` : null;
      this.#add({ guid, doubt: doubt ?? contradicted, ours: ours && !said && (party === null || this.ports.get(guid)?.ours === true), origin });
    }
    return ports.length > 0;
  }

  /** Of two reasons the certain one stays, and a host stays the zone's. */
  #add(port: TrainingPort): void {
    const known = this.ports.get(port.guid);
    if (known === undefined) this.ports.set(port.guid, port);
    else this.ports.set(port.guid, { ...known, doubt: known.doubt === null || port.doubt === null ? null : known.doubt, ours: known.ours || port.ours });
  }
}
