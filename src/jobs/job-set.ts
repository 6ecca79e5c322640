import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { endedBy } from './ended.ts';
import type { JobExpander } from './expander.ts';
import { headlessService } from './headless-service.ts';
import { expandReplicatedJobs, jobSetNameLabel, subdomainOf } from './replicated-jobs.ts';

/**
 * JobSet: replicated Jobs that find each other by name through a headless Service. A suspended set counts as if it ran: something will resume it.
 * Source: kubernetes-sigs/jobset api/jobset/v1alpha2; pkg/controllers/jobset_controller.go createHeadlessSvcIfNecessary.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'jobset.x-k8s.io', kind: 'JobSet' }],
  endsWhenDone: true,
  training: { label: jobSetNameLabel, source: 'kubernetes-sigs/jobset api/jobset/v1alpha2' },
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    if (at.required('spec')) at.field('spec').required('replicatedJobs');
    const workloads = expandReplicatedJobs(at.field('spec'), {
      object,
      shared,
      lifecycle: endedBy(['Completed', 'Failed'], object, at),
    });
    return finish(diagnostics, () => workloads);
  },
  makes(object) {
    const spec = new Reader(object.body, object.origin, []).field('spec');
    if (spec.field('network').field('enableDNSHostnames').value === false) return [];
    return [headlessService(object, subdomainOf(spec, object), { [jobSetNameLabel]: object.name })];
  },
};
