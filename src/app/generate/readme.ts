import { portRangeSysctl } from '../../frameworks/listeners.ts';
import { madeByUs } from '../../model/made-by.ts';
import { intentText } from '../../model/name-intent.ts';
import type { PackFile } from '../../model/pack.ts';
import { serviceProfile } from '../../services/known.ts';
import { driverOf } from '../../spec/csi-driver.ts';
import { dialsItself, locationTitle } from '../../spec/data-need.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import { pinningVariables } from '../../spec/pinned-ports.ts';
import { podSecurityOf } from '../../spec/pod-security.ts';
import { roleArn } from '../../spec/role.ts';
import { tenantReach } from '../../spec/tenant.ts';
import type { DataSet, LoadedZone, NodePool, TrainingZone, ZoneWorkload } from '../../spec/zone.ts';
import { admissionFolder, engineTitles } from './admission.ts';
import { corrections } from './corrections.ts';
import type { FabricFiles } from './fabric/files.ts';
import { fabricSection } from './fabric/readme-section.ts';
import { identityFolder, identityOf } from './identity/files.ts';
import { terraform } from './identity/terraform.ts';
import { code, plainText, table } from './markdown.ts';
import { monitoringFolder } from './monitoring/files.ts';
import { nodesFolder, word } from './node-pool.ts';
import { type DraftPolicy, driverFile } from './policies.ts';
import { labelsByOwner } from './provider-labels.ts';
import { fragmentFile } from './scheduling.ts';
import { uncovered } from './uncovered.ts';

/** The pack's README: what each file is for, how to apply and verify it, what differs from common guides and why, and what is not covered. */
export function readme(
  loaded: LoadedZone,
  intents: ZoneIntents,
  drafts: readonly DraftPolicy[],
  resources: readonly PackFile[],
  fabric: Pick<FabricFiles, 'files' | 'zones'>,
): string {
  const { zone } = loaded;
  return [
    `<!-- ${madeByUs} -->\n\n# ${plainText(zone.metadata.name)}\n\n${intro(zone)}`,
    `## What training may do\n\n${intents.workloads.map((workload, index) => `${workloadSection(workload)}${fetchedText(zone.spec.workloads[index]?.data ?? [])}`).join('\n')}`,
    ...whoseData(intents),
    `## Files\n\n${files(zone, drafts, resources)}`,
    ...identitySection(zone),
    ...fabricSection(zone, fabric),
    `## Apply\n\n${apply(zone, drafts)}`,
    `## Verify\n\n${verify}`,
    `## Corrected\n\nPacks of this kind are often copied from guides. This one differs from them on purpose:\n\n${corrected(zone, intents)}`,
    `## Not covered\n\nWith everything here in force, this is still open or unproven:\n\n${uncovered(zone, intents)
      .map(({ what, why }) => `- **${what}.** ${why}\n`)
      .join('')}`,
  ].join('\n');
}

function intro(zone: TrainingZone): string {
  const { platform, namespace } = zone.spec;
  const where = [platform.cluster, platform.region, platform.cloud === 'none' ? null : platform.cloud].filter((part) => part !== null).map(plainText);
  return `Policies for namespace ${code(namespace.name)}${where.length === 0 ? '' : ` (${where.join(', ')})`}, for ${code(platform.cni)}, made by Ringfence from a TrainingZone.
Change the zone, not these files: the next \`ringfence generate\` writes them again.
`;
}

function workloadSection(workload: WorkloadIntent): string {
  const { peers } = workload;
  const ports = peers.pinned === null ? 'on every TCP port' : `on the ports of ${fileNameOf('30-intra-job.yaml')}`;
  const scope = { 'same-job': 'of the same job', 'same-workload': 'of the same workload (whichever job they belong to)', namespace: 'of the namespace' }[
    peers.scope
  ];
  const jobs = peers.scope === 'same-job' ? ` Jobs: ${peers.groups.map((group) => code(group.job ?? '')).join(', ')}; pods of other jobs reach nobody.` : '';
  const needs = workload.needs.map(
    (need) =>
      `- ${plainText(need.title)}, ${portsText(need.ports)}${need.targets.flatMap(targetText).length === 0 ? '' : `: ${need.targets.flatMap(targetText).join(', ')}`}\n`,
  );
  const selector = Object.entries(workload.selector).map(([key, value]) => code(`${key}: ${value}`));
  return `Pods of **${plainText(workload.name)}** (${selector.join(', ')}) reach:\n\n- ${peers.scope === 'namespace' ? 'every pod' : 'each other: pods'} ${scope}, ${ports}, in both directions.${jobs}\n${needs.join('')}${clientsText(workload)}`;
}

