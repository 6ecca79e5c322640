import { within } from '../kernel/origin.ts';
import type { FabricAttachment } from '../model/fabric-attachment.ts';
import type { ComputeDomain } from '../model/fabric-facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { DeviceClaim, Workload } from '../model/workload.ts';

/** Device classes of channels of a compute domain. Source: NVIDIA/k8s-dra-driver-gpu deployments/helm templates/deviceclass-compute-domain-*.yaml. */
const channelClass = /^compute-domain-.{0,100}channel\.nvidia\.com$/;

/** Channels of NVLink between nodes that a pod claims. Members of one domain write to each other's GPU memory. */
export function imexAttachments(snapshot: Snapshot, workload: Workload): readonly FabricAttachment[] {
  return workload.pod.claims.flatMap((claim): readonly FabricAttachment[] => {
    const origin = within(workload.podOrigin, 'resourceClaims');
    const first = { text: `claims ${claim.object}`, origin };
    const found = domainOf(snapshot, workload, claim);
    if (found === undefined) {
      if (claim.classes?.some((c) => channelClass.test(c.name)) !== true) return [];
      const text = 'its IMEX domain keeps it apart; to settle which, give the ComputeDomain that the claim is for';
      return [{ kind: 'imex-channel', name: claim.object, rules: [{ traffic: 'all', state: 'unknown', text }], segments: [], evidence: [first] }];
    }
    const { domain, allChannels } = found;
    const name = `${domain.namespace}/${domain.name}`;
    const text = `by the IMEX domain of ComputeDomain ${name}${allChannels ? ', all channels of the node' : ''}: its members reach each other’s GPU memory`;
    return [
      {
        kind: 'imex-channel',
        name: `ComputeDomain ${name}`,
        rules: [{ traffic: 'all', state: 'elsewhere', text }],
        segments: [{ family: 'imex', domain: name }],
        evidence: [first, { text: `ComputeDomain ${name}`, origin: domain.origin }],
      },
    ];
  });
}

/** The domain behind a claim: by the template that is made for it, else by the uid in the claim's own parameters. */
export function domainOf(
  { fabric }: Pick<Snapshot, 'fabric'>,
  { namespace }: Pick<Workload, 'namespace'>,
  claim: DeviceClaim,
): { readonly domain: ComputeDomain; readonly allChannels: boolean } | undefined {
  const made = fabric.domains.find((d) => claim.from === 'ResourceClaimTemplate' && d.namespace === namespace && d.template === claim.object);
  if (made !== undefined) return { domain: made, allChannels: made.allChannels };
  const written = fabric.channelClaims.find((c) => c.from === claim.from && c.namespace === namespace && c.name === claim.object);
  const domain = written === undefined ? undefined : fabric.domains.find((d) => d.uid === written.domain);
  return domain === undefined || written === undefined ? undefined : { domain, allChannels: written.allChannels || domain.allChannels };
}
