import { labelsFor } from '../../engine/label-space.ts';
import { type LabelSelector, selectorText } from '../../model/labels.ts';
import type { Peer, Policy, Rule } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Why something matches nothing. `ever`: nothing that could be created would match either. `but` says what would. */
export interface Deadness {
  readonly because: string;
  readonly ever: boolean;
  readonly but: string | null;
}

/** Why a policy is about no pod. */
export function deadSubject({ subject }: Policy): Deadness {
  const selector = subject.kind === 'pods' ? subject.match.pods : subject.selector;
  return deadSelector(selector, 'selects', 'no pod of the input is selected by it');
}

/** Why a rule matches no packet, where that can be told from the rule and the pods of the input. */
export function deadRule(snapshot: Snapshot, { peers, ports }: Rule): Deadness {
  if (peers?.length === 0 || ports?.length === 0) return { because: 'it lists no peer, or no port', ever: true, but: null };
  const pods = (peers ?? []).flatMap((p) => (p.kind === 'pods' ? [deadSelector(p.match.pods, 'names', 'no pod of the input is among its peers')] : []));
  if (peers !== null && pods.length === peers.length) {
    const [first] = pods;
    if (first !== undefined && pods.every((d) => d.ever)) return first;
  }
  const names = (ports ?? []).flatMap((p) => (typeof p.port === 'string' ? [p.port] : []));
  const absent = names.filter((name) => !snapshot.workloads.some((w) => w.ports.some((p) => p.name === name)));
  if (ports !== null && absent.length > 0 && absent.length === ports.length)
    return { because: `no container of the input has a port called ${[...new Set(absent)].join(', ')}`, ever: false, but: 'a pod with such a port' };
  const alive = pods.find((d) => !d.ever);
  if (alive !== undefined && (peers ?? []).every(isPods)) return { ...alive, because: 'no packet between parties of the input matches it' };
  return { because: 'no packet between parties of the input matches it', ever: false, but: 'parties to come' };
}

function isPods(peer: Peer): boolean {
  return peer.kind === 'pods';
}

function deadSelector(selector: LabelSelector, verb: string, otherwise: string): Deadness {
  const found = labelsFor([{ selector, holds: true }]);
  if (found === 'none')
    return { because: `its selector ${selectorText(selector)} contradicts itself: it ${verb} no pod that there could be`, ever: true, but: null };
  const labels = found === 'undecided' ? [] : Object.entries(found).map(([key, value]) => `${key}=${value}`);
  return { because: otherwise, ever: false, but: labels.length === 0 ? 'a pod to come' : `a pod to come with the labels ${labels.join(', ')}` };
}
