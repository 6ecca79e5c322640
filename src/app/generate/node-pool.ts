import { sortedBy } from '../../kernel/stable.ts';
import { madeByUs } from '../../model/made-by.ts';
import type { PackFile } from '../../model/pack.ts';
import type { NodePool, TrainingZone, ZoneTaint } from '../../spec/zone.ts';
import { labelsByOwner } from './provider-labels.ts';
import { yamlDocument, yamlFile } from './yaml-text.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Folder of the pack that makes the node pool. The policies do not need it, and `kubectl apply -k` takes none of it. */
export const nodesFolder = 'nodes';

/**
 * The node pool as its owner makes it, for the zone's cloud: labels and taint belong where nodes are made, so that the next node has them too. What the zone
 * does not tell (machine types, sizes, networks) is a variable or a word in capitals. Never a Node object: those belong to the kubelet.
 */
export function nodePoolFiles(zone: TrainingZone): readonly PackFile[] {
  const { nodes, platform } = zone.spec;
  if (nodes === null) return [];
  const pool: Pool = { zone, nodes, name: zone.metadata.name, labels: sorted(labelsByOwner(nodes).own) };
  const files: PackFile[] = [{ path: 'label-and-taint.sh', text: commands(pool) }];
  const objects = (path: string, about: string, body: Plain): void => {
    files.push({ path, text: yamlFile([yamlDocument([about, madeByUs], body)]) });
  };
  const plan = (body: Plain): void => {
    files.push({ path: 'main.tf.json', text: `${JSON.stringify(body, null, 2)}\n` });
  };
  if (platform.cloud === 'aws') {
    objects(
      'karpenter.yaml',
      'Makes nodes of the pool when training pods wait for them: kubectl apply -f karpenter.yaml',
      karpenter(pool, 'karpenter.k8s.aws', 'EC2NodeClass'),
    );
    objects('eksctl.yaml', 'The pool as a managed node group: eksctl create nodegroup --config-file eksctl.yaml', eksctl(pool));
    plan(awsPlan(pool));
  }
  if (platform.cloud === 'gcp') plan(googlePlan(pool));
  if (platform.cloud === 'azure') {
    objects(
      'karpenter.yaml',
      'Makes nodes of the pool when training pods wait for them (node auto-provisioning): kubectl apply -f karpenter.yaml',
      karpenter(pool, 'karpenter.azure.com', 'AKSNodeClass'),
    );
    plan(azurePlan(pool));
  }
  return files.map(({ path, text }) => ({ path: `${nodesFolder}/${path}`, text }));
}

interface Pool {
  readonly zone: TrainingZone;
  readonly nodes: NodePool;
  readonly name: string;
  /** Labels that are ours to write; those of providers come by themselves. */
  readonly labels: Readonly<Record<string, string>>;
}

function commands({ zone, nodes, labels, name }: Pool): string {
  const { taint } = nodes;
  const { cloud, region } = zone.spec.platform;
  const cluster = clusterName(zone) ?? 'CLUSTER';
  const group = zone.spec.platform.resourceGroup === null ? 'RESOURCE_GROUP' : word(zone.spec.platform.resourceGroup.name);
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const tainted = taint === null ? null : taintText(taint);
  const lines: string[] = [];
  // Source: gcloud reference, container node-pools update: each flag replaces what was set before.
  if (cloud === 'gcp')
    lines.push(
      '# The pool, which gives them to its nodes, old and new. Each flag replaces what was set before: add what must stay.',
      ...(pairs.length === 0
        ? []
        : [`gcloud container node-pools update POOL --cluster=${cluster} --location=${region ?? 'LOCATION'} --node-labels=${pairs.join(',')}`]),
      ...(tainted === null ? [] : [`gcloud container node-pools update POOL --cluster=${cluster} --location=${region ?? 'LOCATION'} --node-taints=${tainted}`]),
    );
  // Source: az reference, aks nodepool update; AKS documentation, use-labels, use-node-taints.
  if (cloud === 'azure') {
    const flags = [...(pairs.length === 0 ? [] : [`--labels ${pairs.join(' ')}`]), ...(tainted === null ? [] : [`--node-taints ${tainted}`])];
    if (flags.length > 0)
      lines.push(
        '# The pool, which gives them to its nodes, old and new. Each flag replaces what was set before: add what must stay.',
        `az aks nodepool update --resource-group ${group} --cluster-name ${cluster} --name POOL ${flags.join(' ')}`,
      );
  }
  // Source: eksctl documentation, nodegroup-labels-and-taints; aws eks update-nodegroup-config.
  if (cloud === 'aws')
    lines.push(
      '# A managed node group, which gives them to its nodes, old and new.',
      `aws eks update-nodegroup-config --cluster-name ${cluster} --nodegroup-name NODEGROUP${pairs.length === 0 ? '' : ` --labels '${JSON.stringify({ addOrUpdateLabels: labels })}'`}${
        taint === null ? '' : ` --taints '${JSON.stringify({ addOrUpdateTaints: [{ key: taint.key, value: taint.value, effect: effects[taint.effect] }] })}'`
      }`,
    );
  const byHand = [
    ...(pairs.length === 0 ? [] : [`kubectl label node NODE ${pairs.join(' ')}`]),
    ...(tainted === null ? [] : [`kubectl taint node NODE ${tainted}`]),
  ];
  return [
    '#!/bin/sh',
    `# What makes nodes those of zone ${name}. Put names in place of words in capitals, and choose: with a pool, its next node has them too.`,
    `# ${madeByUs}`,
    'set -eu',
    '',
    ...lines,
    ...(lines.length === 0 ? [] : ['']),
    ...(byHand.length === 0
      ? ['# Whoever made the nodes wrote all of it.']
      : ['# Nodes one by one, for a pool that nobody manages. A node that is made anew loses them.', ...byHand]),
    '',
  ].join('\n');
}

