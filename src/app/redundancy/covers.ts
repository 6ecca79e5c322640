import { blockSet } from '../../engine/addresses.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';

/** Rules of a policy beside which none of `others` has, for the same pods, a rule that says at least as much, whoever the peer turns out to be. */
export function uncovered(policy: Policy, rules: readonly Rule[], others: readonly Policy[]): Rule[] {
  const union = policy.evaluation === 'deny-wins';
  const about = stableJson(policy.subject);
  const beside = others.filter(
    (p) => union && p.evaluation === 'deny-wins' && p.tier.id === policy.tier.id && p.order === policy.order && stableJson(p.subject) === about,
  );
  return rules.filter((rule) => !beside.some((p) => p.rules.some((other) => covers(other, rule))));
}

/** Whether one rule matches all that another does, by their text alone. */
function covers(wide: Rule, narrow: Rule): boolean {
  if (wide.direction !== narrow.direction || wide.action !== narrow.action || stableJson(wide.application) !== stableJson(narrow.application)) return false;
  const { peers, ports, condition } = wide;
  if (condition !== undefined && condition !== narrow.condition) return false;
  const peersCovered = peers === null || narrow.peers?.every((p) => peers.some((other) => coversPeer(other, p))) === true;
  return peersCovered && (ports === null || narrow.ports?.every((p) => ports.some((other) => coversPort(other, p))) === true);
}

function coversPeer(wide: Peer, narrow: Peer): boolean {
  if (stableJson(wide) === stableJson(narrow)) return true;
  if (wide.kind !== 'cidr' || narrow.kind !== 'cidr') return false;
  return ipIsEmpty(ipSubtract(blockSet(narrow.cidr, narrow.except), blockSet(wide.cidr, wide.except)));
}

function coversPort(wide: PortMatch, narrow: PortMatch): boolean {
  if (stableJson(wide) === stableJson(narrow)) return true;
  const sameProtocol = wide.protocol === narrow.protocol || (wide.protocol === 'ANY' && !['ICMP', 'OTHER'].includes(narrow.protocol));
  if (!sameProtocol || wide.port === null) return sameProtocol;
  if (typeof wide.port !== 'number' || typeof narrow.port !== 'number') return false;
  return wide.port <= narrow.port && (narrow.endPort ?? narrow.port) <= (wide.endPort ?? wide.port);
}
