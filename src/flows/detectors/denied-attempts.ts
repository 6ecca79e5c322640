import { BoundedMap, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

const mostSenders = 20_000;
const mostTargets = 2000;
/** Distinct targets, address and port, that make a search of it rather than a mistake. */
const scanTargets = 20;
const named = 4;

/** Drops for which a policy is the reason, in the words of those who record. Others are the network's own. */
const byPolicy = /^(?:POLICY_DENIED|POLICY_DENY|AUTH_REQUIRED|REJECT|FIREWALL_DENIED|SECURITY_RULE|)$/;

export const detector: Detector = {
  slug: 'denied-attempts',
  title: 'A workload tried what policies do not let it',
  severity: 'high',
  why: 'What was dropped is what somebody tried: a job that lacks a rule, or a program that looks round. Many targets in a short time are a search.',
  fix: 'For a job that lacks a rule, ask flows suggest. For a search, stop the workload and keep its pods.',
  start() {
    const senders = new BoundedMap<{ readonly targets: BoundedMap<{ count: number }>; readonly seen: Sightings }>(mostSenders);
    return {
      add(flow, of) {
        if (flow.verdict !== 'dropped' || of === 'metadata' || !byPolicy.test(flow.reason)) return;
        const sender = senders.of(titleOf(flow.source), () => ({ targets: new BoundedMap(mostTargets), seen: new Sightings() }));
        if (sender === undefined) return;
        sender.seen.add(flow);
        const target = sender.targets.of(`${titleOf(flow.destination)} on ${flow.destination.port}/${flow.protocol}`, () => ({ count: 0 }));
        if (target !== undefined) target.count++;
      },
      done() {
        const signals = [...senders.entries()].map(([who, { targets, seen }]) => {
          const all = [...targets.entries()].sort(([, a], [, b]) => b.count - a.count);
          const isScan = all.length >= scanTargets;
          const most = all.slice(0, named).map(([target, { count }]) => `${target} (${count})`);
          return {
            severity: isScan ? ('high' as const) : ('medium' as const),
            confidence: isScan ? ('likely' as const) : ('certain' as const),
            message: `${who} was stopped ${seen.count} times at ${all.length}${targets.refused > 0 ? ' or more' : ''} targets${isScan ? `, as a search is (told from ${scanTargets})` : ''}: ${most.join(', ')}${all.length > named ? ` and ${all.length - named} more` : ''}.`,
            subjects: [who],
            measures: [
              { name: 'drops', value: seen.count, unit: 'count' as const, limit: 0 },
              { name: 'targets', value: all.length, unit: 'count' as const, limit: scanTargets },
            ],
            window: seen.window,
            samples: seen.samples,
          };
        });
        return { signals, gaps: senders.gaps('senders whose flows were dropped that were not followed') };
      },
    };
  },
};