/** Data for which the pods open no connection, and who does. */
function fetchedText(data: readonly DataSet[]): string {
  const rows = data.filter((one) => !dialsItself(one)).map((one) => `- ${plainText(locationTitle(one))}, ${fetcherText(one)}\n`);
  return rows.length === 0
    ? ''
    : `\nThese data sets are fetched for them; no rule on training pods governs that, and none is made for them:\n\n${rows.join('')}`;
}

/** Who fetches, and what the pack does about it. */
function fetcherText(data: DataSet): string {
  const driver = driverOf(data);
  if (driver !== null)
    return `by pods of ${driver.title} in namespace ${code(driver.namespace)}, to which ${fileNameOf(driverFile(driver))} opens the store and what hands out their credentials, and nothing else. Every volume of the cluster that is mounted through it is fetched there: what others mount needs policies of its own. Where the driver has a role of its own, the zone does not know it`;
  return data.through === 'csi-pod'
    ? "by a pod of its CSI driver, with that pod's network and identity; which pods these are is not known, so **no policy is made for them**"
    : "by the node, with the node's network and identity, which no policy of a pod network governs: **none is made**";
}

/** The second verdict: whose data stands behind what the network rules open. */
function whoseData(intents: ZoneIntents): readonly string[] {
  const rows = intents.workloads.flatMap((workload) =>
    [...workload.needs, ...workload.drivers.flatMap((d) => d.needs)].flatMap((need) => {
      const tenant = tenantReach(need, intents.cni);
      return tenant === null
        ? []
        : [
            [
              plainText(workload.name),
              plainText(need.title),
              tenant.decidedBy === null ? '**nothing**' : plainText(tenant.decidedBy),
              plainText(tenant.residual),
            ],
          ];
    }),
  );
  if (rows.length === 0) return [];
  return [
    `## Whose data\n\nRules on pods, addresses and names decide which front end is reached. Whose data stands behind it is another question:\n\n${table(['workload', 'reaches', 'whose data is decided by', 'left open'], rows)}`,
  ];
}

function clientsText({ clients }: WorkloadIntent): string {
  if (clients.length === 0) return '';
  const rows = clients.map((c) => {
    const labels = Object.entries(c.selector).map(([key, value]) => code(`${key}: ${value}`));
    return `- ${plainText(c.name)}, ${portsText(c.ports)}: pods ${labels.join(', ')} of namespace ${code(c.namespace)}\n`;
  });
  return `\nThese may connect to them:\n\n${rows.join('')}`;
}

function targetText(target: WorkloadIntent['needs'][number]['targets'][number]): readonly string[] {
  switch (target.kind) {
    case 'pods':
      return [
        `pods ${Object.entries(target.selector)
          .map(([key, value]) => code(`${key}: ${value}`))
          .join(', ')} of namespace ${code(target.namespace)}`,
      ];
    case 'names':
      return target.hosts.map((host) => code(intentText(host.intent)));
    case 'addresses':
      return target.cidrs.map((cidr) => code(cidr) + (target.except.length === 0 ? '' : ` without ${target.except.map(code).join(', ')}`));
    case 'own-node':
      return ['their own node'];
  }
}

function portsText(ports: WorkloadIntent['needs'][number]['ports']): string {
  return ports.map(({ protocol, port }) => `${protocol} ${port}`).join(' and ');
}

