import type { Path } from '../kernel/origin.ts';
import { keyText } from '../model/pkey.ts';
import type { FabricPort, InfinibandFabric } from './fabric.ts';
import type { Fault } from './fault.ts';
import type { ZoneSpec } from './zone.ts';

const root: Path = ['spec', 'fabric', 'infiniband'];

/** What is wrong with the fabric of a zone whose every field is fine by itself. */
export function fabricFaults(spec: ZoneSpec): readonly Fault[] {
  const fabric = spec.fabric?.infiniband ?? null;
  if (fabric === null) return [];
  const lists: readonly (readonly [string, Path, readonly FabricPort[]])[] = [
    ['the zone', ['hosts', 'ports'], fabric.hosts.ports],
    ...fabric.hubs.map((hub, i) => [`the hub ${hub.name}`, ['hubs', i, 'ports'], hub.ports] as const),
    ['the infrastructure', ['infrastructure'], fabric.infrastructure],
    ...fabric.neighbours.map((other, i) => [`the neighbour ${other.name}`, ['neighbours', i, 'ports'], other.ports] as const),
  ];
  return [...withoutHosts(spec), ...portsTwice(lists), ...keysTwice(spec), ...hubsUnknown(fabric)];
}

/** Nobody is in the zone: then nothing can be wrong with it either, which is no proof. */
function withoutHosts({ fabric, nodes }: ZoneSpec): readonly Fault[] {
  const hosts = fabric?.infiniband?.hosts;
  if (hosts === undefined || hosts.ports.length > 0 || hosts.nodes !== null || nodes !== null) return [];
  return [
    {
      code: 'fabric-without-hosts',
      path: [...root, 'hosts'],
      message: 'No port belongs to the zone on the fabric: neither ports nor node labels are given.',
      hint: 'List the ports under hosts.ports, or give hosts.nodes or spec.nodes and a map of nodes to GUIDs.',
    },
  ];
}

function hubsUnknown({ hubs, neighbours }: InfinibandFabric): readonly Fault[] {
  return neighbours.flatMap((other, i) =>
    other.hubs.flatMap((name, j): Fault[] => {
      if (hubs.some((hub) => hub.name === name)) return [];
      const known = hubs.length === 0 ? 'The zone has none.' : `Known: ${hubs.map((hub) => hub.name).join(', ')}.`;
      return [{ code: 'fabric-hub-unknown', path: [...root, 'neighbours', i, 'hubs', j], message: `There is no hub ${name}.`, hint: known }];
    }),
  );
}

function portsTwice(lists: readonly (readonly [string, Path, readonly FabricPort[]])[]): readonly Fault[] {
  const seen = new Map<string, string>();
  return lists.flatMap(([whose, path, ports]) =>
    ports.flatMap(({ guid, host }, i): Fault[] => {
      const before = seen.get(guid);
      seen.set(guid, before ?? whose);
      if (before === undefined) return [];
      return [
        {
          code: 'fabric-port-twice',
          path: [...root, ...path, i, 'guid'],
          message: `The port 0x${guid} (${host}) is listed twice: under ${before} and under ${whose}.`,
          hint: 'A port is in one place: whoever is in two joins them.',
        },
      ];
    }),
  );
}

function keysTwice(spec: ZoneSpec): readonly Fault[] {
  const fabric = spec.fabric?.infiniband ?? null;
  if (fabric === null) return [];
  const keys: readonly (readonly [string, Path, number])[] = [
    ['the zone', ['partition', 'pkey'], fabric.partition.pkey],
    ...fabric.hubs.map((hub, i) => [`the hub ${hub.name}`, ['hubs', i, 'pkey'], hub.pkey] as const),
    ...fabric.neighbours.map((other, i) => [`the neighbour ${other.name}`, ['neighbours', i, 'pkey'], other.pkey] as const),
  ];
  const seen = new Map<number, string>();
  return keys.flatMap(([whose, path, key]): Fault[] => {
    const before = seen.get(key);
    seen.set(key, before ?? whose);
    if (before === undefined) return [];
    return [
      {
        code: 'fabric-key-twice',
        path: [...root, ...path],
        message: `The key ${keyText(key)} is both ${before}'s and ${whose}'s: equal keys are one partition.`,
        hint: 'Give each a key of its own.',
      },
    ];
  });
}
