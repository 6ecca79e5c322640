import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/**
 * StatefulSet: numbered pods `name-N`, from spec.ordinals.start (0) on, each with its name and number as labels.
 * Source: kubernetes/kubernetes pkg/controller/statefulset/stateful_set_utils.go newStatefulSetPod, initIdentity, updateIdentity.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'apps', kind: 'StatefulSet' }],
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.expect('an object');
    const replicas = spec.field('replicas').integer(0, mostReplicas) ?? 1;
    const start = spec.field('ordinals').field('start').integer(0, mostReplicas) ?? 0;
    const template = readPodTemplate(spec.field('template'), object.namespace ?? 'default');
    const perPodLabels = [
      { key: 'statefulset.kubernetes.io/pod-name', prefix: `${object.name}-`, start },
      { key: 'apps.kubernetes.io/pod-index', prefix: '', start },
    ];
    const hosts = { hostname: `${object.name}-`, start, subdomain: spec.field('serviceName').string() || null };
    return finish(diagnostics, () => [workloadOf(object, template, { replicas, perPodLabels, hosts })]);
  },
};
