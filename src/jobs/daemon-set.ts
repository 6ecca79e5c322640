import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { isLive } from '../model/metadata.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** A file does not say how many nodes there are; with two, pods of one set on different nodes can talk to each other. */
const assumedNodes = 2;

/**
 * DaemonSet: one pod a node. The count is status.desiredNumberScheduled where a cluster has said it, else two, which is enough to tell what one pod of
 * the set may send to another. Source: kubernetes/api apps/v1 DaemonSetStatus.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'apps', kind: 'DaemonSet' }],
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.expect('an object');
    const replicas = (isLive(object) ? at.field('status').field('desiredNumberScheduled').integer(0, mostReplicas) : undefined) ?? assumedNodes;
    const template = readPodTemplate(spec.field('template'), object.namespace ?? 'default');
    return finish(diagnostics, () => [workloadOf(object, template, { replicas })]);
  },
};
