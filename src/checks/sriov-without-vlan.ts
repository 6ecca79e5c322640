import { attachmentsOf } from '../attachments/attachments-of.ts';
import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { railNetwork, railPool, railTrainer } from './fabric-examples.ts';
import { namesOf, subjectsOf, trainingOf } from './subjects.ts';

export const check: Check = {
  slug: 'sriov-without-vlan',
  title: 'Virtual functions of training without a VLAN',
  severity: 'high',
  plane: 'fabric',
  why: 'RoCE is made by the network card: no NetworkPolicy and no MultiNetworkPolicy sees it. What keeps a virtual function apart is the VLAN that the card puts on its frames. Without one its frames go out untagged, and it may put any tag on them itself: it is on one wire with every pod, node and machine behind that port.',
  fix: 'Give the network of each zone a VLAN of its own (`vlan`), and let the port of the switch carry those VLANs alone.',
  sources: [
    'k8snetworkplumbingwg/sriov-cni docs/configuration-reference.md: vlan, 0 for disabled',
    'linux ip-link(8): vf NUM vlan; with VLAN 0 tagging and filtering by the card are off',
  ],
  example: {
    bad: documents(trainingNamespace, railTrainer, railPool, railNetwork('spoofChk: "on"')),
    good: documents(trainingNamespace, railTrainer, railPool, railNetwork('vlan: 100, spoofChk: "on"')),
  },
  *run(context) {
    const { snapshot } = context;
    for (const network of snapshot.secondary.networks) {
      if (network.plugin !== 'sriov' || (network.settings.vlan ?? 0) > 0) continue;
      const users = trainingOf(context).filter((w) => w.interfaces.some((i) => i.network === network.name));
      // A device on InfiniBand has partitions, and no VLAN.
      const onEthernet = users.filter((w) =>
        attachmentsOf(snapshot, w).some((a) => a.name === network.name && a.segments.some((s) => s.family === 'ethernet')),
      );
      if (onEthernet.length === 0) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${namesOf(onEthernet)} sends RoCE and packets untagged on network ${network.name}: nothing keeps it apart from others behind the same port.`,
        primary: within(network.settingsAt, 'vlan'),
        related: onEthernet.slice(0, 5).map((w) => ({ origin: w.origin, message: 'is attached to it' })),
        fix: 'Give the network a VLAN that is the zone’s alone.',
        subjects: subjectsOf(onEthernet),
      };
    }
  },
};
