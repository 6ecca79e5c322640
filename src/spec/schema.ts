import { z } from 'zod';
import type { NameIntent } from '../model/name-intent.ts';
import { cnis } from './cni.ts';
import { awsAccount, dataSet, region } from './data-schema.ts';
import { fabricSchema } from './fabric-schema.ts';
import { maybe } from './maybe.ts';
import { monitoringSchema } from './monitoring-schema.ts';
import { frameworkNames } from './pinned-ports.ts';
import { cidrs, dnsLabel, domainName, hostName, ipAddress, labelKey, labels, labelValue, plain, port, selector, shown } from './text.ts';
import type { PortSpan, TrainingZone, ZoneTaint } from './zone.ts';

/**
 * The schema of a TrainingZone. Unknown keys are errors at every level; every field carries the description that the docs and the published JSON
 * Schema print; the defaults are the safe choice. Rules that need more than one field are in `consistency.ts`.
 */

const dns = z.strictObject({
  namespace: dnsLabel.default('kube-system').describe('Namespace of the cluster DNS pods.'),
  selector: selector.default({ 'k8s-app': 'kube-dns' }).describe('Labels of the cluster DNS pods. CoreDNS carries k8s-app: kube-dns on most distributions.'),
  nodeLocal: maybe(ipAddress).describe(
    'Address of a DNS resolver that is not a pod: NodeLocal DNSCache (169.254.20.10) or GKE Cloud DNS (169.254.169.254). Port 53 only is opened.',
  ),
  domain: domainName.default('cluster.local').describe("The cluster's DNS domain."),
  searchDomains: maybe(z.array(domainName)).describe(
    'Search domains that pods inherit from their node, so that a name filter lets those look-ups fail properly. Default: what nodes of the cloud inherit (ec2.internal or REGION.compute.internal, internal on GCP, internal.cloudapp.net on Azure), else none.',
  ),
});

const endpointId = z
  .string()
  .regex(/^vpce-[0-9a-f]{8,17}$/, { error: (issue) => `expected the id of a VPC endpoint (vpce-0123456789abcdef0), found ${shown(issue.input)}` });

const platform = z.strictObject({
  cni: z
    .enum(cnis)
    .describe(
      'What enforces the policies, with or without a version (cilium, calico@3.32; docs/profiles.md lists them). kubernetes: any CNI that enforces NetworkPolicy. Rules on DNS names are written for antrea, cilium, eks and gke.',
    ),
  cloud: z.enum(['aws', 'gcp', 'azure', 'oci', 'none']).default('none').describe('Where the cluster runs.'),
  region: maybe(region).describe('Cloud region; names the storage and credential endpoints.'),
  cluster: maybe(plain(100)).describe('Name of the cluster, for people.'),
  account: maybe(awsAccount).describe('AWS account id, in quotes. Completes an IRSA role that is given by name.'),
  organization: maybe(
    z.string().regex(/^o-[a-z0-9]{10,32}$/, { error: (issue) => `expected the id of an AWS organization (o-…), found ${shown(issue.input)}` }),
  ).describe('AWS organization, for endpoint policies and perimeters.'),
  oidcIssuer: maybe(
    z.string().regex(/^https:\/\/[a-z0-9.-]{1,253}(\/[A-Za-z0-9._~/-]{0,500})?$/, {
      error: (issue) => `expected the issuer as the cluster says it (https://oidc.eks.us-east-1.amazonaws.com/id/…), found ${shown(issue.input)}`,
    }),
  ).describe("OIDC issuer of the cluster's service account tokens, exactly as in its tokens: trust policies (IRSA) and federated credentials (Azure) name it."),
  vpcEndpoints: maybe(z.strictObject({ s3: maybe(endpointId), sts: maybe(endpointId) })).describe(
    'Ids of the VPC endpoints of S3 and STS, for policies that let requests come through them alone.',
  ),
  project: maybe(
    z.strictObject({
      id: z
        .string()
        .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { error: (issue) => `expected a Google Cloud project id, found ${shown(issue.input)}` })
        .describe('Project of the cluster; names its workload identity pool.'),
    }),
  ).describe('Google Cloud project, for the bindings of Workload Identity Federation.'),
  resourceGroup: maybe(
    z.strictObject({
      subscription: z.guid().describe('Subscription of the storage accounts.'),
      name: plain(90).describe('Resource group of the storage accounts.'),
    }),
  ).describe('Azure resource group, for role assignments.'),
  compartment: maybe(
    z.strictObject({
      name: plain(100).describe('Compartment of the buckets.'),
      clusterId: plain(255).describe('OCID of the cluster.'),
    }),
  ).describe('OCI compartment and cluster, for the policy of OKE workload identity.'),
  ranges: z
    .strictObject({
      pods: cidrs.default([]).describe('CIDRs that pods get their addresses from.'),
      nodes: cidrs.default([]).describe('CIDRs of the nodes.'),
      services: cidrs.default([]).describe('CIDRs of ClusterIPs.'),
    })
    .prefault({})
    .describe("The cluster's own address ranges. Empty: not known, and claims that need them stay undecided."),
  dns: dns.prefault({}).describe('Where pods resolve names.'),
});

