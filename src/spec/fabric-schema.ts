import { z } from 'zod';
import { keyText } from '../model/pkey.ts';
import { attachedFabric } from './attached-fabric-schema.ts';
import type { FabricPort, ZoneFabric } from './fabric.ts';
import { maybe } from './maybe.ts';
import { dnsLabel, labelKey, plain, selector, shown } from './text.ts';

/** Partition numbers that somebody may use: 0 is invalid, 0x7fff is the default partition. Source: InfiniBand Architecture Specification vol. 1, §10.9.2. */
const [lowest, highest] = [0x0001, 0x7ffe] as const;

const pkey = z.union([z.int(), z.string().max(10)], { error: () => 'expected a partition key such as 0x0010' }).transform((value, context): number => {
  const key = typeof value === 'number' ? value : /^0x[0-9a-fA-F]{1,4}$/.test(value) ? Number(value) : Number.NaN;
  if (key >= lowest && key <= highest) return key;
  const why =
    key === 0x7fff || key === 0xffff ? 'that is the default partition, which every port is in' : 'the top bit says full member and is no part of the number';
  const found = typeof value === 'number' ? keyText(value) : shown(value);
  context.addIssue({
    code: 'custom',
    message: `expected a partition key from 0x0001 to 0x7ffe, found ${found}${key > highest && key <= 0xffff ? `: ${why}` : ''}`,
    input: value,
  });
  return z.NEVER;
});

/** YAML reads 0x… as a number, and 64 bits do not fit: hence the quotes. */
const guid = z
  .union([z.string().max(40), z.number()], {
    error: (issue) => `expected a port GUID of 16 hex digits such as "0x98039b0300001011", found ${shown(issue.input)}`,
  })
  .transform((written, context): string => {
    if (typeof written === 'number') {
      context.addIssue({ code: 'custom', message: 'expected a port GUID in quotes: as a number, YAML rounds it', input: written });
      return z.NEVER;
    }
    const text = written;
    const digits = text.toLowerCase().replace(/^0x/, '').replace(/[:.-]/g, '');
    if (/^[0-9a-f]{16}$/.test(digits) && !/^0+$/.test(digits)) return digits;
    context.addIssue({ code: 'custom', message: `expected a port GUID of 16 hex digits such as "0x98039b0300001011", found ${shown(text)}`, input: text });
    return z.NEVER;
  });

const fabricPort: z.ZodType<FabricPort> = z.strictObject({
  host: plain(64).describe('The host, as people call it; best as its node is named.'),
  guid: guid.describe('Port GUID (not the node GUID), in quotes: Port GUID of ibstat, or what ibnetdiscover prints in parentheses behind the port number.'),
});

/** A partition's name, as a word that OpenSM takes for nothing else. */
const partitionName = z
  .string()
  .max(31)
  .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, { error: (issue) => `expected a partition name that starts with a letter, found ${shown(issue.input)}` });

const others = z.strictObject({
  name: dnsLabel.describe('Name, for reports and as the name of its partition.'),
  pkey: pkey.describe('Key of its partition.'),
  ports: z.array(fabricPort).min(1).describe('Its ports; full members.'),
});

const neighbour = others.extend({
  hubs: z.array(dnsLabel).default([]).describe('Names of hubs of this zone that the neighbour uses too, as a limited member.'),
});

const infiniband = z.strictObject({
  partition: z
    .strictObject({
      name: maybe(partitionName).describe('Name of the partition. Default: the name of the zone.'),
      pkey: pkey.describe('Key of the partition, 0x0001 to 0x7ffe. It is the zone’s alone.'),
      indexZero: z
        .boolean()
        .default(true)
        .describe('Whether the key stands at index 0 of the tables, where NCCL (NCCL_IB_PKEY=0) and NVSHMEM look when they are told nothing.'),
      ipoib: z.boolean().default(false).describe('Whether IP runs over the partition; makes its broadcast group.'),
    })
    .describe('The partition that is the zone’s.'),
  hosts: z
    .strictObject({
      nodes: maybe(selector).describe(
        'Labels of the nodes whose ports are the zone’s. Default: those of spec.nodes, unless ports are listed. Needs a map of nodes to port GUIDs.',
      ),
      ports: z.array(fabricPort).default([]).describe('Ports, one by one.'),
    })
    .prefault({})
    .describe('Which ports are the zone’s.'),
  hubs: z
    .array(others)
    .default([])
    .describe(
      'What several zones use, such as storage: servers are full members of a partition of its own, hosts of the zone limited ones, so that clients reach servers and never each other.',
    ),
  infrastructure: z
    .array(fabricPort)
    .default([])
    .describe('Ports of the subnet manager, UFM and the like. They alone are full members of the default partition, and reach every port.'),
  neighbours: z.array(neighbour).default([]).describe('Others on the fabric, of which no zone tells: production, another team. Nothing of theirs is reached.'),
  resource: maybe(labelKey).describe(
    'Extended resource of the virtual functions (openshift.io/…). Where it is given, a NetworkAttachmentDefinition with the key is made.',
  ),
});

export const fabricSchema: z.ZodType<ZoneFabric> = z.strictObject({
  infiniband: maybe(infiniband).describe('Partitions of an InfiniBand fabric (docs/fabric.md).'),
  ...attachedFabric,
});
