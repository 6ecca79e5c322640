import type { DialectId } from '../model/policy.ts';

/**
 * What enforces policies: a profile's name, with or without its version (`cilium`, `calico@3.32`). `kubernetes` is any CNI that enforces NetworkPolicy and
 * nothing more.
 */
export type Cni = string;

/** What packs may count on, beside NetworkPolicy. */
interface Abilities {
  /** Versions that a profile speaks for, old to new. */
  readonly versions: readonly string[];
  /** The language in which a namespace's own rules on outside DNS names are written; null when there is none. */
  readonly names: DialectId | null;
  /** Node-local addresses are seen as the node itself, which no CIDR matches. Source: cilium/cilium#34387. */
  readonly seesNodes: boolean;
  /** What must be there for rules on names to act, for the reader of a pack; null: nothing more. */
  readonly namesNeed: string | null;
}

const plain = { names: null, seesNodes: false, namesNeed: null } as const;

/** By the name of the profile's family. A test holds these keys and the profiles that ship together. */
const families: Readonly<Record<string, Abilities>> = {
  'aks-cilium': {
    versions: ['1.33'],
    names: 'cilium',
    seesNodes: true,
    namesNeed: 'AKS enforces rules on names, and asks for TLS server names, only with Advanced Container Networking Services; without it they do nothing.',
  },
  antrea: { versions: ['2.6', '2.7'], names: 'antrea', seesNodes: false, namesNeed: null },
  kubernetes: { ...plain, versions: [] },
  calico: { ...plain, versions: ['3.30', '3.32'] },
  cilium: { versions: ['1.18', '1.19', '1.20'], names: 'cilium', seesNodes: true, namesNeed: null },
  eks: { versions: ['1.21'], names: 'eks', seesNodes: false, namesNeed: 'EKS enforces rules on names in Auto Mode only.' },
  gke: {
    versions: ['1.35', '1.36'],
    names: 'gke',
    seesNodes: false,
    namesNeed: 'FQDNNetworkPolicy needs Dataplane V2 and a GKE edition that has it, with kube-dns or Cloud DNS.',
  },
  'ovn-kubernetes': { ...plain, versions: ['1.3'] },
  'kube-network-policies': { ...plain, versions: ['1.1'] },
};

/** Every CNI that a zone may name: each family alone, for its newest version, and with each version. */
export const cnis: readonly Cni[] = Object.entries(families).flatMap(([family, { versions }]) => [
  family,
  ...versions.map((version) => `${family}@${version}`),
]);

function abilitiesOf(cni: Cni): Pick<Abilities, 'names' | 'seesNodes' | 'namesNeed'> {
  const [family = ''] = cni.split('@');
  return Object.hasOwn(families, family) ? (families[family] as Abilities) : plain;
}

/** The version that the zone names, as `1.19`; null when it names none. */
export function versionOf(cni: Cni): string | null {
  return cni.split('@')[1] ?? null;
}

/** The language of rules on outside DNS names under this CNI; null when it has none. */
export function nameLanguage(cni: Cni): DialectId | null {
  return abilitiesOf(cni).names;
}

/** Whether node-local addresses count as the node, so that a rule must name the node. */
export function seesNodes(cni: Cni): boolean {
  return abilitiesOf(cni).seesNodes;
}

/** What else rules on names need to act; null: nothing. */
export function namesNeed(cni: Cni): string | null {
  return abilitiesOf(cni).namesNeed;
}
