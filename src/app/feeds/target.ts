import type { FeedSource } from '../../model/feed.ts';
import type { FeedTarget } from '../../model/feed-report.ts';
import type { PackFile } from '../../model/pack.ts';
import { yamlDocument } from '../generate/yaml-text.ts';
import type { Shard } from './shards.ts';

/** The label that every object of a feed carries, with the feed's name. */
const feedLabel = 'ringfence.dev/feed';

/** What every file of a folder of feeds carries in its first lines, so that it is known again. */
export const feedMark = 'ringfence.dev/feed: ';

/**
 * Bytes of one object as compact JSON. kubectl keeps a copy of what is applied in an annotation, and annotations may hold 262,144 bytes together; the rest of the
 * object needs room too. Source: kubernetes/apimachinery api/validation TotalAnnotationSizeLimitB.
 */
export const mostObjectBytes = 200_000;

/** Bytes that one block takes in an object of this kind, with its comma. */
export function blockBytes(kind: FeedTarget['kind'], cidr: string): number {
  return cidr.length + (kind === 'NetworkPolicy' ? '{"ipBlock":{"cidr":""}},'.length : '"",'.length);
}

/** The file of one shard. */
export function shardFile(target: FeedTarget, shard: Shard): string {
  return `${target.name}-${shard.name}.yaml`;
}

/** One shard as a manifest, with the edition that last changed it. */
export function shardText(target: FeedTarget, shard: Shard, source: FeedSource, what: string, also: readonly string[]): string {
  const { kind, name } = target;
  const metadata = {
    name: `${name}-${shard.name}`,
    ...(liesInNamespace(kind) ? { namespace: target.namespace } : {}),
    labels: { [feedLabel]: name },
    annotations: annotationsOf(source, what, also),
  };
  const about = [
    `${what}, ${shard.cidrs.length === 1 ? 'one block' : `${shard.cidrs.length} blocks`}. Written by ringfence feeds apply: do not edit.`,
    `${feedMark}${name}`,
  ];
  switch (kind) {
    case 'NetworkPolicy':
      return yamlDocument(about, {
        apiVersion: 'networking.k8s.io/v1',
        kind,
        metadata,
        spec: {
          podSelector: target.selector.length === 0 ? {} : { matchLabels: Object.fromEntries(target.selector) },
          policyTypes: ['Egress'],
          egress: [{ to: shard.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: target.ports.map((port) => ({ protocol: 'TCP', port })) }],
        },
      });
    case 'CiliumCIDRGroup':
      return yamlDocument(about, { apiVersion: 'cilium.io/v2', kind, metadata, spec: { externalCIDRs: shard.cidrs } });
    case 'GlobalNetworkSet':
    case 'NetworkSet':
      return yamlDocument(about, { apiVersion: 'projectcalico.org/v3', kind, metadata, spec: { nets: shard.cidrs } });
  }
}

/** Whether objects of the kind lie in a namespace; the others hold for the cluster. */
export function liesInNamespace(kind: FeedTarget['kind']): boolean {
  return kind === 'NetworkPolicy' || kind === 'NetworkSet';
}

/**
 * The policy that opens a folder's sets to the pods of the target; null where the manifests are policies themselves, or no namespace is told. Calico's
 * `global()` keeps the selector to sets of the cluster: without it a pod that somebody gave the label would be let in too. Source: Calico documentation,
 * GlobalNetworkSet and namespaceSelector of a rule; Cilium documentation, CiliumCIDRGroup.
 */
export function policyOf({ kind, name, namespace, selector, ports }: FeedTarget): PackFile | null {
  if (kind === 'NetworkPolicy' || namespace === null) return null;
  const about = [
    `Lets pods reach the addresses of feed ${name}, whatever they are at the time. Written by ringfence feeds apply: do not edit.`,
    `${feedMark}${name}`,
  ];
  const metadata = { name, namespace, labels: { [feedLabel]: name } };
  const text =
    kind === 'CiliumCIDRGroup'
      ? yamlDocument(about, {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata,
          spec: {
            endpointSelector: selector.length === 0 ? {} : { matchLabels: Object.fromEntries(selector) },
            egress: [
              {
                toCIDRSet: [{ cidrGroupSelector: { matchLabels: { [feedLabel]: name } } }],
                toPorts: [{ ports: ports.map((port) => ({ port: String(port), protocol: 'TCP' })) }],
              },
            ],
          },
        })
      : yamlDocument(about, {
          apiVersion: 'projectcalico.org/v3',
          kind: 'NetworkPolicy',
          metadata,
          spec: {
            selector: selector.length === 0 ? 'all()' : selector.map(([key, value]) => `${key} == '${value}'`).join(' && '),
            types: ['Egress'],
            egress: [
              {
                action: 'Allow',
                protocol: 'TCP',
                destination: {
                  ...(kind === 'GlobalNetworkSet' ? { namespaceSelector: 'global()' } : {}),
                  selector: `${feedLabel} == '${name}'`,
                  ports,
                },
              },
            ],
          },
        });
  return { path: `${name}-policy.yaml`, text };
}

/** The list of a folder's manifests for kustomize. */
export function kustomizationText(target: FeedTarget, files: readonly string[]): string {
  return yamlDocument([`The addresses of feed ${target.name}: kubectl apply --server-side -k .`, `${feedMark}${target.name}`], {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files,
  });
}

function annotationsOf(source: FeedSource, what: string, also: readonly string[]): Readonly<Record<string, string>> {
  return {
    'ringfence.dev/feed-provider': source.provider,
    ...(source.version === null ? {} : { 'ringfence.dev/feed-version': source.version.text }),
    ...(source.date === null ? {} : { 'ringfence.dev/feed-date': source.date }),
    ...(source.fetched === null ? {} : { 'ringfence.dev/feed-fetched': source.fetched }),
    'ringfence.dev/feed-sha256': source.files.map((f) => f.sha256).join(' '),
    'ringfence.dev/feed-filter': what,
    ...(also.length === 0 ? {} : { 'ringfence.dev/feed-by-hand': also.join(' ') }),
  };
}
