import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { railNetwork, railTrainer } from './fabric-examples.ts';

export const check: Check = {
  slug: 'vf-trusted',
  title: 'A virtual function that may pose as another',
  severity: 'high',
  plane: 'fabric',
  why: 'With `trust: on` a pod may change the hardware address of its virtual function and listen to all multicast, and on some cards to everything; with spoof check off it may send under the address of another. A VLAN does not help against others in the same VLAN.',
  fix: 'Set `trust: "off"` and `spoofChk: "on"` (`spoofchk` in a NetworkAttachmentDefinition). What fails without them, such as bonding in the pod, belongs on the node.',
  sources: ['k8snetworkplumbingwg/sriov-cni docs/configuration-reference.md: trust, spoofchk', 'linux ip-link(8): vf NUM trust, spoofchk'],
  example: {
    bad: documents(trainingNamespace, railTrainer, railNetwork('vlan: 100, trust: "on", spoofChk: "off"')),
    good: documents(trainingNamespace, railTrainer, railNetwork('vlan: 100, trust: "off", spoofChk: "on"')),
  },
  *run({ snapshot }) {
    for (const network of snapshot.secondary.networks) {
      const { trust, spoofCheck } = network.settings;
      const faults = [...(trust === true ? ['trust is on'] : []), ...(spoofCheck === false ? ['the spoof check is off'] : [])];
      if (network.plugin !== 'sriov' || faults.length === 0) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `Pods on network ${network.name} may pose as others on the wire: ${faults.join(' and ')}.`,
        primary: within(network.settingsAt, trust === true ? 'trust' : 'spoofChk'),
        related: [],
        fix: 'Set trust to "off" and the spoof check to "on".',
        subjects: [network.name],
      };
    }
  },
};
