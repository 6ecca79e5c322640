import type { DevicePool } from '../model/fabric-facts.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Whether two names are of one extended resource: an operator may leave its prefix to be filled in. */
export function sameResource(a: string, b: string): boolean {
  if (a.includes('/') && b.includes('/')) return a === b;
  return a.slice(a.indexOf('/') + 1) === b.slice(b.indexOf('/') + 1);
}

/** The pools that hand out a resource. */
export function poolsOf({ fabric }: Pick<Snapshot, 'fabric'>, resource: string): readonly DevicePool[] {
  return fabric.pools.filter((p) => sameResource(p.resource, resource));
}

/** The interface of a node and the VLAN of a name such as `ens1f0.100`. Source: linux Documentation/networking/vlan.rst naming `device.id`. */
export function masterOf(name: string): { readonly port: string; readonly vlan: number } {
  const [, port = name, tag] = /^(.{1,200}?)\.(\d{1,4})$/.exec(name) ?? [];
  const vlan = Number(tag ?? 0);
  return tag === undefined || vlan > 4094 ? { port: name, vlan: 0 } : { port, vlan };
}

/**
 * The physical network that a port or a pool of devices is on, by the name that stands for all ports which pools join: functions of `ens1f0` and interfaces
 * made on `ens1f0` are on one network. Names of ports are taken to mean the same on each node, as pools take them.
 */
export function physicalOf({ fabric }: Pick<Snapshot, 'fabric'>, start: { readonly port: string } | { readonly resource: string }): string {
  const ports = new Set<string>('port' in start ? [start.port] : []);
  const resources = new Set<string>('resource' in start ? [start.resource] : []);
  for (let grew = true; grew; ) {
    grew = false;
    for (const pool of fabric.pools) {
      const joined = pool.ports.some((p) => ports.has(p)) || [...resources].some((r) => sameResource(r, pool.resource));
      if (!joined) continue;
      const before = ports.size + resources.size;
      for (const port of pool.ports) ports.add(port);
      if (![...resources].some((r) => sameResource(r, pool.resource))) resources.add(pool.resource);
      grew ||= ports.size + resources.size > before;
    }
  }
  const named = ports.size > 0 ? [...ports] : [...resources];
  return named.sort().slice(0, 8).join('+');
}

/** Whether two physical networks are known to be two: names of ports tell them apart, names of resources and of networks do not, for their ports are not known. */
export function areApart(a: string, b: string): boolean {
  const isPort = (name: string): boolean => !name.includes('/');
  return a !== b && isPort(a) && isPort(b);
}

/** `pool rail of ens1f0`. */
export function poolText({ resource, ports }: DevicePool): string {
  return `pool ${resource}${ports.length > 0 ? ` of ${ports.slice(0, 4).join(', ')}` : ''}`;
}
