import { directoryOf } from '../../engine/directory.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { DriverIntent } from '../../spec/csi-driver.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { hygiene } from './hygiene-claim.ts';
import { type BoundZone, type Member, partyTitle } from './member.ts';
import { representativeKind } from './representatives.ts';

/** The pods of a CSI driver that are there, and one that stands for those to come. */
export function driverPods(reach: ClaimMatrix, { namespace, selector }: DriverIntent): readonly Member[] {
  return directoryOf(reach.snapshot)
    .inNamespace(namespace)
    .filter((w) => w.lifecycle !== 'finished' && representativeKind(w) !== 'possible' && selects(matchLabels(selector), w.labels))
    .map((workload) => ({ workload, intent: null, representative: representativeKind(workload), title: partyTitle(workload) }));
}

/** Where drivers fetch for the zone, their pods reach nothing that no policy opens: a pack for the training namespace alone would not touch that traffic. */
export function driverClaims(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  const drivers = new Map(zone.intents.workloads.flatMap((w) => w.drivers).map((driver) => [driver.name, driver]));
  return [...drivers.values()].map((driver) => {
    const pods = driverPods(reach, driver);
    const wrong = pods
      .filter(({ workload }) => !reach.isolated(workload.id, 'egress'))
      .map(({ title, workload }) => `${title} is not under default deny for egress${workload.hostNetwork ? ' (host network)' : ''}`);
    return hygiene(
      zone,
      driver.path,
      `driver-default-deny/${driver.name}`,
      `pods of ${driver.title} in ${driver.namespace}, which fetch data of the zone, are under default deny for egress`,
      { wrong, missing: [], evidence: [`${pods.length} sorts of pod`] },
      `apply the pack's policies of namespace ${driver.namespace}`,
    );
  });
}
