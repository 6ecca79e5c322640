import { labelOf } from '../model/labels.ts';
import type { PassageEnd } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Framework } from './framework.ts';

/** Label by which the DRA driver marks pods of a compute domain, its daemons among them. Source: NVIDIA/k8s-dra-driver-gpu api/nvidia.com/resource/v1beta1. */
const domainLabel = 'resource.nvidia.com/computeDomain';

/**
 * IMEX, memory over NVLink between nodes: daemons of the DRA driver dial each other in the driver's namespace, not in the job's.
 * Source: NVIDIA/k8s-dra-driver-gpu templates/compute-domain-daemon-config.tmpl.cfg.
 */
export const framework: Framework = {
  id: 'imex',
  kind: 'library',
  title: 'IMEX',
  about:
    'Daemons of the DRA driver dial each other at 50000 in the namespace of the driver, not in that of the job: policies there can break memory over NVLink elsewhere.',
  sources: ['NVIDIA/k8s-dra-driver-gpu templates/compute-domain-daemon-config.tmpl.cfg'],
  knobs: [],
  fixedPorts: [],
  detect: (job) => {
    const domain = domainOf(job);
    return domain === undefined ? [] : [{ text: `label ${domainLabel}=${domain}`, origin: job.origin }];
  },
  passages: (job) => {
    const domain = domainOf(job);
    if (domain === undefined) return [];
    const daemons: PassageEnd = { kind: 'pods', title: 'IMEX daemons of the compute domain', namespace: null, selector: { [domainLabel]: domain } };
    return [
      {
        id: 'imex/daemons',
        purpose: 'control',
        title: 'IMEX daemons among themselves',
        from: daemons,
        to: daemons,
        ports: [{ kind: 'fixed', port: 50000 }],
        required: false,
        because: `label ${domainLabel}=${domain}`,
        source: 'NVIDIA/k8s-dra-driver-gpu templates/compute-domain-daemon-config.tmpl.cfg',
      },
    ];
  },
};

function domainOf(job: TrainingJob): string | undefined {
  return job.members.map((m) => labelOf(m.labels, domainLabel)).find((value) => value !== undefined);
}
