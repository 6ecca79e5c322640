import { knownActions } from '../../iam/catalogue.ts';
import type { Prover } from '../../iam/prover/prove.ts';
import type { ActionRange, KeyRange } from '../../iam/prover/region.ts';
import type { IamClaim } from '../../model/iam-report.ts';
import { originIn } from '../../spec/zone.ts';
import { type Forbidden, nothingAllowed } from './safety.ts';
import { type AwsWorkload, exactly, podRegion, usesKey } from './workload.ts';

/** That a role uses no key but those of its data sets, and none of those under which data lies that it is not to read. */
export function keyClaim(pod: AwsWorkload, prover: Prover, keys: ReadonlyMap<string, KeyRange>): IamClaim {
  const { workload, zone, index, account, partition } = pod;
  const own = new Set(workload.data.flatMap((d) => d.s3?.kmsKey ?? []));
  const mine = new Set(workload.data.map(placeOf));
  const others = zone.zone.spec.workloads
    .flatMap((w) => w.data)
    .filter((d) => d.s3 !== null && d.s3.kmsKey !== null && own.has(d.s3.kmsKey) && !mine.has(placeOf(d)));
  const actions = knownActions(['kms'], partition).flatMap(({ range }) => (usesKey.has(range.name) ? [range] : []));
  const ask = (asked: readonly ActionRange[], except: readonly string[], only: string | null): Forbidden['regions'] =>
    [{ is: account }, { not: account }].map((owner) => {
      const region = podRegion(pod, keys, asked, except.map(exactly), owner);
      return only === null ? region : { ...region, resources: { some: [exactly(only)], none: [] } };
    });
  const claim = nothingAllowed(
    prover,
    {
      id: `safety/iam-keys/${workload.name}`,
      title: `${workload.name} uses ${own.size === 0 ? 'no key' : 'no key but those of its data sets, and decrypts nothing else with them'}`,
      fix: 'name the keys of the data sets in Resource, and give checkpoints a key of their own',
      evidence: [`${actions.length} actions of kms, on any key of any account`, own.size === 0 ? 'its data sets name no key' : [...own].join(', ')],
      origin: originIn(zone, 'spec', 'workloads', index, 'data'),
    },
    [
      {
        regions: ask(actions, [...own], null),
        means: ({ action, resource }) => `a pod of ${workload.name} may ${action} ${resource}, which is the key of none of its data sets`,
      },
      ...others.map(
        (data): Forbidden => ({
          regions: ask(
            actions.filter((a) => a.name === 'kms:Decrypt'),
            [],
            data.s3?.kmsKey ?? null,
          ),
          means: ({ resource }) => `a pod of ${workload.name} may decrypt with ${resource}, under which ${data.name} lies, too, which it is not to read`,
        }),
      ),
    ],
  );
  // A data set whose key the zone does not name may be under any.
  const unsaid = workload.data.filter((d) => d.s3 !== null && d.s3.endpoint === null && d.s3.kmsKey === null).map((d) => d.name);
  if (claim.status !== 'fails' || unsaid.length === 0 || claim.witnesses.some((w) => own.has(w.resource))) return claim;
  return {
    ...claim,
    status: 'undecided',
    reasons: [`the zone does not say under which key ${unsaid.join(', ')} lies, and the role uses one`],
    fix: 'give s3.kmsKey of the data sets, or remove the actions of kms',
  };
}

/** Where a data set lies: the same place under two names is one. */
function placeOf({ s3 }: AwsWorkload['workload']['data'][number]): string {
  return JSON.stringify([s3?.bucket, s3?.prefix, s3?.accessPoint]);
}
