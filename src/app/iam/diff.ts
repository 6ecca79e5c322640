import { actionData } from '../../iam/actions.gen.ts';
import { type KnownService, knownActions, storageServices } from '../../iam/catalogue.ts';
import { decide } from '../../iam/decide.ts';
import { noPolicies, type PolicySet } from '../../iam/policy-set.ts';
import { Prover } from '../../iam/prover/prove.ts';
import { anyText, type CallerRange, type Region } from '../../iam/prover/region.ts';
import type { IamChange, IamDiffReport } from '../../model/iam-diff-report.ts';
import { otherServices } from './other-services.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole, trustOfRole } from './role-policies.ts';
import { rolesOf, someAccount } from './roles.ts';
import { sessionsNamed } from './trust-region.ts';
import { callerText, witnessOf } from './witness.ts';
import { exactly } from './workload.ts';

const compares: readonly KnownService[] = [...storageServices, 'iam', 'kms', 'sts'];

/** One side of a comparison. */
export interface Side {
  readonly title: string;
  readonly read: PoliciesRead;
}

/** What each role may do, and who may become it, on one side and not on the other: over all requests. `role` is whose policies are that do not say. Pure. */
export function diffIdentities(before: Side, after: Side, role: string | null): IamDiffReport {
  const roles = rolesOf([before.read, after.read], role);
  const comparisons = roles.flatMap((arn) => [...comparedRole(arn, before.read, after.read), ...comparedTrust(arn, before.read, after.read)]);
  return {
    before: before.title,
    after: after.title,
    roles,
    changes: distinct(comparisons.flatMap((c) => c.changes)),
    untold: [...new Set([...comparisons.flatMap((c) => c.untold), ...roles.flatMap((arn) => otherServices(arn, before.read, after.read, compares))])],
    taken: [...before.read.taken, ...after.read.taken],
    assumptions: [
      `Actions are those of object storage, iam, kms and sts, as in iam-data ${actionData.version}; no others are compared.`,
      'Keys that policies mention may be absent or have any value; keys without a policy of their own leave all to the account, and resources of other accounts let everybody in.',
      ...(roles.some((arn) => arn.split(':')[4] === someAccount) ? [`Roles of which only a name is known are taken to be of account ${someAccount}.`] : []),
    ],
  };
}

/** A change in the own account and the same in others are told once. */
function distinct(changes: readonly IamChange[]): readonly IamChange[] {
  const seen = new Set<string>();
  return changes.filter(({ role, change, witness }) => {
    const key = [role, change, witness.caller, witness.action, witness.resource].join(' ');
    return !seen.has(key) && seen.add(key);
  });
}

interface Compared {
  readonly changes: readonly IamChange[];
  readonly untold: readonly string[];
}

function comparedRole(role: string, before: PoliciesRead, after: PoliciesRead): readonly Compared[] {
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const actions = knownActions(compares, partition).map((a) => a.range);
  const set = (read: PoliciesRead): PolicySet => policiesOfRole(read, role, { account, need: false });
  const callers: readonly CallerRange[] = [{ kind: 'one', caller: { type: 'AWS', arn: role, session: null } }];
  return [{ is: account }, { not: account }].map((owner) =>
    compared(role, set(before), set(after), { callers, actions, resources: anyText, owner, keys: new Map(), otherKeys: 'free', partition }),
  );
}

/** Who becomes the role: every provider and service that either side names, and callers of this account and of others. */
function comparedTrust(role: string, before: PoliciesRead, after: PoliciesRead): readonly Compared[] {
  const sides = [trustOfRole(before, role), trustOfRole(after, role)] as const;
  if (sides.every((s) => s.length === 0)) return [];
  if (sides.some((s) => s.length === 0)) return [{ changes: [], untold: [`who becomes ${role}: its trust policy is on one side alone`] }];
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const set = (resources: PolicySet['resources']): PolicySet => ({ ...noPolicies, account, identity: null, resources, unseenHandsOn: true });
  const named = sides.flat().flatMap((p) => p.statements.flatMap((s) => s.principal?.principals ?? []));
  const ids = (type: 'Federated' | 'Service'): readonly string[] => [...new Set(named.flatMap((p) => (p.type === type ? [p.id] : [])))];
  const one = (type: 'Federated' | 'Service', id: string): CallerRange => ({ kind: 'one', caller: { type, id } });
  const region = (callers: readonly CallerRange[], names: readonly string[]): Region => ({
    callers,
    actions: knownActions(['sts'], partition).flatMap(({ range }) =>
      names.includes(range.name) ? [{ ...range, resources: [exactly(role)], keys: null }] : [],
    ),
    resources: anyText,
    owner: { is: account },
    keys: new Map(),
    otherKeys: 'free',
    partition,
  });
  const federated = ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'];
  const regions = [
    ...ids('Federated').map((id) => region([one('Federated', id)], federated)),
    ...ids('Service').map((id) => region([one('Service', id)], ['sts:AssumeRole', 'sts:TagSession'])),
    region([{ kind: 'one', caller: { type: 'Anonymous' } }], federated),
    ...sessionsNamed(sides.flat()).map((caller) => region([{ kind: 'one', caller }], ['sts:AssumeRole', 'sts:TagSession'])),
    ...[{ is: account }, { not: account }].map((of) =>
      region(
        [
          { kind: 'roles', of },
          { kind: 'users', of },
        ],
        ['sts:AssumeRole', 'sts:TagSession'],
      ),
    ),
  ];
  return regions.map((r) => compared(role, set(sides[0]), set(sides[1]), r));
}

function compared(role: string, before: PolicySet, after: PolicySet, region: Region): Compared {
  const changes: IamChange[] = [];
  const untold: string[] = [];
  for (const [change, here, there] of [
    ['gained', after, before],
    ['lost', before, after],
  ] as const) {
    const prover = new Prover(here, there);
    for (const { action, alike } of prover.classes(region.actions)) {
      const answer = prover.some({ ...region, actions: [action] });
      if (answer.kind === 'unknown')
        untold.push(`${alike.slice(0, 3).join(', ')}: whether ${role.slice(role.lastIndexOf('/') + 1)} ${change} it is not known: ${answer.why}`);
      if (answer.kind !== 'some') continue;
      const { request, verdict } = answer;
      const story = `${callerText(request.caller)} ${change === 'gained' ? 'may now' : 'may no longer'} ${request.action} ${request.resource}`;
      const { decision, because, steps } = witnessOf(request, decide(request, there), [], '');
      changes.push({ role, change, witness: witnessOf(request, verdict, alike, story), other: { decision, because, steps } });
    }
  }
  return { changes, untold };
}