const purposes: Readonly<Record<string, string>> = {
  '00-namespace.yaml': 'the namespace with its Pod Security levels',
  '10-quota.yaml': 'how many GPUs and pods the namespace may hold',
  '20-default-deny.yaml': 'shuts everything, in and out, for every pod of the namespace',
  '25-rails.yaml': 'the networks of the rails, and what MultiNetworkPolicy can govern there: no RDMA',
  '30-intra-job.yaml': 'opens workers to each other',
  '35-clients.yaml': 'lets in the pods of other namespaces that may connect',
  '40-dns.yaml': 'opens the cluster DNS',
  '60-credentials.yaml': 'opens the endpoint that hands out cloud credentials',
  '70-service-account.yaml': 'who the pods are',
  '75-fabric-attachment.yaml': 'the virtual function of the fabric, with the key of the zone',
};

function files(zone: TrainingZone, drafts: readonly DraftPolicy[], resources: readonly PackFile[]): string {
  const purpose = (path: string): string =>
    Object.hasOwn(purposes, path)
      ? (purposes[path] ?? '')
      : path.startsWith('50-')
        ? 'opens the data sets, one policy each'
        : path.startsWith('52-')
          ? 'for the pods that fetch data in a namespace of their CSI driver: shuts them, and opens the data sets and what these take'
          : 'opens other services, one policy each';
  const objects = (path: string): string =>
    drafts
      .filter((draft) => draft.file === path)
      .map((draft) => `${draft.policy.kind} ${code(draft.policy.name)}`)
      .join(', ');
  const rows = resources.map(({ path }) => [fileNameOf(path), [purpose(path), objects(path)].filter((text) => text !== '').join(': ')]);
  return table(
    ['file', 'what it is for'],
    [
      ...rows,
      [fileNameOf(`${admissionFolder}/`), `what new pods may ask for, refused by ${engineTitles[zone.spec.admission.engine]}; applied by itself`],
      ...(zone.spec.nodes === null
        ? []
        : [
            [fileNameOf(`${nodesFolder}/`), 'labels and taint of the node pool, for whoever makes it: commands, and what makes pools in the cloud of the zone'],
          ]),
      ...(zone.spec.monitoring === null
        ? []
        : [
            [
              `[${monitoringFolder}/](${monitoringFolder}/README.md)`,
              'alerts with their tests, pages and dashboard, and what metrics they need; applied by itself',
            ],
          ]),
      [fileNameOf('kustomization.yaml'), `lists the files above for ${code('kubectl apply -k')}`],
      [
        fileNameOf(fragmentFile),
        `what the pod templates of your jobs must contain${zone.spec.nodes === null ? '' : ' (node affinity and toleration among it)'}; not applied by itself`,
      ],
    ],
  );
}

function apply(zone: TrainingZone, drafts: readonly DraftPolicy[]): string {
  const { nodes, workloads } = zone.spec;
  const accounts = workloads.flatMap(({ identity }) => (identity !== null && identity.podIdentity !== null ? [identity] : []));
  const env = workloads.flatMap((workload) =>
    workload.services.flatMap((service) => ('profile' in service ? (isOffline(service.profile) ? [service.profile] : []) : [])),
  );
  const steps = [
    nodes === null ? null : nodeStep(nodes),
    `Merge ${fileNameOf(fragmentFile)} into the pod templates of your jobs.${env.length === 0 ? '' : ` Its environment variables keep ${env.map(code).join(' and ')} off the network.`}${pinnedPair(workloads)}\n`,
    ...accounts.map(
      (identity) =>
        `Associate the role with the service account (once):\n\n${fence('sh', associationCommand(zone, identity.serviceAccount, identity.podIdentity?.role ?? null))}`,
    ),
    `See what would change, then apply:\n\n${fence('sh', 'kubectl diff -k .\nkubectl apply --server-side -k .')}`,
    admissionStep(zone),
    ...(zone.spec.monitoring === null
      ? []
      : [`Let somebody be told of what is refused, and of what no longer is: [${monitoringFolder}/README.md](${monitoringFolder}/README.md).\n`]),
    'Start the jobs again: connections that were open before may outlive the policies.\n',
  ].filter((step) => step !== null);
  const level = podSecurityOf(zone.spec);
  return `${steps.map((step, index) => `${index + 1}. ${step.replaceAll('\n', '\n   ').trimEnd()}\n`).join('')}
The namespace enforces Pod Security ${code(level)}${level === 'privileged' ? ', which refuses nothing; what goes beyond `restricted` is warned about' : ': pods that ask for more are refused when they are created'}.
${drafts.some(({ policy }) => policy.dialect === 'cilium') ? ciliumNeeds : ''}`.replaceAll(/ +\n/g, '\n');
}

