import { decide } from '../../engine/decide.ts';
import type { DecidingRule, PartyAtom, PortAtom } from '../../model/certificate.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Decision, Endpoint } from '../../model/verdict.ts';
import { formatIp, type IpSet } from '../../space/ip-set.ts';

/** What the definition says about the packet that stands for two atoms on one port. */
export interface Decided {
  readonly decision: Decision;
  readonly rules: readonly DecidingRule[];
}

/** The packet that stands for two atoms: between their representatives, and between two distinct ones where both are the same atom. Null: there are no two. */
export function ends(from: PartyAtom, to: PartyAtom): readonly [Endpoint, Endpoint] | null {
  const [a, second] = from.representatives;
  const b = from === to ? second : to.representatives[0];
  return a === undefined || b === undefined ? null : [a, b];
}

/** Decides one packet of the certificate by the definition alone. */
export function decided(snapshot: Snapshot, profile: Profile, [from, to]: readonly [Endpoint, Endpoint], { protocol, representative }: PortAtom): Decided {
  const { decision, egress, ingress } = decide(snapshot, profile, { from, to, protocol, port: representative });
  const rules = [egress, ingress].flatMap(({ direction, steps }) =>
    steps.map(({ outcome, policy, origin }): DecidingRule => {
      const { file, index } = origin.document;
      return { direction, outcome, policy, file, document: index, path: origin.path };
    }),
  );
  return { decision, rules };
}

/**
 * Whether the claims of a zone need a pair: training at one end, and two ends that packets can have. A lone node to itself and outsiders among
 * themselves are nobody's claim.
 */
export function isNeeded(atoms: readonly PartyAtom[], training: ReadonlySet<number>, from: number, to: number): boolean {
  const [a, b] = [atoms[from], atoms[to]];
  return a !== undefined && b !== undefined && a.kind !== 'name' && (training.has(from) || training.has(to)) && ends(a, b) !== null;
}

/** The address that stands for a set: its lowest. The empty set has none, and gets no text. */
export function firstAddress({ v4: [first4], v6: [first6] }: IpSet): string {
  if (first4 !== undefined) return formatIp({ family: 4, value: first4[0] });
  return first6 === undefined ? '' : formatIp({ family: 6, value: first6[0] });
}
