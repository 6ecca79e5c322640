import { attachmentsOf } from '../attachments/attachments-of.ts';
import { kept } from '../kernel/memo.ts';
import type { SecurityGroup } from '../model/fabric-facts.ts';
import type { Workload } from '../model/workload.ts';
import type { CheckContext } from './check.ts';
import { trainingOf } from './subjects.ts';

/** A security group of EFA interfaces, with the training workloads on them, and all groups of those interfaces. */
interface EfaGroup {
  readonly group: SecurityGroup;
  readonly users: readonly Workload[];
  readonly all: readonly SecurityGroup[];
}

/** Security groups of the EFA interfaces of training, as far as the input has them. */
export function efaGroupsOf(context: CheckContext): readonly EfaGroup[] {
  const { snapshot } = context;
  const users = new Map<string, Workload[]>();
  const beside = new Map<string, Set<string>>();
  for (const workload of trainingOf(context))
    for (const segment of attachmentsOf(snapshot, workload).flatMap((a) => a.segments))
      for (const id of (segment.family === 'efa' ? segment.groups : null) ?? []) {
        kept(users, id, () => []).push(workload);
        for (const other of (segment.family === 'efa' ? segment.groups : null) ?? []) kept(beside, id, () => new Set<string>()).add(other);
      }
  return snapshot.fabric.securityGroups.flatMap((group) => {
    const found = users.get(group.id);
    return found === undefined ? [] : [{ group, users: found, all: snapshot.fabric.securityGroups.filter((g) => beside.get(group.id)?.has(g.id) === true) }];
  });
}

/** A node with an EFA interface in group sg-0a, and a pod that uses it. */
export const efaTrainer: string = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1}
spec: {providerID: "aws:///us-east-1a/i-01"}
---
Reservations:
- Instances:
  - InstanceId: i-01
    NetworkInterfaces: [{InterfaceType: efa, Groups: [{GroupId: sg-0a}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training}
spec:
  nodeName: gpu-1
  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8", vpc.amazonaws.com/efa: "4"}}`;

/** Group sg-0a, as describe-security-groups prints it: the groups that it lets in, and what it lets out to. */
export function groupExample({ inbound, outbound }: { readonly inbound: readonly string[]; readonly outbound: string }): string {
  const out = outbound.startsWith('sg-') ? `UserIdGroupPairs: [{GroupId: ${outbound}}]` : `IpRanges: [{CidrIp: ${outbound}}]`;
  return `
SecurityGroups:
- GroupId: sg-0a
  GroupName: efa
  IpPermissions: [{IpProtocol: "-1", UserIdGroupPairs: [${inbound.map((id) => `{GroupId: ${id}}`).join(', ')}]}]
  IpPermissionsEgress: [{IpProtocol: "-1", ${out}}]`;
}
