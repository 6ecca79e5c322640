import { memberOf } from '../kernel/map.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { amountText, quantityOf } from '../model/quantity.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { PodFacts } from '../model/workload.ts';
import { ofPod } from './asked-of-quota.ts';

/** A resource of which a node has less than one pod asks for. */
export interface Shortage {
  readonly node: ClusterNode;
  readonly resource: string;
  readonly wanted: bigint;
  readonly has: bigint;
}

/** What one pod asks for, in thousandths. Devices that a class of Dynamic Resource Allocation gives are no part of a node's count. */
function askedBy(pod: PodFacts, claimed: ReadonlySet<string>): readonly (readonly [string, bigint])[] {
  const names = new Set(pod.containers.flatMap((c) => Object.keys(c.requests)));
  return [...names]
    .filter((name) => !claimed.has(name) && (pod.wholeResources !== true || name.includes('/')))
    .map((name) => [name, ofPod({ pod }, 'requests', name)] as const)
    .filter(([, wanted]) => wanted > 0n);
}

/** What a node has of a resource; null where nobody says. A device that is not among what a node offers is not there. */
function hasOf({ allocatable }: ClusterNode, resource: string): bigint | null {
  if (allocatable === undefined) return null;
  if (!Object.hasOwn(allocatable, resource)) return resource.includes('/') ? 0n : null;
  return quantityOf(allocatable[resource] ?? '') ?? null;
}

/**
 * What keeps one pod from each of some nodes even where nothing else runs on them; null where one of them has room, or does not say what it has.
 * Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go.
 */
export function shortageOn(nodes: readonly ClusterNode[], pod: PodFacts, claimed: ReadonlySet<string>): readonly Shortage[] | null {
  const asked = askedBy(pod, claimed);
  const short = nodes.map((node) => {
    const lacking = asked.flatMap(([resource, wanted]): readonly Shortage[] => {
      const has = hasOf(node, resource);
      return has === null || has >= wanted ? [] : [{ node, resource, wanted, has }];
    });
    return lacking[0];
  });
  const told = short.filter((s) => s !== undefined);
  return told.length < nodes.length || nodes.length === 0 ? null : told;
}

/** Pods that some nodes take at once where nothing else runs on them; null where one does not say what it has. */
export function roomOn(nodes: readonly ClusterNode[], pod: PodFacts, claimed: ReadonlySet<string>): bigint | null {
  const asked = askedBy(pod, claimed);
  let room = 0n;
  for (const node of nodes) {
    const counts = asked.map(([resource, wanted]) => {
      const has = hasOf(node, resource);
      return has === null ? null : has / wanted;
    });
    if (counts.length === 0 || counts.includes(null)) return null;
    room += counts.reduce<bigint>((least, n) => (n !== null && n < least ? n : least), counts[0] ?? 0n);
  }
  return room;
}

/** A resource of which pods ask for more together than some nodes have together; null where there is none, or one of the nodes does not say. */
export function lackingTogether(
  nodes: readonly ClusterNode[],
  pods: readonly { readonly pod: PodFacts; readonly count: number }[],
  claimed: ReadonlySet<string>,
): Omit<Shortage, 'node'> | null {
  const sums = new Map<string, bigint>();
  for (const { pod, count } of pods) for (const [resource, one] of askedBy(pod, claimed)) sums.set(resource, (sums.get(resource) ?? 0n) + one * BigInt(count));
  for (const [resource, wanted] of sums) {
    let has: bigint | null = 0n;
    for (const node of nodes) {
      const own = hasOf(node, resource);
      has = own === null || has === null ? null : has + own;
    }
    if (has !== null && has < wanted && nodes.length > 0) return { resource, wanted, has };
  }
  return null;
}

/** `8 nvidia.com/gpu, and no such node has more than 4`. */
export function shortageText(short: readonly Shortage[]): string {
  const [first] = short;
  if (first === undefined) return '';
  const alike = short.filter((s) => s.resource === first.resource);
  if (alike.length === short.length) {
    const most = alike.reduce((a, b) => (b.has > a.has ? b : a));
    const where =
      short.length === 1
        ? `node ${most.node.name}, the one that it may run on, has ${amountText(most.has, first.resource, 'about')}`
        : `none of the ${short.length} nodes that it may run on has more than ${amountText(most.has, first.resource, 'about')}`;
    return `${amountText(first.wanted, first.resource)} ${first.resource}, and ${where}`;
  }
  const told = short
    .slice(0, 3)
    .map((s) => `node ${s.node.name} has ${amountText(s.has, s.resource, 'about')} of ${amountText(s.wanted, s.resource)} ${s.resource}`);
  return `more than any node that it may run on has: ${told.join(', ')}${short.length > told.length ? ` and ${short.length - told.length} more` : ''}`;
}

/** Extended resources that a class of devices gives in place of a device plugin. Source: kubernetes/api resource/v1 DeviceClassSpec.extendedResourceName. */
export function claimedResources(objects: readonly RawObject[]): ReadonlySet<string> {
  const names = objects
    .filter((o) => o.kind === 'DeviceClass' && o.apiVersion.startsWith('resource.k8s.io/'))
    .flatMap((o) => [memberOf(o.body.spec, 'extendedResourceName'), `deviceclass.resource.kubernetes.io/${o.name}`]);
  return new Set(names.filter((n): n is string => typeof n === 'string'));
}
