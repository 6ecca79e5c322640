import { nameLanguage } from '../../spec/cni.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { Need } from '../../spec/need.ts';
import { usesRdma } from '../../spec/pod-security.ts';
import type { TrainingZone } from '../../spec/zone.ts';

/** Where common guides go wrong and this pack does not. `why` says what would break or leak; `source` is where the fact comes from. */
export interface Correction {
  readonly common: string;
  readonly here: string;
  readonly why: string;
  readonly source: string;
}

interface Trap extends Correction {
  readonly concerns: (zone: TrainingZone, intents: ZoneIntents) => boolean;
}

/** The corrections that concern this zone, in the order of the pack's files. */
export function corrections(zone: TrainingZone, intents: ZoneIntents): readonly Correction[] {
  return traps.filter((trap) => trap.concerns(zone, intents));
}

const always = (): boolean => true;
const needs =
  (test: (need: Need, workload: WorkloadIntent) => boolean) =>
  (_zone: TrainingZone, intents: ZoneIntents): boolean =>
    intents.workloads.some((workload) => workload.needs.some((need) => test(need, workload)));
const byName = (need: Need): boolean => need.targets.some((target) => target.kind === 'names');
const byAddress = (need: Need): boolean => need.purpose === 'storage' && need.targets.some((target) => target.kind === 'addresses');

