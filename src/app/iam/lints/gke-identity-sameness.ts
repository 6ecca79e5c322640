import type { Lint } from './lint.ts';

const pool = 'projects/123456789012/locations/global/workloadIdentityPools/ml.svc.id.goog';
const bindings = (member: string): string =>
  `${JSON.stringify({ version: 3, bindings: [{ role: 'roles/storage.objectViewer', members: [member] }] }, null, 2)}\n`;

export const lint: Lint = {
  slug: 'gke-identity-sameness',
  title: 'A ServiceAccount that is the same in every cluster of the project',
  severity: 'info',
  plane: 'identity',
  why: 'A project has one pool of identities. The member for a namespace and a ServiceAccount is the same principal in each cluster of the project: whoever may make that namespace in a test cluster has what training has in the one that counts.',
  fix: 'Give clusters that are not trusted alike projects of their own, or bind the ServiceAccount’s UID (`…/kubernetes.serviceaccount.uid/UID`), which no other cluster has.',
  alike: [],
  sources: ['GKE documentation, Workload Identity Federation: identity sameness'],
  example: {
    bad: bindings(`principal://iam.googleapis.com/${pool}/subject/ns/ai-training/sa/training-job`),
    good: bindings(`principal://iam.googleapis.com/${pool}/kubernetes.serviceaccount.uid/4d3a2b1c-0000-4000-8000-000000000000`),
  },
  *run({ read }) {
    for (const { member, role, name, origin } of read.members) {
      const account = sameEverywhere(member);
      if (account === null) continue;
      yield {
        severity: 'info',
        confidence: 'possible',
        message: `${role} goes to ServiceAccount ${account} of every cluster of the project: whoever makes it in another one has the same.`,
        primary: origin,
        related: [],
        fix: 'Keep clusters that are not trusted alike in projects of their own, or bind the UID of the ServiceAccount.',
        subjects: [name],
      };
    }
  },
};

/** Source: GKE documentation, principal identifiers, and members of linked service accounts. */
function sameEverywhere(member: string): string | null {
  const subject = /^principal:\/\/iam\.googleapis\.com\/[^ ]{1,300}\.svc\.id\.goog\/subject\/ns\/([a-z0-9-]{1,63})\/sa\/([a-z0-9.-]{1,253})$/.exec(member);
  const linked = /^serviceAccount:[a-z0-9:.-]{1,100}\.svc\.id\.goog\[([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})\]$/.exec(member);
  const found = subject ?? linked;
  return found === null ? null : `${found[1]}/${found[2]}`;
}
