import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { PerPodLabel, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { headlessService } from './headless-service.ts';
import { readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** Label that the controller puts on every pod of a set. Source: kubernetes-sigs/lws api/leaderworkerset/v1. */
const setLabel = 'leaderworkerset.sigs.k8s.io/name';

/** Groups whose workers are told one group at a time; the workers of more are told together, without the label that numbers the group. */
const mostNumbered = 64;

/**
 * LeaderWorkerSet: groups of a leader and its workers, each a StatefulSet. A set without a leader template makes leaders from the worker's. Left out are labels
 * with made-up values: group-key, subgroup-key and the revision.
 * Source: kubernetes-sigs/lws pkg/controllers/{leaderworkerset,pod}_controller.go; pkg/webhooks/pod_webhook.go Default.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'leaderworkerset.x-k8s.io', kind: 'LeaderWorkerSet' }],
  training: { label: setLabel, source: 'kubernetes-sigs/lws api/leaderworkerset/v1' },
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    const template = spec.field('leaderWorkerTemplate');
    if (at.required('spec') && spec.required('leaderWorkerTemplate')) template.required('workerTemplate');
    const namespace = object.namespace ?? 'default';
    const groups = spec.field('replicas').integer(0, mostReplicas) ?? 1;
    const size = template.field('size').integer(1, mostReplicas) ?? 1;
    const worker = readPodTemplate(template.field('workerTemplate'), namespace, shared);
    const leader = template.has('leaderTemplate') ? readPodTemplate(template.field('leaderTemplate'), namespace, shared) : worker;
    const leaders = workloadOf(object, leader, {
      role: 'leader',
      replicas: groups,
      labels: texts([
        [setLabel, object.name],
        ['leaderworkerset.sigs.k8s.io/worker-index', '0'],
      ]),
      perPodLabels: [group(0), ...podNames(`${object.name}-`, 0)],
    });
    const workers = (role: string, replicas: number, index: number | null): Workload =>
      workloadOf(object, worker, {
        role,
        replicas,
        labels: texts([[setLabel, object.name], ...(index === null ? [] : [['leaderworkerset.sigs.k8s.io/group-index', String(index)] as const])]),
        perPodLabels:
          index === null ? [] : [{ key: 'leaderworkerset.sigs.k8s.io/worker-index', prefix: '', start: 1 }, ...podNames(`${object.name}-${index}-`, 1)],
      });
    if (size === 1 || groups === 0) return finish(diagnostics, () => [leaders]);
    if (groups > mostNumbered) {
      spec
        .field('replicas')
        .warning(
          'groups-not-numbered',
          `The workers of ${groups} groups are told as one sort of pod, without the labels that number them; rules that choose by those are judged as if they chose none.`,
        );
      return finish(diagnostics, () => [leaders, workers('worker', Math.min(mostReplicas, groups * (size - 1)), null)]);
    }
    return finish(diagnostics, () => [leaders, ...Array.from({ length: groups }, (_, i) => workers(groups === 1 ? 'worker' : `worker-${i}`, size - 1, i))]);
  },
  makes(object) {
    const spec = new Reader(object.body, object.origin, []).field('spec');
    if (spec.field('networkConfig').field('subdomainPolicy').value !== 'UniquePerReplica')
      return [headlessService(object, object.name, { [setLabel]: object.name })];
    const groups = Math.min(mostNumbered, new Reader(spec.field('replicas').value, object.origin, []).integer(0, mostReplicas) ?? 1);
    return Array.from({ length: groups }, (_, i) =>
      headlessService(object, `${object.name}-${i}`, { [setLabel]: object.name, 'leaderworkerset.sigs.k8s.io/group-index': String(i) }),
    );
  },
};

function group(start: number): PerPodLabel {
  return { key: 'leaderworkerset.sigs.k8s.io/group-index', prefix: '', start };
}

/** Labels that a StatefulSet puts on its pods. Source: kubernetes/kubernetes pkg/controller/statefulset/stateful_set_utils.go updateIdentity. */
function podNames(prefix: string, start: number): readonly PerPodLabel[] {
  return [
    { key: 'statefulset.kubernetes.io/pod-name', prefix, start },
    { key: 'apps.kubernetes.io/pod-index', prefix: '', start },
  ];
}
