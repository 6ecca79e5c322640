/** What a rule closes, so that claims can rest on it. */
export type RuleId =
  | 'host-namespaces'
  | 'host-paths'
  | 'host-ports'
  | 'privilege'
  | 'capabilities'
  | 'pool'
  | 'node-name'
  | 'labels-stay'
  | 'job-owner'
  | 'job-parts'
  | 'own-networks'
  | 'images'
  | 'taint'
  | 'node-name-elsewhere'
  | 'scheduler-elsewhere'
  | 'networks'
  | 'gke-interfaces'
  | 'fabric-keys';

/** One thing that admission refuses: in CEL, over the object and the request, true where the object may pass. */
export interface AdmissionRule {
  readonly id: RuleId;
  readonly expression: string;
  readonly message: string;
}