const quota = z.strictObject({
  gpus: maybe(z.int().min(0)).describe('GPUs that all pods of the namespace may request together.'),
  pods: maybe(z.int().min(0)).describe('Pods that may exist in the namespace at once.'),
  resource: labelKey
    .default('nvidia.com/gpu')
    .describe('Extended resource that counts GPUs. Only its requests can be limited: extended resources have no separate limits quota.'),
  extra: z.record(z.string(), z.string()).default({}).describe('More entries of ResourceQuota spec.hard, as the API takes them, values in quotes.'),
});

const namespace = z.strictObject({
  name: dnsLabel.describe('The namespace that training runs in. It belongs to this zone alone.'),
  labels: labels.default({}).describe('Labels the Namespace carries beside those that are made.'),
  quota: maybe(quota).describe('ResourceQuota of the namespace. Left out: none is made.'),
  podSecurity: maybe(z.enum(['restricted', 'baseline', 'privileged'])).describe(
    'Pod Security level to enforce. Default: restricted; privileged where a workload uses RDMA, because pinning memory needs IPC_LOCK, which both other levels forbid.',
  ),
});

const taint = z
  .string()
  .max(400)
  .transform((text, context): ZoneTaint => {
    const effectAt = text.lastIndexOf(':');
    const effect = text.slice(effectAt + 1);
    const [key = '', value = ''] = (effectAt < 0 ? '' : text.slice(0, effectAt)).split('=', 2);
    if (!labelKey.safeParse(key).success || !labelValue.safeParse(value).success || !isEffect(effect)) {
      context.addIssue({ code: 'custom', message: `expected a taint such as workload-type=training:NoSchedule, found ${shown(text)}`, input: text });
      return z.NEVER;
    }
    return { key, value, effect };
  });

function isEffect(text: string): text is ZoneTaint['effect'] {
  return text === 'NoSchedule' || text === 'PreferNoSchedule' || text === 'NoExecute';
}

const nodes = z.strictObject({
  labels: selector.describe('Labels of the training nodes; pods are bound to them by node affinity.'),
  taint: maybe(taint).describe('Taint of the training nodes, KEY=VALUE:EFFECT. It keeps other pods out; the affinity keeps training in.'),
  exclusive: z
    .boolean()
    .default(true)
    .describe('Whether nothing but this zone may run on these nodes. Nodes share RDMA devices, so a zone can be no finer than a node.'),
  sharedWith: z
    .array(dnsLabel)
    .default(['kube-system'])
    .describe(
      'Namespaces whose pods may run there all the same: node software such as CNI, device plugins and node exporters. What they can do, they can do on every training node.',
    ),
});

const admission = z.strictObject({
  engine: z
    .enum(['kubernetes', 'kyverno', 'gatekeeper'])
    .default('kubernetes')
    .describe(
      'What refuses pods that the zone does not want: kubernetes (ValidatingAdmissionPolicy of the API server, 1.30 or later; nothing to install), kyverno (1.17 or later) or gatekeeper (3.17 or later). The rules are the same.',
    ),
  images: z.enum(['any', 'by-digest']).default('any').describe('Whether images of training pods must be named by digest. A tag may be another image tomorrow.'),
});

const collectivePorts = z
  .union([z.literal('any'), z.string().max(11)], { error: () => 'expected any, or a range such as 50000-52000' })
  .transform((text, context): PortSpan | null => {
    if (text === 'any') return null;
    const [low, high, rest] = text.split('-');
    const span = { low: Number(low), high: Number(high) };
    if (rest !== undefined || !/^[1-9]\d{0,4}$/.test(low ?? '') || !/^[1-9]\d{0,4}$/.test(high ?? '') || span.low > span.high || span.high > 65535) {
      context.addIssue({
        code: 'custom',
        message: `expected any, or a range such as 50000-52000 (1 to 65535, low end first), found ${shown(text)}`,
        input: text,
      });
      return z.NEVER;
    }
    return span;
  });

