import type { PodClass } from '../../engine/classes.ts';
import { podLabels } from '../../engine/directory.ts';
import { type Flow, quantify } from '../../engine/flow.ts';
import type { Reachability } from '../../engine/reach.ts';
import { unmentioned } from '../../engine/vocabulary.ts';
import { type LabelSelector, labelOf, selects } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';

/** Label of pods of a JobSet whose Jobs have one pod each: the Jobs are numbered then, and not the pods. Source: kubernetes-sigs/jobset api/jobset/v1alpha2. */
const jobIndex = 'jobset.sigs.k8s.io/job-index';

/** The one pod of a workload whose labels a selector asks for beside those of all its pods; null where it asks for none that number them, undefined where it chooses no pod. */
export function replicaChosen(selector: LabelSelector, workload: Workload): number | null | undefined {
  if (selects(selector, workload.labels)) return null;
  for (const { key, prefix, start } of workload.perPodLabels)
    for (const value of selector.requirements.flatMap((r) => (r.key === key ? r.values : []))) {
      const replica = value.startsWith(prefix) ? numberOf(value.slice(prefix.length), start) : null;
      if (replica !== null && replica < workload.replicas && selects(selector, podLabels(workload, replica))) return replica;
    }
  return undefined;
}

/**
 * The one pod that a name stands for: `ddp-0` of a StatefulSet or an Indexed Job, `llm-worker-0` of a role, `llm-node-0-1` of a Job of a JobSet. Null where the
 * pods have no numbers, or there is but one. Sources: kubernetes/kubernetes pkg/controller/statefulset getPodName; kubernetes-sigs/jobset pkg/util/placement GenPodName.
 */
export function replicaCalled(pod: string, { name, role, replicas, perPodLabels }: Workload): number | null {
  const own = `${name}-${role === null ? '' : `${role}-`}`;
  const [, first = '', second] = pod.startsWith(own) ? (/^(\d{1,9})(?:-(\d{1,9}))?$/.exec(pod.slice(own.length)) ?? []) : [];
  const numbering = perPodLabels[0];
  if (first === '' || numbering === undefined || replicas < 2) return null;
  const byJob = perPodLabels.find((l) => l.key === jobIndex);
  const replica = byJob !== undefined ? numberOf(first, byJob.start) : numberOf(second ?? first, numbering.start);
  return replica !== null && replica < replicas ? replica : null;
}

function numberOf(digits: string, start: number): number | null {
  const replica = /^\d{1,9}$/.test(digits) ? Number(digits) - start : -1;
  return replica >= 0 ? replica : null;
}

/** What every pod of one workload may send to one pod of another, or of its own. */
export function flowToOne(reach: Reachability, from: Workload, to: Workload, replica: number): Flow {
  const classesOf = (id: string): readonly PodClass[] => reach.classes.filter((c) => c.workloads.includes(id));
  const fits = ({ labels }: PodClass, exactly: boolean): boolean =>
    to.perPodLabels.every(({ key, prefix, start }) => {
      const seen = labelOf(labels, key);
      return seen === undefined || seen === `${prefix}${start + replica}` || (!exactly && seen === unmentioned);
    });
  const targets = classesOf(to.id);
  const target = targets.find((c) => fits(c, true)) ?? targets.find((c) => fits(c, false));
  if (target === undefined) return reach.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id }, 'every');
  const others = classesOf(from.id).filter((c) => from.id !== to.id || c !== target || !c.lone.has(to.id));
  return quantify(
    others.map((c) => reach.betweenClasses(c.id, target.id)),
    'every',
  );
}
