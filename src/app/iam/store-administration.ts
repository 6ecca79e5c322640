import { type Pattern, readPattern } from '../../iam/pattern.ts';
import type { Policy, Statement } from '../../iam/policy.ts';
import { noPolicies } from '../../iam/policy-set.ts';
import { findText } from '../../iam/prover/find-text.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { ActionRange, KeyRange } from '../../iam/prover/region.ts';
import { Union } from '../../iam/prover/union.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { originIn } from '../../spec/zone.ts';
import { nothingAllowed } from './safety.ts';
import { type DataUser, exactly, podRegion } from './workload.ts';

/** What people know a takeover by: asked first. Source: minio/pkg policy/admin-action.go, sts-action.go, kms-action.go; Ceph documentation, radosgw IAM actions. */
const telling = [
  'admin:CreateUser',
  'admin:CreatePolicy',
  'admin:AttachUserOrGroupPolicy',
  'admin:ImportIAM',
  'sts:AssumeRole',
  'iam:CreateUser',
  'kms:CreateKey',
];

const syntax = { wildcards: 'anywhere', variables: false, ignoreCase: true } as const;
const ofS3 = new Union(0, [readPattern('s3:*', syntax)]);
const anyAction = readPattern('*:*', syntax);

/**
 * That keys of a store allow no action beside those of `s3`, whatever its name. Resources are not asked: MinIO asks none for what manages it.
 * Source: minio/pkg policy/statement.go (statements of admin and sts).
 */
export function administration(pod: DataUser, policies: readonly Policy[], keys: ReadonlyMap<string, KeyRange>): IamClaim {
  const { name } = pod.workload;
  const onAll = policies.map((p) => ({ ...p, statements: p.statements.flatMap(onAnyResource) }));
  const statements = onAll.flatMap((p) => p.statements);
  const found = beyondS3(statements);
  const actions = [...telling, ...found.names].map((action): ActionRange => ({ name: action, resources: [exactly('*')], keys: null }));
  const claim = nothingAllowed(
    new Prover({ ...noPolicies, account: pod.account, identity: onAll }),
    {
      id: `safety/iam-administration/${name}`,
      title: `${name} manages nothing of the store with its keys`,
      fix: 'name actions of s3 alone',
      evidence: ['any action that is not of s3, whatever its name'],
      origin: originIn(pod.zone, 'spec', 'workloads', pod.index, 'identity'),
    },
    [
      {
        regions: [podRegion(pod, keys, actions, [], { is: pod.account })],
        means: ({ action }) => `a pod of ${name} may ${action}, which is no action of s3: it may hand itself what the store holds`,
      },
    ],
  );
  const doubts = [...found.doubts, ...found.names.map((action) => `a statement allows ${action}, and whether others deny it each time is not known`)];
  return claim.status !== 'holds' || doubts.length === 0 ? claim : { ...claim, status: 'undecided', reasons: doubts, fix: 'name actions of s3 alone' };
}

/** What a statement says of actions that no resource is asked for. A denial on some resources is none of them. */
function onAnyResource(s: Statement): readonly Statement[] {
  const all = s.resource === null || (!s.resource.not && s.resource.patterns.some((p) => p.source === '*' || (p.source === 'arn:aws:s3:::*' && isOfAdmin(s))));
  return s.effect === 'Deny' && !all ? [] : [{ ...s, resource: null }];
}

function isOfAdmin({ action }: Statement): boolean {
  return !action.not && action.patterns.every((p) => p.source.toLowerCase().startsWith('admin:'));
}

/** For each pattern of an Allow an action that it matches, that is not of `s3` and that no statement denies whatever the request; where it can be, one that none denies at all. */
function beyondS3(statements: readonly Statement[]): { readonly names: readonly string[]; readonly doubts: readonly string[] } {
  const denials = statements.filter((s) => s.effect === 'Deny');
  const certain = denials.filter((s) => s.unsure === null && s.conditions.length === 0);
  const names = new Set<string>();
  const doubts = new Set<string>();
  for (const s of statements.filter((one) => one.effect === 'Allow'))
    for (const pattern of s.action.not ? [anyAction] : s.action.patterns) {
      const left = s.action.not ? s.action.patterns : [];
      const text = actionOf(pattern, left, denials) ?? actionOf(pattern, left, certain);
      if (text === undefined) doubts.add(`which actions ${pattern.source}, in ${s.policy}, allows was too long to search`);
      else if (text !== null) names.add(text);
    }
  return { names: [...names], doubts: [...doubts] };
}

function actionOf(pattern: Pattern, left: readonly Pattern[], denials: readonly Statement[]): string | null | undefined {
  const unions = (list: readonly (readonly Pattern[])[], from: number): readonly Union[] => list.map((patterns, i) => new Union(from + i, patterns));
  const spared = denials.filter((d) => d.action.not).map((d) => d.action.patterns);
  const denied = denials.filter((d) => !d.action.not).map((d) => d.action.patterns);
  return findText(unions([[pattern], [anyAction], ...spared], 1), [ofS3, ...unions([left, ...denied], 1000)]);
}
