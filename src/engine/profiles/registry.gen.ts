// Generated from the folder listing by `npm run gen`; do not edit.
import type { ProfileFamily } from '../../model/profile.ts';
import { family as aksCiliumProfileFamily } from './aks-cilium.ts';
import { family as antreaProfileFamily } from './antrea.ts';
import { family as calicoProfileFamily } from './calico.ts';
import { family as ciliumProfileFamily } from './cilium.ts';
import { family as eksProfileFamily } from './eks.ts';
import { family as gkeProfileFamily } from './gke.ts';
import { family as kubeNetworkPoliciesProfileFamily } from './kube-network-policies.ts';
import { family as kubernetesProfileFamily } from './kubernetes.ts';
import { family as ovnKubernetesProfileFamily } from './ovn-kubernetes.ts';

/** Every family of `src/engine/profiles`, in name order. */
export const families: readonly ProfileFamily[] = [
  aksCiliumProfileFamily,
  antreaProfileFamily,
  calicoProfileFamily,
  ciliumProfileFamily,
  eksProfileFamily,
  gkeProfileFamily,
  kubeNetworkPoliciesProfileFamily,
  kubernetesProfileFamily,
  ovnKubernetesProfileFamily,
];
