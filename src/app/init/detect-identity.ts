import { labelOf } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { InitAnswers } from './answers.ts';

type IdentityAnswers = Pick<InitAnswers, 'serviceAccount' | 'role' | 'gkeServiceAccount' | 'azureClientId'>;

const nobody: IdentityAnswers = { serviceAccount: '', role: '', gkeServiceAccount: '', azureClientId: '' };

/**
 * The service account that all of training uses, and the cloud identity that its annotations give: EKS, GKE, Azure, in this order, for a zone takes one.
 * Sources: Amazon EKS, IAM roles for service accounts; Google Cloud, Workload Identity Federation for GKE; Azure Workload Identity, Labels and
 * annotations: the webhook acts only on pods with its label.
 */
export function detectIdentity(snapshot: Snapshot, training: readonly Workload[]): IdentityAnswers {
  const [name, second] = [...new Set(training.map((workload) => workload.serviceAccount))];
  if (name === undefined || second !== undefined || name === 'default') return nobody;
  const account = snapshot.serviceAccounts.find((one) => one.namespace === training[0]?.namespace && one.name === name);
  const said = (key: string): string => (account === undefined ? '' : (labelOf(account.annotations, key) ?? ''));
  const role = said('eks.amazonaws.com/role-arn');
  const gkeServiceAccount = role === '' ? said('iam.gke.io/gcp-service-account') : '';
  const marked = training.every((workload) => labelOf(workload.labels, 'azure.workload.identity/use') === 'true');
  const clientId = role === '' && gkeServiceAccount === '' && marked ? said('azure.workload.identity/client-id') : '';
  return {
    serviceAccount: name,
    role,
    gkeServiceAccount,
    azureClientId: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId) ? clientId : '',
  };
}
