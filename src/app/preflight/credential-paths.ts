import { gkeAnnotation, irsaAnnotation, regionOf } from '../../checks/identity.ts';
import type { Reachability } from '../../engine/reach.ts';
import { type Origin, within } from '../../kernel/origin.ts';
import { labelOf } from '../../model/labels.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { azureLoginHosts } from '../../services/azure-blob.ts';
import { stsHosts } from '../../services/sts.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { gkeMetadataEnds } from './gke-metadata.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, nameEnd } from './needed-path.ts';
import { proxyFor } from './proxies.ts';

/** Where Azure Workload Identity says what a pod is. Source: Azure/azure-workload-identity documentation, Service account labels and annotations. */
const azureAnnotation = 'azure.workload.identity/client-id';

/** Ways to credentials that the service accounts of a job's pods ask for. Nothing is asked for an account that is not in the input. */
export function credentialPaths(reach: Reachability, job: TrainingJob, region: string | null): readonly NeededPath[] {
  const { profile } = reach;
  const found = job.members.flatMap((member): { readonly member: Workload; readonly way: Way }[] => {
    const account = reach.snapshot.serviceAccounts.find((a) => a.namespace === member.namespace && a.name === member.serviceAccount);
    if (account === undefined) return [];
    const said = (annotation: string): boolean => labelOf(account.annotations, annotation) !== undefined;
    const origin = within(account.origin, 'metadata', 'annotations');
    const ways: Way[] = [
      ...(said(irsaAnnotation) && !throughProxy(member, 'sts.amazonaws.com') ? [irsa(regionOf(member) ?? region, within(origin, irsaAnnotation))] : []),
      ...(said(gkeAnnotation) ? [gke(profile.id, within(origin, gkeAnnotation))] : []),
      ...(said(azureAnnotation) && !throughProxy(member, azureLoginHosts(null)[0] ?? '') ? [azure(within(origin, azureAnnotation))] : []),
    ];
    return ways.map((way) => ({ member, way }));
  });
  return [...new Map(found.map(({ way }) => [way.id, way])).values()].map((way) => {
    const from = found.filter((f) => f.way.id === way.id).map((f) => f.member);
    return { ...way, from, fromTitle: membersTitle(job, from), picked: false, required: true };
  });
}

/** Whether all containers of a pod go through a proxy to a host: the proxy is then what is asked for. */
function throughProxy({ pod }: Workload, host: string): boolean {
  const own = pod.containers.filter((c) => c.sort === 'container');
  return own.length > 0 && own.every((c) => proxyFor(c, 'https', host, 443) !== null);
}

type Way = Omit<NeededPath, 'from' | 'fromTitle' | 'picked' | 'required'>;

const https = TransportSet.of('TCP', [[443, 443]]);

function irsa(region: string | null, origin: Origin): Way {
  const hosts = region === null ? [] : stsHosts(region, { dualStack: false, fips: false }).filter((h) => h.required);
  return {
    id: 'credentials/irsa',
    title: 'credentials of the IAM role',
    toTitle: 'AWS STS',
    ends: hosts.map((h) => nameEnd(h.name, https)),
    because: `the service account carries ${irsaAnnotation}`,
    source: 'aws/amazon-eks-pod-identity-webhook README; boto/botocore credentials.py',
    origin,
    missing: region === null ? ['the region of STS is not known: set AWS_REGION in the container, or give a zone'] : [],
  };
}

function gke(profileId: string, origin: Origin): Way {
  return {
    id: 'credentials/gke',
    title: 'credentials of the Google service account',
    toTitle: 'the GKE metadata server',
    ends: gkeMetadataEnds(profileId),
    because: `the service account carries ${gkeAnnotation}`,
    source: 'GKE documentation, Workload Identity Federation: network policies and the metadata server',
    origin,
    missing: [],
  };
}

function azure(origin: Origin): Way {
  return {
    id: 'credentials/azure',
    title: 'credentials of the workload identity',
    toTitle: 'Microsoft Entra ID',
    ends: azureLoginHosts(null)
      .slice(0, 1)
      .map((host) => nameEnd(host, https)),
    because: `the service account carries ${azureAnnotation}`,
    source: 'Azure/azure-workload-identity documentation',
    origin,
    missing: [],
  };
}
