import { BoundedMap, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

const mostSenders = 20_000;

export const detector: Detector = {
  slug: 'metadata-reached',
  title: 'A pod talked to the metadata service of its node',
  severity: 'high',
  why: 'The metadata service hands out the credentials of the node, which as a rule may do more than any pod should. Where it was tried and stopped, something in the pod wants them.',
  fix: 'Shut 169.254.169.254 (and fd00:ec2::254) for pods, and give them an identity of their own: IRSA, Pod Identity, Workload Identity.',
  start() {
    const senders = new BoundedMap<{ readonly reached: Sightings; readonly stopped: Sightings }>(mostSenders);
    return {
      add(flow, of) {
        if (of !== 'metadata') return;
        const sender = senders.of(titleOf(flow.source), () => ({ reached: new Sightings(), stopped: new Sightings() }));
        (flow.verdict === 'dropped' ? sender?.stopped : sender?.reached)?.add(flow);
      },
      done() {
        const signals = [...senders.entries()].map(([who, { reached, stopped }]) => {
          const isOpen = reached.count > 0;
          const seen = isOpen ? reached : stopped;
          return {
            severity: isOpen ? ('high' as const) : ('medium' as const),
            confidence: 'certain' as const,
            message: isOpen
              ? `${who} talked to the metadata service: ${reached.count} flows got through${stopped.count > 0 ? `, ${stopped.count} were dropped` : ''}.`
              : `${who} tried the metadata service and was stopped, ${stopped.count} times.`,
            subjects: [who],
            measures: [
              { name: 'reached', value: reached.count, unit: 'count' as const, limit: 0 },
              { name: 'stopped', value: stopped.count, unit: 'count' as const, limit: null },
            ],
            window: seen.window,
            samples: seen.samples,
          };
        });
        return { signals, gaps: senders.gaps('senders to the metadata service that were not followed') };
      },
    };
  },
};
