import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/**
 * Deployment, ReplicaSet and ReplicationController: `replicas` (1 when left out) pods from one template. The hash label that a Deployment adds is not
 * known from a file and left out. Source: kubernetes/kubernetes pkg/apis/apps/v1/defaults.go; pkg/controller/deployment/sync.go.
 */
export const expander: JobExpander = {
  kinds: [
    { group: 'apps', kind: 'Deployment' },
    { group: 'apps', kind: 'ReplicaSet' },
    { group: '', kind: 'ReplicationController' },
  ],
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.expect('an object');
    const replicas = spec.field('replicas').integer(0, mostReplicas) ?? 1;
    const template = readPodTemplate(spec.field('template'), object.namespace ?? 'default');
    return finish(diagnostics, () => [workloadOf(object, template, { replicas })]);
  },
};
