import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { PerPodLabel, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { headlessService } from './headless-service.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
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
    const ownSubdomain = isUniquePerReplica(spec);
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
        const called = variablesOf(object.name, index, size, namespace, ownSubdomain);
        const leaders = workloadOf(object, withVariables(leader, { ...called, LWS_WORKER_INDEX: '0' }), {
          role: `leader${ending}`,
          replicas: index === null ? groups : 1,
          labels: texts([...common, [workerLabel, '0']]),
          perPodLabels: [...(index === null ? [{ key: groupLabel, prefix: '', start: 0 }] : []), ...podNames(`${object.name}-`, index ?? 0)],
        });
        if (size === 1 || groups === 0) return [leaders];
        const workers = workloadOf(object, withVariables(worker, { ...called, LWS_WORKER_INDEX: size === 2 ? '1' : null }), {
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
    if (!isUniquePerReplica(spec)) return [headlessService(object, object.name, { [setLabel]: object.name })];
    const groups = Math.min(mostNumbered, new Reader(spec.field('replicas').value, object.origin, []).integer(0, mostReplicas) ?? 1);
    return Array.from({ length: groups }, (_, i) => headlessService(object, `${object.name}-${i}`, { [setLabel]: object.name, [groupLabel]: String(i) }));
  },
};

/** Whether each group has a headless Service of its own. */
function isUniquePerReplica(spec: Reader): boolean {
  return spec.field('networkConfig').field('subdomainPolicy').value === 'UniquePerReplica';
}

/** Variables by which the pods of a group find its leader; null for what differs from group to group where these are told together. Source: kubernetes-sigs/lws pkg/utils/pod/pod_utils.go AddLWSVariables, pkg/webhooks/pod_webhook.go Default. */
function variablesOf(name: string, index: number | null, size: number, namespace: string, ownSubdomain: boolean): Readonly<Record<string, string | null>> {
  const address = index === null ? null : `${name}-${index}.${ownSubdomain ? `${name}-${index}` : name}.${namespace}`;
  return { LWS_LEADER_ADDRESS: address, LWS_GROUP_SIZE: String(size) };
}

/** Every container has them, also where the template sets them to something else. */
function withVariables(template: PodTemplate, added: Readonly<Record<string, string | null>>): PodTemplate {
  const containers = template.pod.containers.map((c) => ({ ...c, env: texts<string | null>([...Object.entries(c.env), ...Object.entries(added)]) }));
  return { ...template, pod: { ...template.pod, containers } };
}

/** Labels that a StatefulSet puts on its pods. Source: kubernetes/kubernetes pkg/controller/statefulset/stateful_set_utils.go updateIdentity. */
function podNames(prefix: string, start: number): readonly PerPodLabel[] {
  return [
    { key: 'statefulset.kubernetes.io/pod-name', prefix, start },
    { key: 'apps.kubernetes.io/pod-index', prefix: '', start },
  ];
}
