import { BoundedMap, type Detector, Sightings } from '../detector.ts';
import { titleOf } from '../ends.ts';

const mostSenders = 20_000;

/** Whose work it is to talk to the API server. */
const systems = /^(?:kube-|cilium|calico|tigera|gatekeeper|kyverno|cert-manager|istio|flux|argo|monitoring|openshift-|gmp-|gke-|amazon-|azure-)/;

export const detector: Detector = {
  slug: 'apiserver-reached',
  title: 'A workload talks to the API server',
  severity: 'low',
  why: 'Training needs no API server, but for launchers and elastic jobs; a token in the pod and a way there is how one compromised pod becomes many.',
  fix: 'Shut the way to the API server for pods that do not need it, and set automountServiceAccountToken: false.',
  start() {
    const senders = new BoundedMap<Sightings>(mostSenders);
    return {
      add(flow, of) {
        if (of !== 'apiserver' || flow.verdict === 'dropped' || flow.source.kind !== 'pod' || systems.test(flow.source.namespace)) return;
        senders.of(titleOf(flow.source), () => new Sightings())?.add(flow);
      },
      done() {
        const signals = [...senders.entries()].map(([who, seen]) => ({
          severity: 'low' as const,
          confidence: 'certain' as const,
          message: `${who} talks to the API server: ${seen.count} flows.`,
          subjects: [who],
          measures: [{ name: 'flows', value: seen.count, unit: 'count' as const, limit: 0 }],
          window: seen.window,
          samples: seen.samples,
        }));
        return { signals, gaps: senders.gaps('senders to the API server that were not followed') };
      },
    };
  },
};
