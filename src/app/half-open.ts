import { halfOpenRules } from '../checks/half-open-rules.ts';
import { missingRuleText } from '../checks/missing-rule.ts';
import type { Reachability } from '../engine/reach.ts';
import { believablePort } from '../engine/witness.ts';
import type { HalfOpenPassage } from '../model/scan-report.ts';
import type { Packet } from '../model/verdict.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';
import { workloadParty } from './blast-radius.ts';

/** Passages that a rule opens on one side while the other side stays shut, for pairs with a training workload at one end. */
export function halfOpenPassages(reach: Reachability, training: ReadonlySet<string>): readonly HalfOpenPassage[] {
  return halfOpenRules(reach, training).map(({ rule, from, to, ports, missing }) => {
    const egress = rule.rule.direction === 'egress';
    const [shut, verb] = egress ? [to, `an ingress rule that admits ${workloadTitle(from)}`] : [from, `an egress rule towards ${workloadTitle(to)}`];
    return {
      from: workloadParty(from),
      to: workloadParty(to),
      openSide: rule.rule.direction,
      ports: ports.toString(),
      example: packetOf(from, to, ports),
      missing: `${workloadTitle(shut)} needs ${verb}, ${missingRuleText(missing)}; ${rule.policy.id} opens the other side`,
      opener: rule.rule.origin,
      belongs: missing,
    };
  });
}

function packetOf(from: Workload, to: Workload, ports: TransportSet): Packet {
  const replica = from.id === to.id ? 1 : 0;
  return { from: { kind: 'pod', workload: from.id, replica: 0 }, to: { kind: 'pod', workload: to.id, replica }, ...believablePort(ports, to) };
}
