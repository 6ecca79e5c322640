import { kept } from '../../kernel/memo.ts';
import type { DiffEnd } from '../../model/diff-report.ts';
import type { Party } from '../../model/scan-report.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { type IpSet, ipUnion, noAddresses } from '../../space/ip-set.ts';
import { outsideParts } from '../reach-map.ts';
import type { Leaf, Refinement } from './leaves.ts';

/** So many parties of one kind are named in a summary. */
const named = 3;

/** Names sets of leaves for people: whole namespaces and the whole cluster by one word, addresses as one set. */
export class Describing {
  readonly #leaves: readonly Leaf[];
  /** Workloads by namespace, and the pods of each, over both sides. */
  readonly #byNamespace = new Map<string, Set<string>>();
  readonly #pods = new Map<string, number>();
  #workloads = 0;

  constructor({ leaves }: Refinement) {
    this.#leaves = leaves;
    for (const leaf of leaves) {
      if (leaf.kind !== 'pods') continue;
      for (const m of leaf.members) {
        kept(this.#byNamespace, workloadOf(m).namespace, () => new Set()).add(m.id);
        this.#pods.set(m.id, (this.#pods.get(m.id) ?? 0) + m.pods);
      }
    }
    for (const ids of this.#byNamespace.values()) this.#workloads += ids.size;
  }

  end(indices: readonly number[]): DiffEnd {
    const workloads = new Map<string, { readonly workload: Workload; pods: number; readonly whole: number }>();
    const nodes: Party[] = [];
    const names: Party[] = [];
    let addresses: IpSet = noAddresses;
    for (const index of indices) {
      const leaf = this.#leaves[index] as Leaf;
      if (leaf.kind === 'pods')
        for (const m of leaf.members) kept(workloads, m.id, () => ({ workload: workloadOf(m), pods: 0, whole: this.#pods.get(m.id) ?? 0 })).pods += m.pods;
      else if (leaf.kind === 'node') nodes.push({ kind: 'node', id: leaf.node ?? '', title: leaf.node === null ? 'a node' : `node ${leaf.node}` });
      else if (leaf.kind === 'name')
        names.push({ kind: 'name', id: leaf.pattern ?? leaf.name, title: leaf.pattern === null ? leaf.name : `${leaf.name} (of ${leaf.pattern})` });
      else addresses = ipUnion(addresses, leaf.addresses);
    }
    const pods = [...workloads.values()];
    const titleOf = (w: { readonly workload: Workload; readonly pods: number; readonly whole: number }): string =>
      w.pods < w.whole ? `${workloadTitle(w.workload)} (${w.pods} of ${w.whole} pods)` : workloadTitle(w.workload);
    const outside = outsideParts(addresses).map((part) => part.party);
    return {
      summary: listedShort([
        ...this.#podTitles(pods.map((w) => ({ workload: w.workload, title: titleOf(w), whole: w.pods >= w.whole }))),
        ...few(
          nodes.map((n) => n.title),
          'nodes',
        ),
        ...outsideTitles(outside),
        ...few(
          names.map((n) => n.title),
          'names',
        ),
      ]),
      parties: [...[...workloads].map(([id, w]): Party => ({ kind: 'workload', id, title: titleOf(w) })), ...nodes, ...outside, ...names],
      pods: pods.reduce((sum, w) => sum + w.pods, 0),
    };
  }

  #podTitles(pods: readonly { readonly workload: Workload; readonly title: string; readonly whole: boolean }[]): string[] {
    const whole = pods.filter((p) => p.whole);
    if (whole.length === this.#workloads && whole.length > 1) return ['every pod'];
    const byNamespace = new Map<string, number>();
    for (const { workload } of whole) byNamespace.set(workload.namespace, (byNamespace.get(workload.namespace) ?? 0) + 1);
    const full = new Set([...byNamespace].filter(([namespace, n]) => n > 1 && n === this.#byNamespace.get(namespace)?.size).map(([namespace]) => namespace));
    const rest = pods.filter((p) => !full.has(p.workload.namespace));
    return [
      ...few(
        [...full].map((namespace) => `every pod of ${namespace}`),
        'namespaces',
      ),
      ...few(
        rest.map((p) => p.title),
        'workloads',
      ),
    ];
  }
}

function workloadOf(member: { readonly before: Workload | null; readonly after: Workload | null }): Workload {
  return (member.after ?? member.before) as Workload;
}

/** The metadata service comes last, and once, with each of its addresses. */
function outsideTitles(outside: readonly Party[]): string[] {
  const addresses = outside.filter((p) => p.kind === 'metadata').map((p) => p.id);
  return [
    ...outside.filter((p) => p.kind !== 'metadata').map((p) => p.title),
    ...(addresses.length === 0 ? [] : [`the metadata service (${addresses.join(' and ')})`]),
  ];
}

function few(titles: readonly string[], what: string): string[] {
  return titles.length <= named ? [...titles] : [...titles.slice(0, named - 1), `${titles.length - named + 1} more ${what}`];
}

function listedShort(titles: readonly string[]): string {
  return titles.length <= 1 ? (titles[0] ?? 'nobody') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;
}
