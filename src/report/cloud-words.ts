import type { CloudReach, StorageAccess } from '../model/cloud-reach.ts';
import { counted } from './words.ts';

/** Entries that say the same of several ServiceAccounts, and what people read of them. */
export interface CloudBlock {
  readonly heading: string;
  readonly role: string;
  readonly network: string;
  /** What the role may do and nobody says that it should. */
  readonly beyond: readonly StorageAccess[];
  readonly beyondTitle: string;
  /** What the zone has data sets for. */
  readonly intended: readonly StorageAccess[];
  readonly intendedTitle: string;
  /** Where the policies were asked and gave nothing. */
  readonly nothing: string | null;
  readonly notKnown: readonly string[];
  readonly isReachable: boolean;
}

const networks: Readonly<Record<CloudReach['network'], string>> = {
  reachable: 'S3 is within reach',
  unknown: 'whether S3 is within reach is not known, and counts as if it were',
  unreachable: 'S3 is not within reach of these pods: what the role allows cannot be used from here',
};

const ways: Readonly<Record<NonNullable<CloudReach['by']>, string>> = {
  irsa: 'by IRSA',
  'pod-identity': 'by EKS Pod Identity',
  node: 'of the node: the metadata service hands it out',
};

/** In the order of the report; those whose role is not known come last, and as one where they are alike. */
export function cloudBlocks(cloud: readonly CloudReach[]): readonly CloudBlock[] {
  const alike = new Map<string, CloudReach[]>();
  for (const one of [...cloud.filter((c) => c.role !== null), ...cloud.filter((c) => c.role === null)]) {
    const { role, by, network, through, notKnown, zone, serviceAccount } = one;
    const key = JSON.stringify(role === null ? [by, network, through, notKnown, zone] : [serviceAccount, role, by]);
    alike.set(key, [...(alike.get(key) ?? []), one]);
  }
  return [...alike.values()].map(blockOf);
}

function blockOf(all: readonly CloudReach[]): CloudBlock {
  const [{ role, by, network, through, access, notKnown, zone }] = all as readonly [CloudReach];
  const workloads = all.reduce((sum, c) => sum + c.workloads.length, 0);
  const intended = access.filter((a) => a.intended !== null);
  const beyond = access.filter((a) => a.intended === null);
  const verb = network === 'unreachable' ? 'allowed and out of reach' : 'falls with a pod';
  return {
    heading: `${all.length === 1 ? 'ServiceAccount' : 'ServiceAccounts'} ${all.map((c) => c.serviceAccount).join(', ')}: ${counted(workloads, 'training workload')}`,
    role: `${role ?? 'not known'}${by === null ? '' : `, ${ways[by]}`}`,
    network: `${networks[network]}${through === null ? '' : `, through ${through}`}`,
    beyond,
    beyondTitle: zone === null ? verb : `${verb}, not meant by zone ${zone}`,
    intended,
    intendedTitle: `meant by zone ${zone}`,
    nothing: role !== null && access.length === 0 && !notKnown.some((text) => text.includes(role)) ? 'its policies allow nothing of object storage' : null,
    notKnown,
    isReachable: network !== 'unreachable',
  };
}

/** `s3://bucket/key` for an ARN of S3: shorter, and what people type. */
export function shortArn(text: string): string {
  return text.replace(/^arn:[^:*?]{1,30}:s3:::/, 's3://');
}

export function resourcesText({ resources, otherAccounts, certainty }: StorageAccess): string {
  const what = resources === null ? 'what no pattern names' : /^(?:\*|arn:[^:]{1,30}:s3:::\*(?:\/\*)?)$/.test(resources) ? 'every bucket' : shortArn(resources);
  return `${certainty === 'allowed' ? '' : 'perhaps '}${what}${otherAccounts ? ', in other accounts too' : ''}`;
}

export function requestText({ example }: StorageAccess): string {
  return example === null ? '' : `${example.action} ${shortArn(example.resource)}`;
}

/** A word for a narrow column. */
export function deedText({ deed }: StorageAccess): string {
  return deed === 'change permissions' ? 'hand on' : deed;
}

/** Statements that allow it, or why it is not known. */
export function becauseText({ because, certainty }: StorageAccess): string {
  return certainty === 'allowed' ? `by ${because}` : `not known: ${because}`;
}
