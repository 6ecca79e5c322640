import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/policy.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { annotatedControl } from './annotated.ts';
import type { Check, CheckContext } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { nameText, peerNames } from './names.ts';
import { concernsTraining, enforcedPolicies, governedTraining, subjectOf } from './subjects.ts';

/** Names of an interface endpoint of S3, with and without a zone. Source: AWS PrivateLink for Amazon S3, endpoint-specific DNS names. */
const endpointName = /(?:^|[.*])(vpce-[0-9a-z-]{1,60})\.s3\.[a-z0-9-]{1,40}\.vpce\.amazonaws\.com(?:\.cn)?$/;

const host = 'my-bucket.bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com';
const policy = (more: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`,
  ).replace('{name: storage,', `{name: storage,${more}`);

export const check: Check = {
  slug: 'endpoint-policy-unstated',
  title: 'S3 through an endpoint whose policy nobody tells',
  severity: 'medium',
  plane: 'identity',
  why: 'An endpoint of S3 leads to every bucket there is, and its policy, when nobody writes one, lets every caller use every bucket. Whoever runs code in the pod then brings keys of their own, or an address that they signed elsewhere, and writes to their own bucket through your endpoint: your IAM policies are never asked, for the caller is not yours. No manifest shows the policy of an endpoint.',
  fix: 'Give the endpoint a policy that asks for your organization of the caller *and* of the bucket (the pack writes one: `iam/endpoint-s3.json`), check it with `ringfence iam verify`, and say so: `tenantControl: endpoint-policy` in the zone, which the pack writes on its policies, or the annotation `ringfence.dev/tenant-control: endpoint-policy` on your own.',
  sources: [
    'AWS PrivateLink documentation, endpoint policies: the default policy allows full access',
    'aws-samples/data-perimeter-policy-examples vpc_endpoint_policies/s3_endpoint_policy.json',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy(' annotations: {ringfence.dev/tenant-control: endpoint-policy},')),
  },
  *run(context) {
    let said = false;
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      const found = policy.rules.flatMap((rule) =>
        rule.action === 'allow' && rule.direction === 'egress' ? endpointsOf(rule).map((id) => ({ rule, id })) : [],
      );
      const [first] = found;
      if (first === undefined) continue;
      said = true;
      if (annotatedControl(context, policy) !== null) continue;
      yield finding(`${policy.id} lets training reach S3 through`, [...new Set(found.map(({ id }) => id))], first.rule.origin, policy.namespace ?? policy.name);
    }
    // Where a rule names the endpoint, the rule is the place to say it; where rules know addresses alone, the job's own variables tell.
    if (!said) for (const workload of governedTraining(context)) yield* pointed(context, workload);
  },
};

function* pointed(context: CheckContext, workload: Workload): Generator<Omit<Finding, 'check'>> {
  const controlled = enforcedPolicies(context).some((policy) => concernsTraining(context, policy) && annotatedControl(context, policy) !== null);
  if (controlled) return;
  for (const { env } of workload.pod.containers) {
    const value = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']
      .map((key) => (Object.hasOwn(env, key) ? env[key] : null))
      .find((text) => typeof text === 'string');
    const id = typeof value === 'string' && URL.canParse(value) ? endpointName.exec(new URL(value).hostname)?.[1] : undefined;
    if (id === undefined) continue;
    yield finding(`${workloadTitle(workload)} is pointed at S3 through`, [id], workload.origin, subjectOf(workload));
    return;
  }
}

function endpointsOf(rule: Rule): readonly string[] {
  const names = [...peerNames(rule).map(nameText), ...(rule.application?.serverNames ?? [])];
  return names.flatMap((name) => endpointName.exec(name.toLowerCase())?.[1] ?? []);
}

function finding(who: string, ids: readonly string[], primary: Rule['origin'], subject: string): Omit<Finding, 'check'> {
  return {
    severity: 'medium',
    confidence: 'possible',
    message: `${who} ${ids.length === 1 ? `endpoint ${ids[0]}` : `endpoints ${ids.slice(0, 3).join(', ')}`}, and nothing says whose buckets its policy lets through: keys or signed addresses of a stranger may write to a stranger’s bucket there.`,
    primary,
    related: [],
    fix: 'Write an endpoint policy on the organization of caller and bucket, and annotate the policy with ringfence.dev/tenant-control: endpoint-policy.',
    subjects: [subject],
  };
}
