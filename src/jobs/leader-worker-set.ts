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

/** Labels that number the groups of a set, and the pods of a group: the leader is 0. Source: kubernetes-sigs/lws pkg/webhooks/pod_webhook.go Default. */
export const groupLabel = 'leaderworkerset.sigs.k8s.io/group-index';
const workerLabel = 'leaderworkerset.sigs.k8s.io/worker-index';

/** Groups that are told one at a time; the pods of more are told together, workers without the label that numbers the group. */
const mostNumbered = 64;

/**
 * LeaderWorkerSet: groups of a leader and its workers, each group a job of its own; all leaders are one StatefulSet, and the workers of each group another. A set without a leader template makes leaders from the worker's. Left out are labels
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
    const numbered = groups <= mostNumbered;
    if (!numbered)
      spec
        .field('replicas')
        .warning(
          'groups-not-numbered',
          `The pods of ${groups} groups are told together, without the labels that number them; whether the pods of one group reach each other is judged only where all do.`,
        );
    return finish(diagnostics, () =>
      (numbered && groups > 0 ? Array.from({ length: groups }, (_, i) => i) : [null]).flatMap((index): readonly Workload[] => {
        const ending = index === null || groups === 1 ? '' : `-${index}`;
        const common = [[setLabel, object.name], ...(index === null ? [] : [[groupLabel, String(index)] as const])] as const;
        const leaders = workloadOf(object, leader, {
          role: `leader${ending}`,
          replicas: index === null ? groups : 1,
          labels: texts([...common, [workerLabel, '0']]),
          perPodLabels: [...(index === null ? [{ key: groupLabel, prefix: '', start: 0 }] : []), ...podNames(`${object.name}-`, index ?? 0)],
        });
        if (size === 1 || groups === 0) return [leaders];
        const workers = workloadOf(object, worker, {
          role: `worker${ending}`,
          replicas: index === null ? Math.min(mostReplicas, groups * (size - 1)) : size - 1,
          labels: texts(common),
          perPodLabels: index === null ? [] : [{ key: workerLabel, prefix: '', start: 1 }, ...podNames(`${object.name}-${index}-`, 1)],
        });
        return [leaders, workers];
      }),
    );
  },
  makes(object) {
    const spec = new Reader(object.body, object.origin, []).field('spec');
    if (spec.field('networkConfig').field('subdomainPolicy').value !== 'UniquePerReplica')
      return [headlessService(object, object.name, { [setLabel]: object.name })];
    const groups = Math.min(mostNumbered, new Reader(spec.field('replicas').value, object.origin, []).integer(0, mostReplicas) ?? 1);
    return Array.from({ length: groups }, (_, i) => headlessService(object, `${object.name}-${i}`, { [setLabel]: object.name, [groupLabel]: String(i) }));
  },
};

/** Labels that a StatefulSet puts on its pods. Source: kubernetes/kubernetes pkg/controller/statefulset/stateful_set_utils.go updateIdentity. */
function podNames(prefix: string, start: number): readonly PerPodLabel[] {
  return [
    { key: 'statefulset.kubernetes.io/pod-name', prefix, start },
    { key: 'apps.kubernetes.io/pod-index', prefix: '', start },
  ];
}
