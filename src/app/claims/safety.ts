import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { excessesOf } from './alike-members.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { alsoFromOutside } from './exposed.ts';
import { inwardParts } from './inward.ts';
import { safetyClaim } from './judge.ts';
import type { BoundZone, Member } from './member.ts';
import { outwardParts } from './outward.ts';
import { wholePicture } from './picture.ts';
import { protectedClaims } from './protected.ts';

/** Training reaches only what the zone names; protected zones are out of reach; nothing else reaches training; nothing is missing from the picture. */
export function safetyClaims(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  const { namespace, workloads } = zone.intents;
  const outward = outwardParts(reach, zone);
  const undeclared = zone.members.filter((m) => m.intent === null);
  return [
    ...workloads.map((intent) => {
      const members = zone.members.filter((m) => m.intent === intent);
      return safetyClaim(reach, excessesOf(reach, 'egress', members, outward), {
        id: `safety/reaches-only/${intent.name}`,
        title: `${intent.name} reaches only its peers, its data and the services it names`,
        evidence: [looked(members)],
        fix: egressFix,
        origin: within(zone.loaded.origin, ...intent.path),
      });
    }),
    safetyClaim(reach, excessesOf(reach, 'egress', undeclared, outward), {
      id: 'safety/undeclared-pods-reach-nothing',
      title: `pods of ${namespace} that the zone does not describe reach nothing`,
      evidence: [looked(undeclared)],
      fix: egressFix,
      origin: within(zone.loaded.origin, 'spec', 'namespace'),
    }),
    ...protectedClaims(reach, zone),
    alsoFromOutside(
      reach,
      zone,
      safetyClaim(reach, excessesOf(reach, 'ingress', zone.members, inwardParts(reach, zone)), {
        id: 'safety/nothing-else-reaches-training',
        title: `nothing outside ${namespace}${butClients(zone)} reaches training`,
        evidence: [looked(zone.members), 'a pod stays open to its own node (kubelet, and whatever a Service sends through that node); that path is ungoverned'],
        fix: 'remove or narrow the ingress rule that the packet used, or add default deny for ingress where none selects the pod',
        origin: within(zone.loaded.origin, 'spec', 'namespace'),
      }),
    ),
    ...wholePicture(reach, zone),
  ];
}

function butClients({ intents }: BoundZone): string {
  const names = [...new Set(intents.workloads.flatMap((w) => w.clients.map((c) => c.name)))];
  return names.length === 0 ? '' : ` but ${names.join(', ')}`;
}

const egressFix = 'remove or narrow the rule that the packet used, or add default deny for egress where none selects the pod';

function looked(members: readonly Member[]): string {
  const real = members.filter((m) => m.representative === null).length;
  const standIns = members.length - real;
  return `${real} workload${real === 1 ? '' : 's'} of the input and ${standIns} representative${standIns === 1 ? '' : 's'} of pods to come, against everything else in the picture`;
}
