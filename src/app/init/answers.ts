/**
 * Answers to the questions of `init`, as typed. Labels are `key=value,key=value`; lists are separated by commas; an empty text means none.
 * Data sets are `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, `azure://ACCOUNT/CONTAINER`, `pods://NAMESPACE/key=value:PORT`, each perhaps followed by a blank
 * and the access (`read`, `write-once`, `write-resume`, `rotate`).
 */
export interface InitAnswers {
  readonly name: string;
  readonly cni: string;
  readonly cloud: string;
  readonly region: string;
  readonly account: string;
  readonly namespace: string;
  readonly gpus: string;
  readonly pods: string;
  readonly nodeLabels: string;
  readonly taint: string;
  readonly workload: string;
  readonly selector: string;
  readonly framework: string;
  readonly transport: string;
  readonly serviceAccount: string;
  readonly role: string;
  readonly data: string;
  readonly protected: string;
  /** Google service account (e-mail) and Azure client id of the service account; not asked, only detected. */
  readonly gkeServiceAccount: string;
  readonly azureClientId: string;
  /** Pod Security level of the namespace, and why; not asked, only detected. */
  readonly podSecurity: string;
  readonly podSecurityNote: string;
  /** Pod CIDRs of the cluster, when all nodes tell theirs, else those that some tell; not asked, only detected. */
  readonly podRanges: string;
  readonly somePodRanges: string;
}

/** The answers of somebody who only presses Enter, with nothing detected. */
export const emptyAnswers: InitAnswers = {
  name: 'training',
  cni: 'kubernetes',
  cloud: 'none',
  region: '',
  account: '',
  namespace: 'ai-training',
  gpus: '',
  pods: '',
  nodeLabels: '',
  taint: '',
  workload: 'train',
  selector: 'workload-type=distributed-training',
  framework: '',
  transport: 'tcp',
  serviceAccount: '',
  role: '',
  data: '',
  protected: '',
  gkeServiceAccount: '',
  azureClientId: '',
  podSecurity: '',
  podSecurityNote: '',
  podRanges: '',
  somePodRanges: '',
};

/** `a=b, c=d` as pairs, in their order; parts without `=` have an empty value. */
export function labelPairs(text: string): readonly (readonly [string, string])[] {
  return listOf(text).map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
}

/** The non-empty parts between commas, trimmed. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
