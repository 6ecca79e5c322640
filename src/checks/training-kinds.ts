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
  { group: 'workload.codeflare.dev', kind: 'AppWrapper', label: 'workload.codeflare.dev/appwrapper', source: 'project-codeflare/appwrapper api/v1beta2' },
];

/** Kinds that training operators own. */
export const trainingKinds: readonly TrainingKind[] = [
  ...expanders.flatMap(({ kinds, training }) => (training === undefined ? [] : kinds.map((k) => ({ ...k, ...training })))),
  ...notRead,
];
