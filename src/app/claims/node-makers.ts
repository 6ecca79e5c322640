import { Reader } from '../../kernel/reader.ts';
import type { Taint } from '../../model/cluster.ts';
import { type Labels, matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { NodePool } from '../../spec/zone.ts';

/** What makes nodes in the cluster: those that it makes have these labels and taints. */
export interface NodeMaker {
  readonly name: string;
  readonly taints: readonly Taint[];
}

/** NodePools of Karpenter whose nodes will have the labels of a pool. Source: kubernetes-sigs/karpenter pkg/apis/v1 NodeClaimTemplate; nodes get labels that a requirement leaves no choice about. */
export function nodeMakers(snapshot: Snapshot, { labels }: NodePool): readonly NodeMaker[] {
  return snapshot.objects
    .filter((o) => o.kind === 'NodePool' && o.apiVersion.startsWith('karpenter.sh/'))
    .flatMap((object) => {
      const template = new Reader(object.body, object.origin, []).field('spec').field('template');
      const required = template
        .field('spec')
        .field('requirements')
        .each()
        .flatMap((at): [string, string][] => {
          const values = at.field('values').each();
          const key = at.field('key').string();
          const value = values[0]?.string();
          return at.field('operator').value === 'In' && values.length === 1 && key !== undefined && value !== undefined ? [[key, value]] : [];
        });
      const own: Labels = { ...Object.fromEntries(required), ...template.field('metadata').field('labels').textMap() };
      if (!selects(matchLabels(labels), own)) return [];
      const taints = template
        .field('spec')
        .field('taints')
        .each()
        .map((at) => ({ key: at.field('key').string() ?? '', value: at.field('value').string() ?? '', effect: at.field('effect').string() ?? '' }));
      return [{ name: object.name, taints }];
    });
}
