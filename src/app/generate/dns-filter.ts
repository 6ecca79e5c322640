import { type Cni, nameLanguage, namesNeed } from '../../spec/cni.ts';
import type { Need } from '../../spec/need.ts';

/**
 * Whether the rule on DNS says which names a workload with these needs may ask for. Only Cilium's can. Where that takes more than the CNI itself (on AKS), it
 * is done for workloads that need names anyway: for the others it would leave open whether anything resolves.
 */
export function filtersDns(cni: Cni, needs: readonly Need[]): boolean {
  return nameLanguage(cni) === 'cilium' && (namesNeed(cni) === null || needs.some((need) => need.targets.some((target) => target.kind === 'names')));
}
