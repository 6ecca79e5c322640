import type { HostFact } from '../../fabric/facts.ts';
import type { Guid } from '../../fabric/guid.ts';
import type { EndPort, Subnet } from '../../fabric/subnet.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { labelOf } from '../../model/labels.ts';
import type { FabricPort } from '../../spec/fabric.ts';
import { type LoadedZone, originIn } from '../../spec/zone.ts';

/** Somebody on the fabric, with the ports that are theirs. */
export interface Party {
  readonly name: string;
  /** What its partition is called. */
  readonly partition: string;
  readonly kind: 'zone' | 'neighbour' | 'hub' | 'infrastructure';
  /** The partition that is theirs; null: infrastructure. */
  readonly base: number | null;
  readonly indexZero: boolean;
  readonly ipoib: boolean;
  /** Partitions of hubs that they are limited members of. */
  readonly uses: readonly number[];
  readonly origin: Origin;
}

export interface Place {
  readonly party: Party;
  readonly host: string;
  readonly origin: Origin;
}

/** What the zones want of the fabric, together. */
export interface Intent {
  readonly parties: readonly Party[];
  readonly places: ReadonlyMap<Guid, Place>;
  /** Hosts that should be somebody's and whose ports are not known. */
  readonly portless: readonly { readonly host: string; readonly origin: Origin }[];
  /** Hosts that were found by the description of their port alone, which its host may set to anything. */
  readonly byDescription: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What is known of hosts and their ports beside the zones. */
export interface Hosts {
  readonly nodes: readonly ClusterNode[];
  readonly facts: readonly HostFact[];
  readonly subnet: Subnet;
}

export function intentOf(zones: readonly LoadedZone[], hosts: Hosts): Intent {
  const gathering = new Gathering(hosts);
  const told = zones.filter((z) => z.zone.spec.fabric?.infiniband != null);
  for (const zone of told) gathering.zone(zone);
  for (const zone of told) gathering.others(zone);
  return gathering;
}

const bare = { indexZero: false, ipoib: false, uses: [] } as const;

class Gathering implements Intent {
  readonly parties: Party[] = [];
  readonly places = new Map<Guid, Place>();
  readonly portless: { host: string; origin: Origin }[] = [];
  readonly byDescription: string[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #hosts: Hosts;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  zone(loaded: LoadedZone): void {
    const { metadata, spec } = loaded.zone;
    const fabric = spec.fabric?.infiniband;
    if (fabric == null) return;
    const at = (...path: readonly (string | number)[]): Origin => originIn(loaded, 'spec', 'fabric', 'infiniband', ...path);
    const uses = [...new Set(fabric.hubs.map((hub) => hub.pkey))];
    const party = this.#party({
      name: metadata.name,
      partition: fabric.partition.name ?? metadata.name,
      kind: 'zone',
      base: fabric.partition.pkey,
      indexZero: fabric.partition.indexZero,
      ipoib: fabric.partition.ipoib,
      uses,
      origin: at(),
    });
    this.#ports(party, fabric.hosts.ports, (i) => at('hosts', 'ports', i));
    const labels = fabric.hosts.nodes ?? (fabric.hosts.ports.length > 0 ? null : (spec.nodes?.labels ?? null));
    if (labels === null) return;
    const origin = fabric.hosts.nodes === null ? originIn(loaded, 'spec', 'nodes', 'labels') : at('hosts', 'nodes');
    const chosen = this.#hosts.nodes.filter((node) => Object.entries(labels).every(([key, value]) => labelOf(node.labels, key) === value));
    for (const node of chosen) this.#node(party, node.name, node.origin ?? origin);
    if (chosen.length === 0)
      this.diagnostics.push({
        code: 'fabric-no-node',
        severity: 'warning',
        message: `No node among the inputs has the labels by which zone ${metadata.name} names its hosts.`,
        hint: 'Give the nodes (kubectl get nodes -o yaml) among the files, or list the ports.',
        origin,
      });
  }

  /** Hubs and infrastructure may stand in several zones, and a zone may be a neighbour of another: each is one. */
  others(loaded: LoadedZone): void {
    const fabric = loaded.zone.spec.fabric?.infiniband;
    if (fabric == null) return;
    const at = (...path: readonly (string | number)[]): Origin => originIn(loaded, 'spec', 'fabric', 'infiniband', ...path);
    fabric.hubs.forEach((hub, i) => {
      const party = this.#party({ ...bare, name: hub.name, partition: hub.name, kind: 'hub', base: hub.pkey, origin: at('hubs', i) });
      this.#ports(party, hub.ports, (j) => at('hubs', i, 'ports', j));
    });
    fabric.neighbours.forEach((other, i) => {
      const party = this.#party({
        ...bare,
        name: other.name,
        partition: other.name,
        kind: 'neighbour',
        base: other.pkey,
        uses: fabric.hubs.filter((hub) => other.hubs.includes(hub.name)).map((hub) => hub.pkey),
        origin: at('neighbours', i),
      });
      this.#ports(party, other.ports, (j) => at('neighbours', i, 'ports', j));
    });
    if (fabric.infrastructure.length === 0) return;
    const party = this.#party({ ...bare, name: 'infrastructure', partition: '', kind: 'infrastructure', base: null, origin: at('infrastructure') });
    this.#ports(party, fabric.infrastructure, (i) => at('infrastructure', i));
  }

  #party(party: Party): Party {
    const same = this.parties.find((p) => (party.base === null ? p.kind === party.kind : p.base === party.base));
    if (same === undefined) {
      this.parties.push(party);
      return party;
    }
    if (same.name !== party.name)
      this.diagnostics.push({
        code: 'fabric-key-twice',
        severity: 'error',
        message: `${party.name} and ${same.name} have one key: equal keys are one partition.`,
        hint: 'Give each a key of its own.',
        origin: party.origin,
      });
    return same;
  }

  #ports(party: Party, ports: readonly FabricPort[], at: (i: number) => Origin): void {
    ports.forEach(({ guid, host }, i) => this.#place(guid, { party, host, origin: at(i) }));
  }

  #node(party: Party, host: string, origin: Origin): void {
    const { ports, byMap } = portsOfNode(host, this.#hosts);
    if (!byMap && ports.length > 0) this.byDescription.push(host);
    for (const port of ports) this.#place(port.guid, { party, host, origin });
    if (ports.length === 0) this.portless.push({ host, origin });
  }

  #place(guid: Guid, place: Place): void {
    const known = this.places.get(guid);
    if (known === undefined) this.places.set(guid, place);
    else if (known.party !== place.party)
      this.diagnostics.push({
        code: 'fabric-port-twice',
        severity: 'error',
        message: `The port 0x${guid} (${place.host}) belongs to ${known.party.name} and to ${place.party.name}.`,
        hint: 'A port is in one place: whoever is in two joins them.',
        origin: place.origin,
      });
  }
}

/** The ports of a node: by the map of hosts (port or node GUIDs), else by the descriptions on the fabric, which their hosts set. */
export function portsOfNode(host: string, { facts, subnet }: Pick<Hosts, 'facts' | 'subnet'>): { readonly ports: readonly EndPort[]; readonly byMap: boolean } {
  const short = host.split('.', 1)[0] ?? host;
  const mapped = new Set(facts.filter((f) => f.host === host || f.host === short).map((f) => f.guid));
  const byMap = subnet.ports.filter((p) => mapped.has(p.guid) || (p.nodeGuid !== null && mapped.has(p.nodeGuid)));
  if (byMap.length > 0) return { ports: byMap, byMap: true };
  return { ports: subnet.ports.filter((p) => p.kind === 'ca' && [host, short].includes(p.description.split(' ', 1)[0] ?? '')), byMap: false };
}