/** Admission reaches beyond the zone: what it would refuse is to be known before it does. */
function admissionStep(zone: TrainingZone): string {
  const { nodes, admission } = zone.spec;
  const taint = nodes?.exclusive === true ? nodes.taint : null;
  const others =
    taint !== null && taint.effect !== 'PreferNoSchedule'
      ? ` In other namespaces it refuses pods that tolerate the taint of the training nodes${taint.effect === 'NoExecute' ? '' : ', or every taint, or name their node or a scheduler of their own'}: \`ringfence verify\` lists the templates that do (\`hygiene/node-pool-exclusive\`). Node software that must run there belongs in a namespace of \`nodes.sharedWith\`.`
      : '';
  const twice = admission.engine === 'gatekeeper' ? '\nApply it twice: Gatekeeper makes the kinds of the constraints from the templates.\n' : '';
  return `Let ${engineTitles[admission.engine]} refuse what the zone does not want of new pods.${others}\n\n${fence('sh', `kubectl apply --server-side -k ${admissionFolder}`)}${twice}`;
}

/** Whether a profile opens nothing, and its variables keep the tool off the network. */
function isOffline(id: string): boolean {
  const profile = serviceProfile(id);
  return profile !== undefined && profile.hosts.length === 0 && profile.ownHosts === null;
}

/** What the folder of identity holds, who applies it, and what the zone does not tell. */
function identitySection(zone: TrainingZone): readonly string[] {
  const { documents, missing } = identityOf(zone);
  if (documents.length === 0 && missing.length === 0) return [];
  const plan =
    terraform(zone, documents) === null
      ? ''
      : ` ${fileNameOf(`${identityFolder}/main.tf.json`)} makes roles, bindings and assignments from them with Terraform.`;
  const rows = documents.map(({ name }) => [fileNameOf(`${identityFolder}/${name}.json`), identityPurpose(name)]);
  const made =
    documents.length === 0
      ? ''
      : `Nothing of this goes to Kubernetes.${plan} Policies of endpoints, buckets and the organization replace what is there: merge them, and have their owners apply them.\n\n${table(['file', 'what it is for'], rows)}`;
  const left =
    missing.length === 0
      ? ''
      : `${made === '' ? '' : '\n'}Not made, because the zone does not tell:\n\n${missing.map((one) => `- ${plainText(one)}\n`).join('')}`;
  return [`## Identity\n\n${made}${left}`];
}

/** Longest beginnings first. */
const identityPurposes: readonly (readonly [beginning: string, purpose: string])[] = [
  ['role-assignments', 'which identity has which role on which container'],
  ['endpoint-s3', 'policy of the VPC endpoint of S3: our principals, our buckets, and the layers of images that nodes pull'],
  ['endpoint-sts', 'policy of the VPC endpoint of STS: our roles, and the unsigned call by which IRSA takes one'],
  ['scp-full-aws-access', 'the policy that AWS attaches everywhere by itself, for `iam verify`; nothing to apply'],
  ['scp-', 'fragment for a service control policy: training reaches data of this organization alone'],
  ['rcp-', 'fragment for a resource control policy: data of this organization for its own principals'],
  ['bucket-', 'policy of the bucket'],
  ['service-account-', 'who may act as the Google service account'],
  ['federated-', 'federated credential: which service account of this cluster is the identity'],
  ['policy-statements', 'policy statements for the workload'],
  ['keys-', 'policy for the keys of the store'],
];

function identityPurpose(name: string): string {
  if (name.endsWith('.trust')) return 'who may take the role: one service account of this namespace';
  if (name.endsWith('.data')) return 'what the role may read';
  if (name.endsWith('.checkpoints')) return 'what the role may write';
  return identityPurposes.find(([beginning]) => name.startsWith(beginning))?.[1] ?? 'definition of a role without delete';
}