const collectives = z.strictObject({
  backend: z.enum(['nccl', 'gloo', 'mpi', 'other']).default('nccl').describe('Library of the collectives. All of them listen on ports that the kernel picks.'),
  transport: z
    .enum(['tcp', 'infiniband', 'roce', 'efa'])
    .default('tcp')
    .describe('What carries the data. Set-up always goes over TCP, whatever carries the data; RDMA traffic meets no NetworkPolicy.'),
  ports: collectivePorts
    .default(null)
    .describe(
      'any (the default): every TCP port between peers. LOW-HIGH: only that range, which the pods must be pinned to by the sysctl net.ipv4.ip_local_port_range, and Open MPI and PaddlePaddle by variables as well; the pack has both.',
    ),
});

const identity = z.strictObject({
  serviceAccount: dnsLabel.describe('ServiceAccount of the pods.'),
  irsa: maybe(
    z.strictObject({
      role: plain(2048).describe('Role ARN, or a role name together with platform.account.'),
      cidrs: cidrs.default([]).describe('Addresses of STS (best: an interface endpoint), for a CNI that knows no names.'),
    }),
  ).describe('EKS IAM roles for service accounts. Needs STS.'),
  podIdentity: maybe(z.strictObject({ role: maybe(plain(2048)).describe('Role ARN of the association, for the README.') })).describe(
    'EKS Pod Identity. Needs the agent on 169.254.170.23.',
  ),
  gke: maybe(
    z.strictObject({
      serviceAccount: plain(320).describe('E-mail of the Google service account.'),
      dataplane: z
        .enum(['v2', 'v1'])
        .default('v2')
        .describe('GKE Dataplane V2, or the older one with Calico; they reach the metadata server at different addresses.'),
    }),
  ).describe('Workload Identity Federation for GKE.'),
  azure: maybe(
    z.strictObject({
      clientId: z.guid().describe('Client id of the managed identity or application.'),
      cidrs: cidrs.default([]).describe('Addresses of Microsoft Entra ID, for a CNI that knows no names.'),
    }),
  ).describe('Azure Workload Identity. Needs login.microsoftonline.com, or that of the sovereign cloud that platform.region names.'),
  oke: maybe(
    z.strictObject({
      cidrs: cidrs
        .refine((list) => list.length > 0, { error: () => 'expected at least one address of the API endpoint' })
        .describe('Addresses of the API endpoint of the cluster, as pods reach it after Service translation.'),
    }),
  ).describe("OKE workload identity. Needs port 12250 of the cluster's API endpoint."),
  keys: maybe(
    z.strictObject({
      secret: dnsLabel.describe('Secret that holds the access key.'),
    }),
  ).describe('Access keys of an S3-compatible store, static or from its own STS, which answers at the host and port of the store: nothing more is opened.'),
});

const host = z
  .union([hostName, z.strictObject({ oneLabelUnder: domainName }), z.strictObject({ anyDepthUnder: domainName })], {
    error: () => 'expected a host name such as api.example.com, {oneLabelUnder: example.com} or {anyDepthUnder: example.com}',
  })
  .transform((asked): NameIntent => {
    if (typeof asked === 'string') return { kind: 'exact', name: asked };
    return 'oneLabelUnder' in asked ? { kind: 'one-label-under', domain: asked.oneLabelUnder } : { kind: 'any-depth-under', domain: asked.anyDepthUnder };
  });

const service = z.union(
  [
    z
      .string()
      .min(1)
      .max(100)
      .transform((profile) => ({ profile, hosts: [] as string[], cidrs: [] as string[] })),
    z.strictObject({
      profile: z.string().min(1).max(100).describe('Name of the egress profile (docs/services.md).'),
      hosts: z.array(hostName).default([]).describe('Host names, for a profile that has none of its own: your package index, your tracking server.'),
      cidrs: cidrs.default([]).describe('Addresses, for a CNI that knows no names.'),
    }),
    z.strictObject({
      name: dnsLabel.describe('Name of the service; names its policy.'),
      pods: maybe(z.strictObject({ namespace: dnsLabel, selector })).describe('Pods in this cluster.'),
      hosts: z
        .array(host)
        .default([])
        .describe(
          'Outside host names: exactly (api.example.com), or {oneLabelUnder: example.com} for a.example.com alone, or {anyDepthUnder: example.com} for a.b.example.com as well. What the CNI cannot say exactly is refused. Under a domain, whoever answers for a name decides which address opens, so that claims about addresses stay undecided.',
        ),
      cidrs: cidrs.default([]).describe('Addresses, on their own or for a CNI that knows no names.'),
      port: port.default(443).describe('TCP port (for pods: the port they listen on).'),
    }),
  ],
  { error: () => 'expected the name of an egress profile (such as wandb-offline), {profile, hosts, cidrs}, or {name, port} with pods, hosts or cidrs' },
);

