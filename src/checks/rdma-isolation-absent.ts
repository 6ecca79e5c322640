import { poolsOf } from '../attachments/physical.ts';
import type { SecondaryNetwork } from '../model/secondary-network.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { railNetwork, railPool, railTrainer } from './fabric-examples.ts';
import { namesOf, subjectsOf, trainingOf } from './subjects.ts';

export const check: Check = {
  slug: 'rdma-isolation-absent',
  title: 'RDMA devices that other pods of the node can open',
  severity: 'medium',
  plane: 'fabric',
  why: 'The kernel shares RDMA devices between network namespaces unless it is told otherwise: a pod that has the character device of one virtual function then sees the RDMA devices of the others on its node, and their addresses. Only with `rdma system set netns exclusive` on the node, and a network that moves the device into the pod, is a device the pod’s alone.',
  fix: 'Set `rdmaIsolation: true` on an ib-sriov network; put the plugin `rdma` behind `sriov` in the chain (`metaPlugins` of a SriovNetwork); and set the nodes to `rdma system set netns exclusive`.',
  sources: [
    'k8snetworkplumbingwg/rdma-cni README: exclusive mode, chained plugin',
    'k8snetworkplumbingwg/ib-sriov-cni README: rdmaIsolation',
    'linux drivers/infiniband/core/device.c: netns_mode, shared by default',
  ],
  example: {
    bad: documents(trainingNamespace, railTrainer, railPool, railNetwork('vlan: 100')),
    good: documents(trainingNamespace, railTrainer, railPool, railNetwork(`vlan: 100, metaPlugins: '{"type": "rdma"}'`)),
  },
  *run(context) {
    for (const network of context.snapshot.secondary.networks) {
      if (network.settings.rdmaIsolation || !speaksRdma(context.snapshot, network)) continue;
      const users = trainingOf(context).filter((w) => w.interfaces.some((i) => i.network === network.name));
      if (users.length === 0) continue;
      yield {
        severity: 'medium',
        confidence: 'likely',
        message: `The RDMA device that ${namesOf(users)} gets on network ${network.name} is not moved into the pod: other pods with RDMA on the node may open it.`,
        primary: network.settingsAt,
        related: [],
        fix:
          network.plugin === 'ib-sriov'
            ? 'Set rdmaIsolation to true, and the nodes to exclusive mode.'
            : 'Put the plugin rdma behind sriov in the chain, and set the nodes to exclusive mode.',
        subjects: subjectsOf(users),
      };
    }
  },
};

/** InfiniBand always does; a function on Ethernet where its pool says so. */
function speaksRdma(snapshot: Snapshot, { plugin, settings }: SecondaryNetwork): boolean {
  if (plugin === 'ib-sriov') return true;
  return plugin === 'sriov' && settings.resource !== null && poolsOf(snapshot, settings.resource).some((p) => p.rdma === true);
}