const traps: readonly Trap[] = [
  {
    concerns: (zone) => zone.spec.workloads.some(usesRdma) && zone.spec.namespace.podSecurity === null,
    common: 'Pod Security `restricted` with `drop: [ALL]` on RDMA pods.',
    here: 'The namespace enforces `privileged` and still warns at `restricted`; the template fragment drops all capabilities and adds back `IPC_LOCK` alone.',
    why: 'Registering memory with an RDMA device needs locked memory. Without `IPC_LOCK` the job stops at `ibv_reg_mr`, and neither `restricted` nor `baseline` lets a pod add it.',
    source: 'Kubernetes documentation, Pod Security Standards, Capabilities',
  },
  {
    concerns: (zone) => zone.spec.namespace.quota?.gpus !== null && zone.spec.namespace.quota !== null,
    common: 'Quota on `limits.nvidia.com/gpu` beside the one on requests.',
    here: 'Quota on `requests` alone.',
    why: 'An extended resource cannot be overcommitted, so its quota exists for requests only; the other line counts nothing.',
    source: 'Kubernetes documentation, Resource Quotas, extended resources',
  },
  {
    concerns: (_zone, intents) => intents.workloads.some((workload) => workload.peers.pinned === null),
    common: 'Workers may reach each other on 29500 and 29501 only.',
    here: 'Every TCP port between workers, in both directions.',
    why: 'Those ports carry the rendezvous store alone. NCCL and Gloo listen on ports that the kernel picks, and it cannot be foretold who dials whom: with fixed ports every multi-pod job hangs.',
    source: 'nccl src/misc/socket.cc and bootstrap.cc; gloo transport/tcp/device.cc; pytorch dynamic_rendezvous.py',
  },
  {
    concerns: (_zone, intents) => intents.workloads.some((workload) => workload.peers.pinned !== null),
    common: 'A port range in the policy, and nothing that makes the job use it.',
    here: 'The `endPort` rule comes with the sysctl `net.ipv4.ip_local_port_range` in the template fragment, with variables for what the sysctl does not move (Open MPI, PaddlePaddle), and with the fixed ports of the framework.',
    why: 'NCCL, Gloo and torch have no variable for a range: the sysctl alone holds them to one. Rule, sysctl and variables must agree, or the job hangs; the check `pinned-ports-out-of-step` and `ringfence verify` say which does not.',
    source: 'NCCL user guide, networking troubleshooting; Kubernetes documentation, safe sysctls; open-mpi/ompi opal/mca/btl/tcp/btl_tcp_component.c',
  },
  {
    concerns: needs((need) => need.purpose === 'dns'),
    common: 'DNS over UDP, or DNS beside other peers in one rule.',
    here: 'UDP and TCP 53, to the DNS pods and to nothing else.',
    why: 'Long answers come over TCP. A wider peer on port 53 is a tunnel to any resolver.',
    source: 'RFC 7766',
  },
  {
    concerns: (_zone, intents) => nameLanguage(intents.cni) === 'cilium' && needs(byName)(_zone, intents),
    common: '`toFQDNs` rules without a DNS rule, or with one that lets every name through.',
    here: 'The DNS rule filters names: the outside hosts of this zone exactly, and names under the cluster’s own domains. A name rule of its own opens the hosts, on TCP 443 and with the TLS server name.',
    why: 'Cilium learns the addresses of a name from the answers its DNS proxy sees; without a DNS rule `toFQDNs` allows nothing. A filter that lets any name pass leaves DNS open as a way out. UDP 443 stays shut, because QUIC shows no server name.',
    source: 'cilium Documentation/security/policy/layer3.rst; cilium#31803',
  },
  {
    concerns: (_zone, intents) =>
      nameLanguage(intents.cni) === 'cilium' && needs((need) => need.tenancy === 'own' && byName(need) && need.purpose === 'storage')(_zone, intents),
    common: 'A rule on the bucket’s host name taken for a rule on the bucket.',
    here: 'The exact host with its TLS server name, and this warning.',
    why: 'Name rules are enforced by address, and every tenant of the front end shares the addresses. Only an identity control (endpoint policy, bucket policy) can say whose bucket.',
    source: 'cilium#31803; AWS data perimeter documentation',
  },
  {
    concerns: needs((need) => need.tenancy === 'shared-front-end' && need.purpose === 'storage'),
    common: 'Opening the storage front end and calling the data safe.',
    here: 'Opened as the zone asks, and listed below as not covered.',
    why: 'This front end serves every tenant under the same names or addresses: data can leave to anybody’s bucket until an identity control forbids it.',
    source: 'Cloud Storage documentation, request endpoints; AWS documentation, VPC endpoint policies',
  },
  {
    concerns: needs(byAddress),
    common: 'Broad CIDRs for cloud storage, as they come.',
    here: 'Each CIDR with exceptions for metadata services, protected addresses and the cluster’s own ranges inside it.',
    why: 'A broad range often holds what must stay shut; where a rule covers the metadata service, a pod silently becomes its node.',
    source: 'kubernetes/api networking/v1 IPBlock; EC2 user guide, instance metadata',
  },
  {
    concerns: needs((need) => need.id.startsWith('data/') && need.targets.some((target) => target.kind === 'pods')),
    common: 'The port of the storage Service.',
    here: 'The port that the storage pods listen on.',
    why: 'Policies are judged after Service translation. Where `port` and `targetPort` differ, a rule on the Service’s port opens nothing.',
    source: 'cilium and Kubernetes documentation: policy applies to pods, not to Services',
  },
  {
    concerns: needs((need) => need.id === 'credentials/irsa'),
    common: 'An IAM role on the ServiceAccount, and no rule for STS.',
    here: 'STS is open to exactly these pods, and the regional endpoint is asked for; the instance metadata service stays shut.',
    why: 'Without STS nothing fails at start: the first S3 call hangs. With the metadata service open, a failing role falls through to that of the node: it works, as the wrong identity.',
    source: 'botocore credentials.py; EKS best practices, identity',
  },
  {
    concerns: needs((need) => need.id === 'credentials/pod-identity'),
    common: 'An `ipBlock` for 169.254.170.23 whatever the CNI.',
    here: 'The form that this CNI sees: the entity `host` on Cilium, an `ipBlock` elsewhere; port 80 only.',
    why: 'On Cilium the agent’s address belongs to the node, which no CIDR rule matches.',
    source: 'cilium#34387',
  },
  {
    concerns: (zone) => zone.spec.workloads.some((workload) => workload.data.some((data) => data.access !== 'read' && data.s3 !== null)),
    common: '`Deny s3:*` with `NotResource` naming the training data alone.',
    here: 'Roles are allowed exactly what each data set needs, reading and writing apart; no policy here denies by `NotResource`.',
    why: 'An explicit deny wins: with only the data bucket excepted, saving checkpoints is denied whatever else allows it.',
    source: 'IAM user guide, policy evaluation logic',
  },
  {
    concerns: (zone) => zone.spec.nodes !== null,
    common: 'A taint on the GPU nodes, as a `Node` manifest, and a toleration.',
    here: 'Commands that label and taint your nodes, and a fragment with toleration *and* required node affinity.',
    why: 'A taint keeps others out and does not keep training in: a pod that tolerates may still run anywhere. Node objects belong to the kubelet, and a manifest without a name cannot be applied.',
    source: 'Kubernetes documentation, Taints and Tolerations; Assigning Pods to Nodes',
  },
  {
    concerns: always,
    common: 'Service account tokens in every training pod.',
    here: '`automountServiceAccountToken: false`.',
    why: 'Training does not talk to the API server; a stolen token does.',
    source: 'Kubernetes documentation, Configure Service Accounts for Pods',
  },
];
