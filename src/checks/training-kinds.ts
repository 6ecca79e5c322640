import { appWrapper } from '../jobs/app-wrapper.ts';
import { expanders } from '../jobs/registry.gen.ts';

/** A kind whose objects make training pods. `label` is what its operator writes on each pod to name the object, where it does. */
export interface TrainingKind {
  readonly group: string;
  readonly kind: string;
  readonly label: string | null;
  readonly source: string;
}

/** Kinds of training operators that nothing reads yet. */
const notRead: readonly TrainingKind[] = [
  ...['DaskCluster', 'DaskJob'].map((kind) => ({
    group: 'kubernetes.dask.org',
    kind,
    label: 'dask.org/cluster-name',
    source: 'dask/dask-kubernetes dask_kubernetes/operator/controller/controller.py',
  })),
];

/** Kinds that training operators own. */
export const trainingKinds: readonly TrainingKind[] = [
  ...expanders.flatMap(({ kinds, training }) => (training === undefined ? [] : kinds.map((k) => ({ ...k, ...training })))),
  appWrapper,
  ...notRead,
];