/** What stands in the fragment and must go with the rule. */
function pinnedPair(workloads: readonly ZoneWorkload[]): string {
  const pinned = workloads.flatMap((w) => (w.collectives.ports === null ? [] : [{ workload: w, ports: w.collectives.ports }]));
  if (pinned.length === 0) return '';
  const names = [portRangeSysctl, ...new Set(pinned.flatMap(({ workload, ports }) => Object.keys(pinningVariables(workload, ports))))];
  return ` Its ${names.map(code).join(', ')} and the rule of ${fileNameOf('30-intra-job.yaml')} name the same ports: a job that has the one without the other hangs.`;
}

const ciliumNeeds = `
The rules on names need Cilium 1.19 or later (before, \`**.\` stood for a single label) with its DNS proxy and its layer 7 proxy, which are on by default. TLS server names
are checked in that proxy without decrypting; measure what this costs your loading rate.
`;

function nodeAdvice(nodes: NodePool): string {
  const { taint } = nodes;
  if (taint === null) return nodes.exclusive ? 'No taint keeps other pods out.\n' : 'The nodes are shared: other pods may run beside training.\n';
  const stays = taint.effect === 'NoExecute' ? 'Pods that do not tolerate it are evicted at once.' : 'Pods that run there already stay: drain the nodes first.';
  return `DaemonSets that must run there (device plugin, monitoring, CSI) need the same toleration. ${stays}\n`;
}

/** The step that makes nodes training nodes; null when nothing is left to do by hand. */
function nodeStep(nodes: NodePool): string | null {
  const { taint } = nodes;
  const owners = labelsByOwner(nodes);
  const given = Object.entries(owners.given);
  const own = Object.entries(owners.own);
  const commands = [
    ...(own.length === 0 ? [] : [`kubectl label node NODE ${own.map(([key, value]) => `${key}=${value}`).join(' ')}`]),
    ...(taint === null ? [] : [`kubectl taint node NODE ${taint.key}=${taint.value}:${taint.effect}`]),
  ];
  const have =
    given.length === 0
      ? ''
      : `The training nodes have ${given.map(([key, value]) => code(`${key}=${value}`)).join(' and ')} already: whoever made them wrote ${given.length === 1 ? 'it' : 'them'}. `;
  if (commands.length === 0) return have === '' ? null : `${have.trimEnd()}\n\n${nodeAdvice(nodes)}`;
  const verbs = [...(own.length === 0 ? [] : ['label']), ...(taint === null ? [] : ['taint'])].join(' and ');
  const sentence = have === '' ? `${verbs[0]?.toUpperCase()}${verbs.slice(1)} the training nodes` : `${have}Then ${verbs} them`;
  return `${sentence} (for each \`NODE\`, or as ${fileNameOf(`${nodesFolder}/`)} has it for whoever makes the pool):\n\n${fence('sh', commands.join('\n'))}\n${nodeAdvice(nodes)}`;
}

/** Source: EKS user guide, create-pod-identity-association. */
function associationCommand(zone: TrainingZone, serviceAccount: string, role: string | null): string {
  const cluster = zone.spec.platform.cluster ?? 'CLUSTER';
  return `aws eks create-pod-identity-association --cluster-name ${word(cluster)} \\\n  --namespace ${zone.spec.namespace.name} --service-account ${serviceAccount} --role-arn ${word(role === null ? 'ROLE_ARN' : (roleArn(role, zone.spec.platform) ?? role))}`;
}

const verify = `${fence('sh', 'ringfence verify -f zone.yaml MANIFESTS PACK')}
\`MANIFESTS\` are your workloads (or \`kubectl get … -o yaml\`), \`PACK\` this folder. Every claim of the zone is proven, or refuted with the packet and the rule that let
it pass. \`ringfence explain\` answers for one connection, \`ringfence generate --check\` says whether this folder still is what the zone gives.
`;

function corrected(zone: TrainingZone, intents: ZoneIntents): string {
  return corrections(zone, intents)
    .map(({ common, here, why, source }) => `- **Often:** ${common}\n  **Here:** ${here}\n  ${why} (Source: ${source}.)\n`)
    .join('');
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\`\n`;
}

function fileNameOf(path: string): string {
  return `[${path}](${path})`;
}
