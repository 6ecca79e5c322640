import type { Origin } from '../kernel/origin.ts';
import type { Policy } from './policy.ts';

/** A network beside the pod network, as a NetworkAttachmentDefinition describes it. `plugin` is the type of its (first) CNI plugin; null where that is not known. */
export interface SecondaryNetwork {
  /** `namespace/name`. */
  readonly name: string;
  readonly plugin: string | null;
  readonly origin: Origin;
}

/** Networks beside the pod network, and the policies about them; each names its networks. None of these has a say on the pod network. */
export interface SecondaryNetworks {
  readonly networks: readonly SecondaryNetwork[];
  readonly policies: readonly Policy[];
}

export const noSecondaryNetworks: SecondaryNetworks = { networks: [], policies: [] };

/** What keeps traffic of one secondary network to its policies. Each says why in words for people. */
export type Governance =
  | { readonly kind: 'enforced'; readonly by: string }
  /** No policy can. */
  | { readonly kind: 'never'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string; readonly mend: string };