const workload = z.strictObject({
  name: dnsLabel.describe('Name of the workload; names its policies.'),
  selector: selector.describe("Labels of the workload's pods."),
  framework: maybe(z.enum(frameworkNames)).describe(
    'Training framework. Left out: read off the job. What is named counts beside what the job starts, and in place of what its variables and images suggest.',
  ),
  collectives: collectives.prefault({}).describe('How workers talk to each other.'),
  peers: z
    .enum(['same-job', 'same-workload', 'namespace'])
    .default('same-workload')
    .describe(
      'Who counts as a peer. same-workload: all pods of the selector. same-job: one policy a job, so the jobs must be listed. namespace: every pod of the namespace.',
    ),
  jobs: z.array(dnsLabel).default([]).describe('Names of the jobs, for peers: same-job.'),
  jobLabel: labelKey
    .default('training.kubeflow.org/job-name')
    .describe(
      'Pod label that carries the job name, for peers: same-job (batch Jobs: batch.kubernetes.io/job-name; JobSet and TrainJob: jobset.sigs.k8s.io/jobset-name).',
    ),
  identity: maybe(identity).describe('Who the workload is. Left out: no cloud identity, and no credential endpoint is opened.'),
  data: z.array(dataSet).default([]).describe('Data the workload may reach; nothing else is opened.'),
  services: z.array(service).default([]).describe('Other endpoints, by profile name or spelled out. None means none.'),
  clients: z
    .array(
      z.strictObject({
        name: dnsLabel.describe('Name of the client; names its policy.'),
        namespace: dnsLabel.describe('Namespace of its pods.'),
        selector: selector.describe('Labels of its pods.'),
        port: port.describe("TCP port of the workload's pods."),
      }),
    )
    .default([])
    .describe(
      'Pods of other namespaces that may connect to the workload: the operator of a RayJob or RayService at the dashboard (8265), Prometheus. None means none. What leaves their own namespace is not opened here.',
    ),
});

const protectedZone = z.strictObject({
  name: dnsLabel.describe('Name, for claims and reports.'),
  namespaces: maybe(
    z.union(
      [
        z
          .array(dnsLabel)
          .min(1)
          .transform((names) => ({ names })),
        selector.transform((chosen) => ({ labels: chosen })),
      ],
      { error: () => 'expected namespace labels ({env: production}) or a list of namespace names' },
    ),
  ).describe('Namespaces, by their labels or as a list of names.'),
  cidrs: cidrs.default([]).describe('Addresses that no training pod may reach.'),
});

export const zoneSchema: z.ZodType<TrainingZone> = z
  .strictObject({
    apiVersion: z.literal('ringfence.dev/v1alpha1').describe('ringfence.dev/v1alpha1'),
    kind: z.literal('TrainingZone').describe('TrainingZone'),
    metadata: z
      .strictObject({
        name: dnsLabel.describe('Name of the zone; names the objects that are made for it.'),
        labels: labels.default({}).describe('Labels of the zone itself.'),
        annotations: z.record(z.string(), z.string()).default({}).describe('Annotations of the zone itself.'),
      })
      .describe('Who this zone is.'),
    spec: z
      .strictObject({
        platform: platform.describe('The cluster.'),
        namespace: namespace.describe('Where training runs.'),
        nodes: maybe(nodes).describe('The node pool. Left out: training is not bound to nodes.'),
        admission: admission.prefault({}).describe('What new pods may ask for, and what refuses the others.'),
        workloads: z.array(workload).min(1).describe('What runs, and what it needs.'),
        protected: z.array(protectedZone).default([]).describe('What training must never reach.'),
        fabric: maybe(fabricSchema).describe('Fabrics that carry RDMA past the pod network and every policy.'),
        monitoring: maybe(monitoringSchema).describe('Alerts, and what they rest on. Left out: none are made.'),
      })
      .describe('What is wanted.'),
  })
  .describe('A TrainingZone says who trains, on which nodes, with what data, and what is protected. Everything else is derived from it.');
