import { z } from 'zod';
import type { AttachedFabric, RoceRail } from './attached-fabric.ts';
import { maybe } from './maybe.ts';
import { cidr, dnsLabel, labelKey, shown } from './text.ts';

const rail: z.ZodType<RoceRail> = z.strictObject({
  name: dnsLabel.describe('Name of the rail: of its NetworkAttachmentDefinition, which jobs name in k8s.v1.cni.cncf.io/networks.'),
  resource: labelKey.describe('Extended resource of its virtual functions, as the device plugin hands them out (openshift.io/rail0).'),
  vlan: z.int().min(1).max(4094).describe('VLAN that the network card puts on all it sends. It is the zone’s alone.'),
  range: maybe(cidr).describe('Addresses for the pods, given out by whereabouts. Left out: the network hands out none.'),
});

const securityGroup = z.string().regex(/^sg-[0-9a-f]{8,17}$/, {
  error: (issue) => `expected the id of a security group (sg-0123456789abcdef0), found ${shown(issue.input)}`,
});

/** Fields of `spec.fabric` beside InfiniBand. */
export const attachedFabric: { readonly [K in keyof AttachedFabric]: z.ZodType<AttachedFabric[K]> } = {
  roce: maybe(z.strictObject({ rails: z.array(rail).min(1).describe('Its rails, each a network of its own.') })).describe(
    'RDMA over Ethernet by virtual functions: makes a network for each rail, and claims that nobody else is in its VLAN.',
  ),
  efa: maybe(
    z.strictObject({
      securityGroups: z.array(securityGroup).min(1).describe('Security groups of the EFA interfaces of the training nodes. They are the zone’s alone.'),
    }),
  ).describe('Elastic Fabric Adapter. Claims need the answers of aws ec2 describe-instances and describe-security-groups among the manifests.'),
  gke: maybe(
    z.strictObject({ networks: z.array(dnsLabel).min(1).describe('Networks (networking.gke.io) of the rails. Their VPCs are the zone’s alone.') }),
  ).describe('Networks of GPUDirect on GKE.'),
  nvlink: maybe(
    z.strictObject({ computeDomains: z.array(dnsLabel).min(1).describe('ComputeDomains in the zone’s namespace. Their members are the zone’s alone.') }),
  ).describe('NVLink between nodes.'),
};
