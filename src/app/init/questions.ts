import { cnis } from '../../spec/cni.ts';
import { frameworkNames } from '../../spec/pinned-ports.ts';
import type { InitAnswers } from './answers.ts';

/** One question. `default` counts when nothing is typed; `choices` is empty when any text will do. */
export interface InitQuestion {
  readonly id: keyof InitAnswers;
  readonly text: string;
  readonly default: string;
  readonly explain: string;
  readonly choices: readonly string[];
}

const asked: readonly Omit<InitQuestion, 'default'>[] = [
  { id: 'name', text: 'Name of the zone', explain: 'Lower-case letters, digits and dashes.', choices: [] },
  {
    id: 'cni',
    text: 'What enforces policies',
    explain: 'kubernetes is any CNI that enforces NetworkPolicy; a name without a version is the newest one that is known.',
    choices: cnis,
  },
  { id: 'cloud', text: 'Cloud', explain: 'Names the storage and credential endpoints.', choices: ['aws', 'gcp', 'azure', 'none'] },
  { id: 'region', text: 'Region', explain: 'Such as us-east-1; empty when there is none.', choices: [] },
  { id: 'namespace', text: 'Namespace of training', explain: 'It belongs to this zone alone: everything in it is shut by default.', choices: [] },
  { id: 'selector', text: 'Labels of the training pods', explain: 'key=value, separated by commas.', choices: [] },
  {
    id: 'framework',
    text: 'Framework',
    explain: 'Empty: read off the job.',
    choices: ['', ...frameworkNames],
  },
  {
    id: 'transport',
    text: 'What carries the collectives',
    explain: 'RDMA traffic meets no NetworkPolicy; set-up goes over TCP in any case.',
    choices: ['tcp', 'infiniband', 'roce', 'efa'],
  },
  { id: 'nodeLabels', text: 'Labels of the training nodes', explain: 'key=value, separated by commas; empty: training may run anywhere.', choices: [] },
  { id: 'taint', text: 'Taint of the training nodes', explain: 'KEY=VALUE:EFFECT; it keeps other pods out.', choices: [] },
  { id: 'gpus', text: 'GPUs in all', explain: 'Quota of the namespace; empty: none.', choices: [] },
  { id: 'pods', text: 'Pods in all', explain: 'Quota of the namespace; empty: none.', choices: [] },
  {
    id: 'serviceAccount',
    text: 'Service account of the training pods',
    explain: 'Empty: no cloud identity, and no credential endpoint is opened.',
    choices: [],
  },
  { id: 'role', text: 'IAM role ARN (IRSA)', explain: 'Empty: the service account has none.', choices: [] },
  {
    id: 'data',
    text: 'Data',
    explain:
      's3://BUCKET/PREFIX, gs://BUCKET, azure://ACCOUNT/CONTAINER or pods://NAMESPACE/key=value:PORT, each perhaps with read, write-once, write-resume or rotate, separated by commas.',
    choices: [],
  },
  { id: 'protected', text: 'Namespaces that training must never reach', explain: 'Names, separated by commas.', choices: [] },
];

export function questionList(answers: InitAnswers): readonly InitQuestion[] {
  return asked.map((question) => ({ ...question, default: answers[question.id] }));
}
