import { isMap, memberOf } from '../kernel/map.ts';
import { type Origin, within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { EfaInstance, SecurityGroup, SecurityGroupPeer, SecurityGroupRule } from '../model/fabric-facts.ts';

/** A value of some document that is no Kubernetes object. */
interface Answer {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Security groups, in the answer of `aws ec2 describe-security-groups`. Other values have none. */
export function readSecurityGroups({ value, origin }: Answer, diagnostics: Diagnostic[]): readonly SecurityGroup[] {
  if (!isMap(value) || !Array.isArray(memberOf(value, 'SecurityGroups'))) return [];
  return new Reader(value, origin, diagnostics)
    .field('SecurityGroups')
    .each()
    .flatMap((at): readonly SecurityGroup[] => {
      if (!at.required('GroupId')) return [];
      const id = at.field('GroupId').string();
      if (id === undefined) return [];
      return [
        {
          id,
          name: at.field('GroupName').string() ?? '',
          ingress: rulesOf(at.field('IpPermissions')),
          egress: rulesOf(at.field('IpPermissionsEgress')),
          origin: at.origin,
        },
      ];
    });
}

/** Source: EC2 API IpPermission: IpProtocol -1 is all traffic, and only all traffic covers EFA. */
function rulesOf(list: Reader): readonly SecurityGroupRule[] {
  return list.each().flatMap((at) => {
    // JSON of hand-written files has the number too.
    const protocol = at.field('IpProtocol').value;
    const allTraffic = protocol === '-1' || protocol === -1;
    const rule = (member: Reader, peer: SecurityGroupPeer): SecurityGroupRule => ({ peer, allTraffic, origin: member.origin });
    const told = (key: string, field: string, kind: SecurityGroupPeer['kind']): readonly SecurityGroupRule[] =>
      at
        .field(key)
        .each()
        .flatMap((member) => {
          const text = member.field(field).string();
          if (text === undefined || text === '') return [];
          return [rule(member, kind === 'group' ? { kind, id: text } : { kind, text })];
        });
    return [
      ...told('UserIdGroupPairs', 'GroupId', 'group'),
      ...told('IpRanges', 'CidrIp', 'addresses'),
      ...told('Ipv6Ranges', 'CidrIpv6', 'addresses'),
      ...told('PrefixListIds', 'PrefixListId', 'addresses'),
    ];
  });
}

/** Instances with EFA interfaces, in the answer of `aws ec2 describe-instances`. Source: EC2 API InstanceNetworkInterface.InterfaceType: efa, efa-only. */
export function readInstances({ value, origin }: Answer): readonly EfaInstance[] {
  const reservations = memberOf(value, 'Reservations');
  if (!Array.isArray(reservations)) return [];
  return (reservations as readonly unknown[]).flatMap((reservation, r) => {
    const instances = memberOf(reservation, 'Instances');
    return (Array.isArray(instances) ? (instances as readonly unknown[]) : []).flatMap((instance, i): readonly EfaInstance[] => {
      const id = memberOf(instance, 'InstanceId');
      if (typeof id !== 'string') return [];
      const dns = memberOf(instance, 'PrivateDnsName');
      const interfaces = memberOf(instance, 'NetworkInterfaces');
      const efa = (Array.isArray(interfaces) ? (interfaces as readonly unknown[]) : []).filter((n) => {
        const type = memberOf(n, 'InterfaceType');
        return type === 'efa' || type === 'efa-only';
      });
      const groups = efa.flatMap((n) => {
        const listed = memberOf(n, 'Groups');
        return (Array.isArray(listed) ? (listed as readonly unknown[]) : []).map((g) => memberOf(g, 'GroupId')).filter((g) => typeof g === 'string');
      });
      if (efa.length === 0) return [];
      return [
        {
          id,
          privateDnsName: typeof dns === 'string' && dns !== '' ? dns : null,
          groups: [...new Set(groups)].sort(),
          origin: within(origin, 'Reservations', r, 'Instances', i),
        },
      ];
    });
  });
}
