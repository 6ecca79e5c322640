import { identitiesOfJobs, isExcludedLabel } from '../../model/identity-labels.ts';
import { nameLanguage, namesNeed } from '../../spec/cni.ts';
import type { ZoneIntents } from '../../spec/intents.ts';
import { podSecurityOf, usesRdma } from '../../spec/pod-security.ts';
import type { TrainingZone } from '../../spec/zone.ts';
import { filtersDns } from './dns-filter.ts';

/** One thing that the pack does not hold shut, and what does. */
export interface Uncovered {
  readonly what: string;
  readonly why: string;
}

/** What stays open or unproven with the whole pack in force. */
export function uncovered(zone: TrainingZone, intents: ZoneIntents): readonly Uncovered[] {
  const needs = intents.workloads.flatMap((workload) => [...workload.needs, ...workload.drivers.flatMap((d) => d.needs)]);
  const names = needs.some((need) => need.targets.some((target) => target.kind === 'names'));
  const need = namesNeed(intents.cni);
  const byCilium = nameLanguage(intents.cni) === 'cilium';
  const rdma = [...new Set(zone.spec.workloads.filter(usesRdma).map((workload) => workload.collectives.transport))];
  const rails = (zone.spec.fabric?.roce?.rails ?? []).length > 0;
  const perJob = zone.spec.workloads.filter((w) => w.peers === 'same-job' && w.jobs.length > 0).map((w) => w.jobLabel);
  const identities = [...new Set(perJob)].map((key) => identitiesOfJobs(intents.cni, key, isExcludedLabel(key))).filter((text) => text !== '');
  const list: (Uncovered | false)[] = [
    podSecurityOf(zone.spec) === 'restricted' && {
      what: 'Init containers that operators add',
      why: 'The namespace refuses pods that ask for more than `restricted`, and the Kubeflow training operator adds `init-pytorch` to the workers of a PyTorchJob with a master, without a securityContext. Start it with `--pytorch-init-container-template-file`, or run such jobs elastic or with Kubeflow Trainer.',
    },
    {
      what: 'Identity in force',
      why: 'Policies of identity are made from the zone and not compared with what the account has: another policy on the same role, or another role that trusts these pods, widens them.',
    },
    rdma.length > 0 && {
      what: `RDMA (${rdma.join(', ')})`,
      why: 'RDMA traffic meets no NetworkPolicy. Partition keys, VLANs or security groups and nodes of their own keep it apart.',
    },
    zone.spec.fabric?.infiniband != null && {
      what: 'The fabric in force',
      why: 'Partitions are made from the zone; what the subnet manager makes of them, and what else is on the fabric, `ringfence fabric audit` compares.',
    },
    zone.spec.monitoring === null && { what: 'Alerts', why: 'Nobody is told when traffic is refused.' },
    {
      what: 'Host network',
      why: 'Pods with `hostNetwork: true`, and processes on the nodes, are outside NetworkPolicy, and they reach the metadata service. Pod Security (`baseline` or `restricted`) and the policies of `admission/` keep new pods of training from it; pods that run already, and those of other namespaces, are not looked at.',
    },
    zone.spec.workloads.some((w) => w.data.some((data) => data.through === 'node')) && {
      what: 'Data that the node fetches',
      why: 'Mounts with `through: node` are made by the node, on its own network and with its own identity: no policy here governs that traffic, and none is made. Keep the store to these nodes by its own means (security groups, exports, keys).',
    },
    { what: 'The pod’s own node', why: 'Kubelets must probe pods: traffic from a pod’s own node is always let in.' },
    rails && {
      what: 'RDMA on the rails',
      why: 'The MultiNetworkPolicies of `25-rails.yaml` govern TCP and UDP on the rails, where an implementation is installed that looks after `sriov`. RDMA verbs are not governed by them: the network card makes RoCE, and only its VLAN keeps it apart. That the switch carries this VLAN to the zone’s ports alone, and that nodes run `rdma system set netns exclusive`, is not in any manifest. Without the kinds NetworkAttachmentDefinition and MultiNetworkPolicy in the cluster that file is refused: install Multus, multi-networkpolicy, sriov-cni and rdma-cni first.',
    },
    { what: 'Second interfaces', why: 'NetworkPolicy governs the pod’s main interface only: Multus, SR-IOV and the like pass it by.' },
    intents.workloads.some((workload) => workload.peers.groups.some((group) => group.job !== null)) && {
      what: 'Between jobs of one namespace',
      why: `The label of a job can be written on any pod: whoever may create pods here can join it. Who must not meet needs a namespace of their own.${identities.length === 0 ? '' : ` ${identities.join(' ')}`}`,
    },
    {
      what: 'DNS',
      why: intents.workloads.every((workload) => filtersDns(intents.cni, workload.needs))
        ? 'Only names of this zone pass the filter, but their answers travel through the cluster’s resolver like any other.'
        : 'Pods may ask the resolver for any name, so data can be spelled into look-ups. Use a CNI that filters names, or a resolver that does not forward.',
    },
    names &&
      need !== null && {
        what: 'Rules on names',
        why: need,
      },
    names && {
      what: 'Addresses behind names',
      why: byCilium
        ? 'A name is opened by the addresses it resolved to, on every pod of the node that shares the rule; other sites on these addresses are held off by the TLS server name alone.'
        : 'A name is opened by the addresses it resolved to, and every other site on these addresses with it.',
    },
    {
      what: 'Start-up window',
      why: 'Some network plugins attach policies only some time after a pod starts. Check yours before you rely on the first seconds.',
    },
    { what: 'Connections that exist already', why: 'Some network plugins cut only new connections. Restart running jobs after the pack is applied.' },
    { what: 'IPv6', why: 'Rules on pods and names hold for both address families; listed CIDRs hold for their own family only, and the other stays shut.' },
    zone.spec.workloads.every((w) => w.clients.length === 0) && {
      what: 'Scraping',
      why: 'Nothing outside may connect to training pods: Prometheus no longer scrapes them. Push metrics, or scrape on the nodes.',
    },
    zone.spec.nodes !== null && {
      what: 'Who labels nodes',
      why: 'A node may label itself, and so draw training to it, unless the label begins with `node-restriction.kubernetes.io/`, which the API server lets no kubelet write. Whoever may create `pods/binding` places pods where they like.',
    },
    { what: 'Who may change this', why: 'Anyone who may write policies, labels or namespaces can undo it. Guard them with RBAC and admission.' },
  ];
  return list.filter((entry) => entry !== false);
}
