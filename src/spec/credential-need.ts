import type { Path } from '../kernel/origin.ts';
import { azureLoginHosts } from '../services/azure-blob.ts';
import { gkeMetadata, podIdentityAgent } from '../services/metadata.ts';
import { okeTokenPort } from '../services/oci.ts';
import type { Host } from '../services/s3.ts';
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
      targets: namesOrAddresses(spec, stsNames(spec.platform.region ?? '', workload), identity.irsa.cidrs),
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
        azureLoginHosts(spec.platform.region).map((name, index) => ({ name, required: index === 0 })),
        identity.azure.cidrs,
      ),
      ports: [tcp(443)],
      notes: [],
      addressesField: [...path, 'azure', 'cidrs'],
    });
  }
  if (identity.oke !== null) {
    needs.push({
      ...credential('oke', "OKE workload identity, at the cluster's API endpoint", [...path, 'oke']),
      targets: openAddresses(spec, identity.oke.cidrs),
      ports: [tcp(okeTokenPort)],
      notes: ['The token is traded on port 12250 beside the API server; a rule on its port 443 or 6443 alone leaves the job without credentials.'],
      addressesField: [...path, 'oke', 'cidrs'],
    });
  }
  return needs;
}

/** The names of STS that SDKs ask for: with the switches of the environment that the data sets tell of, another one, on another domain. */
function stsNames(region: string, { data }: ZoneWorkload): readonly Host[] {
  const dualStack = data.some(({ s3 }) => s3?.dualStack === true);
  const fips = data.some(({ s3 }) => s3?.fips === true);
  const plain = stsHosts(region, { dualStack: false, fips: false });
  if (!dualStack && !fips) return plain;
  const switched = stsHosts(region, { dualStack, fips });
  return [...switched, ...plain.filter((host) => !switched.some(({ name }) => name === host.name)).map(({ name }) => ({ name, required: false }))];
}

/**
 * What each mechanism looks like without its endpoint. Source: botocore credentials.py and the JavaScript SDK run with the endpoint shut (IRSA, Pod
 * Identity); google-auth; azure-identity; the OCI SDKs' provider for OKE workload identity.
 */
const whenShut = {
  irsa: 'nothing fails at start; the first call to S3 hangs, then “Could not connect to the endpoint URL”',
  'pod-identity': '“Could not load credentials from any providers” (JavaScript) or CredentialRetrievalError (botocore), some seconds after the first call',
  gke: 'google-auth times out at the metadata server and says that it could not find default credentials',
  azure: 'the token request to the authority times out; an error with an AADSTS number is another fault',
  oke: 'the provider of the OCI SDK times out at port 12250; a 401 is another fault',
} as const;

function credential(
  id: keyof typeof whenShut,
  title: string,
  path: Path,
): Pick<Need, 'whenShut' | 'id' | 'purpose' | 'title' | 'tenancy' | 'control' | 'addressesField' | 'path'> {
  return { id: `credentials/${id}`, purpose: 'credentials', title, tenancy: 'not-data', control: null, whenShut: whenShut[id], addressesField: null, path };
}

function namesOrAddresses(
  spec: ZoneSpec,
  hosts: readonly { readonly name: string; readonly required: boolean }[],
  cidrs: readonly string[],
): readonly NeedTarget[] {
  return nameLanguage(spec.platform.cni) !== null || cidrs.length === 0 ? [{ kind: 'names', hosts: hosts.map(exactly) }] : openAddresses(spec, cidrs);
}