/** Source: kubernetes-sigs/karpenter pkg/apis/crds/karpenter.sh_nodepools.yaml, version v1: requirements and nodeClassRef are required. */
function karpenter({ name, labels, nodes: { taint } }: Pool, group: string, kind: string): Plain {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      template: {
        ...(Object.keys(labels).length === 0 ? {} : { metadata: { labels } }),
        spec: {
          nodeClassRef: { group, kind, name: 'NODE_CLASS' },
          requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['INSTANCE_TYPE'] }],
          ...(taint === null ? {} : { taints: [{ key: taint.key, value: taint.value, effect: taint.effect }] }),
        },
      },
    },
  };
}

/** Source: eksctl-io/eksctl pkg/apis/eksctl.io/v1alpha5/types.go ManagedNodeGroup, NodeGroupBase; examples/34-taints.yaml. */
function eksctl({ zone, name, labels, nodes: { taint } }: Pool): Plain {
  const { region } = zone.spec.platform;
  const efa = zone.spec.workloads.some((w) => w.collectives.transport === 'efa');
  return {
    apiVersion: 'eksctl.io/v1alpha5',
    kind: 'ClusterConfig',
    metadata: { name: clusterName(zone) ?? 'CLUSTER', region: region ?? 'REGION' },
    managedNodeGroups: [
      {
        name,
        instanceType: 'INSTANCE_TYPE',
        privateNetworking: true,
        ...(efa ? { efaEnabled: true } : {}),
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        ...(taint === null ? {} : { taints: [{ key: taint.key, value: taint.value, effect: taint.effect }] }),
      },
    ],
  };
}

/** Source: EKS API Taint; GKE API NodeTaint.Effect. */
const effects: Readonly<Record<ZoneTaint['effect'], string>> = { NoSchedule: 'NO_SCHEDULE', PreferNoSchedule: 'PREFER_NO_SCHEDULE', NoExecute: 'NO_EXECUTE' };

/** Source: hashicorp/aws provider documentation, aws_eks_node_group. */
function awsPlan({ zone, name, labels, nodes: { taint } }: Pool): Plain {
  return {
    variable: variables(
      ['node_role_arn', 'string'],
      ['subnet_ids', 'list(string)'],
      ['instance_types', 'list(string)'],
      ['node_count', 'number'],
      ...clusterVariable(zone),
    ),
    resource: {
      aws_eks_node_group: {
        training: {
          cluster_name: clusterName(zone) ?? `\${var.cluster}`,
          node_group_name: name,
          node_role_arn: `\${var.node_role_arn}`,
          subnet_ids: `\${var.subnet_ids}`,
          instance_types: `\${var.instance_types}`,
          scaling_config: { desired_size: `\${var.node_count}`, min_size: 0, max_size: `\${var.node_count}` },
          labels,
          ...(taint === null ? {} : { taint: [{ key: taint.key, value: taint.value, effect: effects[taint.effect] }] }),
        },
      },
    },
  };
}

/** Source: hashicorp/google provider documentation, google_container_node_pool, node_config. */
function googlePlan({ zone, name, labels, nodes: { taint } }: Pool): Plain {
  return {
    variable: variables(['location', 'string'], ['machine_type', 'string'], ['node_count', 'number'], ...clusterVariable(zone)),
    resource: {
      google_container_node_pool: {
        training: {
          name,
          cluster: clusterName(zone) ?? `\${var.cluster}`,
          location: `\${var.location}`,
          node_count: `\${var.node_count}`,
          node_config: {
            machine_type: `\${var.machine_type}`,
            labels,
            ...(taint === null ? {} : { taint: [{ key: taint.key, value: taint.value, effect: effects[taint.effect] }] }),
            workload_metadata_config: { mode: 'GKE_METADATA' },
          },
        },
      },
    },
  };
}

/** Source: hashicorp/azurerm provider documentation, azurerm_kubernetes_cluster_node_pool; a Linux pool's name has at most 12 small letters and digits. */
function azurePlan({ name, labels, nodes: { taint } }: Pool): Plain {
  const short = name
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^\d+/, '')
    .slice(0, 12);
  return {
    variable: variables(['cluster_id', 'string'], ['vm_size', 'string'], ['node_count', 'number']),
    resource: {
      azurerm_kubernetes_cluster_node_pool: {
        training: {
          name: short === '' ? 'training' : short,
          kubernetes_cluster_id: `\${var.cluster_id}`,
          vm_size: `\${var.vm_size}`,
          node_count: `\${var.node_count}`,
          mode: 'User',
          node_labels: labels,
          ...(taint === null ? {} : { node_taints: [taintText(taint)] }),
        },
      },
    },
  };
}

function clusterVariable(zone: TrainingZone): readonly (readonly [string, string])[] {
  return clusterName(zone) === null ? [['cluster', 'string']] : [];
}

/** The zone's name of the cluster is for people; that of a cloud has letters, digits, `-` and `_`. Source: EKS API CreateCluster, the strictest of them but for length. */
function clusterName(zone: TrainingZone): string | null {
  const { cluster } = zone.spec.platform;
  return cluster !== null && /^[0-9A-Za-z][\w-]{0,99}$/.test(cluster) ? cluster : null;
}

function variables(...all: readonly (readonly [string, string])[]): Plain {
  return Object.fromEntries(all.map(([name, type]) => [name, { type }]));
}

function taintText({ key, value, effect }: ZoneTaint): string {
  return `${key}=${value}:${effect}`;
}

function sorted(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(sortedBy(Object.entries(map), ([key]) => key));
}

/** A word that a shell takes as it stands, quoted where needed. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
