import { within } from '../../kernel/origin.ts';
import { labelOf } from '../../model/labels.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { gcsHost } from '../../services/gcs.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { gkeMetadataEnds } from './gke-metadata.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, nameEnd } from './needed-path.ts';

const gcsFuse = 'gke-gcsfuse/volumes';
const driver = 'gcsfuse.csi.storage.gke.io';

/**
 * What the sidecar dials that GKE puts into pods with volumes of Cloud Storage: it is in the pod, and under the pod's policies. The annotation alone brings the
 * sidecar, and volumes what it mounts: without one it dials nobody, and whether a claim is one of Cloud Storage no pod says.
 * Sources: GoogleCloudPlatform/gcs-fuse-csi-driver pkg/webhook/mutatingwebhook.go, pkg/util/util.go GCSFuseCsiDriverName, docs/troubleshooting.md (the sidecar asks the metadata server).
 */
export function sidecarPaths(job: TrainingJob, profileId: string): readonly NeededPath[] {
  const marked = job.members.filter((m) => labelOf(m.annotations, gcsFuse)?.toLowerCase() === 'true');
  const certain = marked.filter((m) => m.pod.csiDrivers.includes(driver));
  const claimed = marked.filter((m) => !certain.includes(m) && m.pod.volumeTypes.some((type) => type === 'persistentVolumeClaim' || type === 'ephemeral'));
  return [...pathsOf(job, certain, profileId), ...pathsOf(job, claimed, profileId, true)];
}

function pathsOf(job: TrainingJob, from: readonly Workload[], profileId: string, supposed?: true): readonly NeededPath[] {
  const [first] = from;
  if (first === undefined) return [];
  const common = {
    from,
    fromTitle: membersTitle(job, from),
    picked: false,
    required: supposed === undefined,
    ...(supposed === undefined ? {} : { supposed }),
    because: `annotation ${gcsFuse}: GKE adds the sidecar that mounts buckets${supposed === undefined ? '' : '; a claim of the pod may be one'}`,
    source: 'GoogleCloudPlatform/gcs-fuse-csi-driver pkg/webhook/mutatingwebhook.go',
    origin: within(first.origin, 'metadata'),
    missing: [],
  };
  const storage = [nameEnd(gcsHost, TransportSet.of('TCP', [[443, 443]]))];
  return [
    { ...common, id: 'sidecar/gcsfuse', title: 'Cloud Storage FUSE', toTitle: gcsHost, ends: storage },
    {
      ...common,
      id: 'sidecar/gcsfuse-metadata',
      title: 'credentials of Cloud Storage FUSE',
      toTitle: 'the GKE metadata server',
      ends: gkeMetadataEnds(profileId),
    },
  ];
}
