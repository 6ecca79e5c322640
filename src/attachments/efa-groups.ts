import type { EfaInstance, SecurityGroup } from '../model/fabric-facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { NodesOf } from './nodes-of.ts';

/** The instance behind a node: by the id in its providerID, else by its name. Source: kubernetes/cloud-provider-aws providerID `aws:///ZONE/INSTANCE`. */
export function instanceOf({ fabric, nodes }: Snapshot, node: string): EfaInstance | undefined {
  const id = nodes
    .find((n) => n.name === node)
    ?.providerId?.split('/')
    .at(-1);
  return fabric.instances.find((i) => i.id === id) ?? fabric.instances.find((i) => i.privateDnsName === node);
}

/** Instances that pods on some nodes use the EFA interfaces of; null where one of them is not in the input. */
export function instancesOf(snapshot: Snapshot, { nodes }: NodesOf): readonly EfaInstance[] | null {
  if (nodes === null) return null;
  const found = nodes.map((n) => instanceOf(snapshot, n));
  return found.every((i) => i !== undefined) ? found : null;
}

/** Whether EFA traffic passes from one group to another: both must name the other for all traffic, and addresses do not count. Source: AWS, EFA security group requirements. */
export function efaPasses(from: SecurityGroup, to: SecurityGroup): boolean {
  const names = (rules: SecurityGroup['ingress'], id: string): boolean => rules.some((r) => r.allTraffic && r.peer.kind === 'group' && r.peer.id === id);
  return names(from.egress, to.id) && names(to.ingress, from.id);
}

/** Whether pods behind some groups exchange EFA traffic with pods behind others; null where a group is not in the input. Allowed is what any group of an interface allows. */
export function efaBetween({ fabric }: Pick<Snapshot, 'fabric'>, from: readonly string[], to: readonly string[]): readonly [string, string] | null | undefined {
  const group = (id: string): SecurityGroup | undefined => fabric.securityGroups.find((g) => g.id === id);
  let unknown = false;
  for (const a of from)
    for (const b of to) {
      const [one, other] = [group(a), group(b)];
      if (one === undefined || other === undefined) unknown = true;
      else if (efaPasses(one, other) || efaPasses(other, one)) return [a, b];
    }
  return unknown ? null : undefined;
}
