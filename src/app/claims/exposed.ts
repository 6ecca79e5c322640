import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { ExposurePath } from '../../model/exposure-report.ts';
import { waysIn } from '../exposure/paths.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import type { BoundZone, Member } from './member.ts';

/** The most ways in that evidence and reasons name. */
const named = 8;

/**
 * A claim that nothing else reaches training, looked at from outside: Ingress, Gateway API, Route and Services that lead to the zone's pods. A way that is open
 * is named beside the packet that shows it. A way of which the input does not tell all keeps the claim from holding; one that only the pod's own node could
 * take does not, as everywhere in this claim.
 */
export function alsoFromOutside(reach: ClaimMatrix, zone: BoundZone, claim: ClaimResult): ClaimResult {
  const { doors, ingresses, routes, openshiftRoutes } = reach.snapshot.exposure;
  if ([doors, ingresses, routes, openshiftRoutes].every((entries) => entries.length === 0)) return claim;
  const members = new Map(zone.members.filter((m) => m.representative !== 'possible').map((m) => [m.workload.id, m]));
  const { paths } = waysIn(reach, { fronts: false, only: (w) => members.has(w.id) });
  const ways = [...paths].flatMap(([id, list]) => list.map((path) => ({ member: members.get(id) as Member, path })));
  // What pods of the zone itself may dial is for the other half of this claim to say.
  const foreign = ways.filter(({ path }) => path.controllerPods.length === 0 || path.controllerPods.some((id) => !members.has(id)));
  const open = foreign.filter(({ path }) => path.verdict === 'allowed');
  const doubtful = foreign.filter(({ path }) => path.verdict === 'unknown' && !path.ownNodeOnly);
  const others = foreign.filter(({ path }) => path.verdict === 'denied' || path.ownNodeOnly);
  const status = open.length > 0 ? 'fails' : claim.status === 'holds' && doubtful.length > 0 ? 'undecided' : claim.status;
  const doubts = doubtful.map(({ member, path }) => `not known whether it is reached from outside: ${wayText(path, member)}${missing(path)}`);
  const evidence = [
    ...claim.evidence,
    ...cut(open.map(({ member, path }) => `exposed: ${wayText(path, member)}`)),
    ...cut(
      others.map(
        ({ member, path }) => `leads here, and policies shut it: ${wayText(path, member)}${path.ownNodeOnly ? "; from the pod's own node they could not" : ''}`,
      ),
    ),
    // What fails needs no doubts beside what shows it.
    ...(status === 'fails' ? cut(doubts) : []),
  ];
  if (status === claim.status && (status === 'fails' || doubtful.length === 0)) return { ...claim, evidence };
  const reasons = [
    ...claim.reasons,
    ...(status === 'fails' ? cut(open.map(({ member, path }) => `reached from outside: ${wayText(path, member)}`)) : cut(doubts)),
  ];
  const fix = claim.fix ?? 'take the Ingress, the route or the Service away, or give the manifests of the controller that serves it';
  return { ...claim, status, evidence, reasons, fix, origin: claim.origin ?? within(zone.loaded.origin, 'spec', 'namespace') };
}

/** `Ingress ml/board → ingress-nginx (IngressClass nginx) → Service ml/board → trainer on TCP 6006`. */
function wayText({ entry, controller, service, ports }: ExposurePath, member: Member): string {
  const hosts = entry.hosts.length === 0 ? '' : ` (${entry.hosts.slice(0, 3).join(', ')}${entry.hosts.length > 3 ? ', …' : ''})`;
  return `${entry.id}${hosts} → ${controller}${entry.kind === 'Service' ? '' : ` → Service ${service}`} → ${member.title} on ${ports}`;
}

function missing(path: ExposurePath): string {
  const [gap] = path.gaps;
  return gap === undefined ? '' : `: ${gap.text}; ${gap.mend}`;
}

function cut(lines: readonly string[]): readonly string[] {
  return lines.length <= named ? lines : [...lines.slice(0, named), `and ${lines.length - named} more ways`];
}
