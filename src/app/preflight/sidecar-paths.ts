import { within } from '../../kernel/origin.ts';
import { labelOf } from '../../model/labels.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { gcsHost } from '../../services/gcs.ts';
import { gkeMetadata } from '../../services/metadata.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { membersTitle } from './member-title.ts';
import { addressEnd, type NeededPath, nameEnd } from './needed-path.ts';

const gcsFuse = 'gke-gcsfuse/volumes';

/**
 * What the sidecar dials that GKE puts into pods with volumes of Cloud Storage: it is in the pod, and under the pod's policies. Which address the metadata
 * server has depends on the dataplane. Source: GKE documentation, Cloud Storage FUSE CSI driver, and Workload Identity Federation: network policies.
 */
export function sidecarPaths(job: TrainingJob, profileId: string): readonly NeededPath[] {
  const from = job.members.filter((m) => labelOf(m.annotations, gcsFuse)?.toLowerCase() === 'true');
  const [first] = from;
  if (first === undefined) return [];
  const common = {
    from,
    fromTitle: membersTitle(job, from),
    picked: false,
    required: true,
    because: `annotation ${gcsFuse}: GKE adds the sidecar that mounts buckets`,
    source: 'GKE documentation, Cloud Storage FUSE CSI driver',
    origin: within(first.origin, 'metadata'),
    missing: [],
  };
  const { cidrs, ports } = gkeMetadata(profileId.startsWith('gke') ? 'v2' : 'v1');
  const port = ports.includes(80) ? 80 : 988;
  const metadata = cidrs.map((cidr) => addressEnd(cidr.slice(0, cidr.indexOf('/')), TransportSet.of('TCP', [[port, port]])));
  const storage = [nameEnd(gcsHost, TransportSet.of('TCP', [[443, 443]]))];
  return [
    { ...common, id: 'sidecar/gcsfuse', title: 'Cloud Storage FUSE', toTitle: gcsHost, ends: storage },
    { ...common, id: 'sidecar/gcsfuse-metadata', title: 'credentials of Cloud Storage FUSE', toTitle: 'the GKE metadata server', ends: metadata },
  ];
}
