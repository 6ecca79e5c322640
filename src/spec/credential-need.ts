import type { Path } from '../kernel/origin.ts';
import { azureLoginHosts } from '../services/azure-blob.ts';
import { gkeMetadata, podIdentityAgent } from '../services/metadata.ts';
import { stsHosts } from '../services/sts.ts';
import { nameLanguage, seesNodes } from './cni.ts';
import { exactly, type Need, type NeedTarget, tcp } from './need.ts';
import { openAddresses } from './open-addresses.ts';
import type { ZoneSpec, ZoneWorkload } from './zone.ts';

/** The endpoints at which the workload's identity gets its credentials. None without a cloud identity. */
export function credentialNeeds(spec: ZoneSpec, workload: ZoneWorkload, workloadPath: Path): readonly Need[] {
  const { identity } = workload;
  if (identity === null) return [];
  const path = [...workloadPath, 'identity'];
  const needs: Need[] = [];
  if (identity.irsa !== null) {
    needs.push({
      ...credential('irsa', 'AWS STS, for the IAM role of the service account', [...path, 'irsa']),
      targets: namesOrAddresses(spec, stsHosts(spec.platform.region ?? ''), identity.irsa.cidrs),
      ports: [tcp(443)],
      notes: ['Without STS nothing fails at start: the first storage call hangs. The API server is not needed; the kubelet projects the token.'],
      addressesField: [...path, 'irsa', 'cidrs'],
    });
  }
  if (identity.podIdentity !== null) {
    const onNode = seesNodes(spec.platform.cni);
    needs.push({
      ...credential('pod-identity', 'EKS Pod Identity agent', [...path, 'podIdentity']),
      targets: onNode ? [{ kind: 'own-node' }] : podIdentityAgent.cidrs.map((cidr) => ({ kind: 'addresses', cidrs: [cidr], except: [] })),
      ports: [tcp(podIdentityAgent.port)],
      notes: onNode
        ? [
            'Cilium counts the agent address 169.254.170.23 as the node itself, which no CIDR rule matches; the rule opens port 80 of the own node, whatever else listens there.',
          ]
        : ['The agent answers on a link-local address of the node; the pod needs no STS.'],
    });
  }
  if (identity.gke !== null) {
    const { cidrs, ports } = gkeMetadata(identity.gke.dataplane);
    needs.push({
      ...credential('gke', 'GKE metadata server', [...path, 'gke']),
      targets: [{ kind: 'addresses', cidrs, except: [] }],
      ports: ports.map(tcp),
      notes: [
        'On GKE this address answers with the identity of the pod, not of the node, as long as Workload Identity Federation is on for the node pool and the pod is not on the host network.',
      ],
    });
  }
  if (identity.azure !== null) {
    needs.push({
      ...credential('azure', 'Microsoft Entra ID, for the workload identity', [...path, 'azure']),
      targets: namesOrAddresses(
        spec,
        azureLoginHosts.map((name, index) => ({ name, required: index === 0 })),
        identity.azure.cidrs,
      ),
      ports: [tcp(443)],
      notes: [],
      addressesField: [...path, 'azure', 'cidrs'],
    });
  }
  return needs;
}

function credential(id: string, title: string, path: Path): Pick<Need, 'id' | 'purpose' | 'title' | 'tenancy' | 'addressesField' | 'path'> {
  return { id: `credentials/${id}`, purpose: 'credentials', title, tenancy: 'not-data', addressesField: null, path };
}

function namesOrAddresses(
  spec: ZoneSpec,
  hosts: readonly { readonly name: string; readonly required: boolean }[],
  cidrs: readonly string[],
): readonly NeedTarget[] {
  return nameLanguage(spec.platform.cni) !== null || cidrs.length === 0 ? [{ kind: 'names', hosts: hosts.map(exactly) }] : openAddresses(spec, cidrs);
}
