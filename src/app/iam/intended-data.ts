import type { LoadedZone } from '../../spec/zone.ts';
import { awsWorkload, type OwnData } from './workload.ts';

/** What a zone says of a ServiceAccount: which data sets it is to have with which role. */
export interface Intended {
  readonly zone: string;
  /** The role that the zone names; null: it names none that can be told. */
  readonly role: string | null;
  /** Empty for any other role than that: nothing is meant to be done with it. */
  readonly data: readonly OwnData[];
}

/** What the zones say of a ServiceAccount (`namespace/name`) with a role; null where none of them knows it. */
export function intendedFor(zones: readonly LoadedZone[], serviceAccount: string, role: string | null): Intended | null {
  for (const loaded of zones) {
    const { metadata, spec } = loaded.zone;
    const mine = spec.workloads.flatMap((w, index) =>
      `${spec.namespace.name}/${w.identity?.serviceAccount}` === serviceAccount ? [awsWorkload(loaded, index)] : [],
    );
    if (mine.length === 0) continue;
    const told = mine.filter((w) => typeof w !== 'string');
    return { zone: metadata.name, role: told[0]?.role ?? null, data: told.filter((w) => w.role === role).flatMap((w) => w.data) };
  }
  return null;
}
