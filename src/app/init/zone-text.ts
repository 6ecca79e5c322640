import { emptyAnswers, type InitAnswers, labelPairs, listOf } from './answers.ts';
import { dataAnswer } from './data-answer.ts';
import { jobNameLabel } from './detect-selector.ts';

/** In UTF-16 code units. */
const longestRemark = 300;

/** The zone as commented YAML. Every field is there: with its answer, or as a comment that shows the default. */
export function zoneText(answers: InitAnswers): string {
  return [head(answers), platform(answers), namespace(answers), nodes(answers), workload(answers), data(answers), protectedZones(answers), rest].join('\n');
}

function head({ name }: InitAnswers): string {
  return `# A TrainingZone says who trains, on which nodes, with what data, and what is protected. Everything else is derived from it:
#   ringfence generate -f zone.yaml -o pack/          policies for this cluster
#   ringfence verify -f zone.yaml MANIFESTS pack/     proof that they do what is said here
# A line with a field behind "#" is a field that was left out: its default, or an example and what leaving it out means.
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata:
  name: ${quotedWhereNeeded(name)}
spec:`;
}

function platform(answers: InitAnswers): string {
  const { cni, cloud, region, account } = answers;
  return `  # The cluster. cni is what enforces policies: kubernetes (any CNI with NetworkPolicy), or one
  # by name, with its version or without: cilium, calico@3.32, … (the CNIs of ringfence init --help).
  platform:
    cni: ${scalar(cni)}
    cloud: ${scalar(cloud)}                     # aws, gcp, azure or none
    ${region === '' ? '# region: us-east-1             # left out: S3 data sets name their own' : `region: ${quotedWhereNeeded(region)}`}
    ${account === '' ? '# account: "123456789012"       # completes a role given by name' : `account: ${JSON.stringify(account)}`}
    # cluster: my-cluster           # for people
    ${ranges(answers)}
    # dns: {namespace: kube-system, selector: {k8s-app: kube-dns}, domain: cluster.local}   # nodeLocal: 169.254.20.10 for a node-local cache
`;
}

function ranges({ podRanges, somePodRanges }: InitAnswers): string {
  if (podRanges !== '') return `ranges: {pods: [${listOf(podRanges).map(quotedWhereNeeded).join(', ')}], nodes: [], services: []}`;
  const empty = '# ranges: {pods: [], nodes: [], services: []}   # CIDRs of this cluster; empty: not known';
  return somePodRanges === '' ? empty : `${empty}. Some nodes tell theirs: ${remark(somePodRanges)}`;
}

function podSecurity({ podSecurity: level, podSecurityNote, transport }: InitAnswers): string {
  if (level === '' || transport !== 'tcp') {
    const seen = level === '' ? '' : `; without RDMA: ${remark([level, podSecurityNote].filter((part) => part !== '').join(', '))}`;
    return `# podSecurity: restricted       # privileged where a workload uses RDMA, which needs IPC_LOCK${seen}`;
  }
  return `podSecurity: ${scalar(level)}${podSecurityNote === '' ? '' : `   # ${remark(podSecurityNote)}`}`;
}

function namespace(answers: InitAnswers): string {
  const { namespace: name, gpus, pods } = answers;
  const quota = [...(gpus === '' ? [] : [`gpus: ${scalar(gpus)}`]), ...(pods === '' ? [] : [`pods: ${scalar(pods)}`])];
  return `  # Where training runs. The namespace belongs to this zone alone: whatever is not opened below is shut, in and out.
  namespace:
    name: ${quotedWhereNeeded(name)}
    ${quota.length === 0 ? '# quota: {gpus: 16, pods: 50}   # left out: no quota' : `quota: {${quota.join(', ')}}`}
    ${podSecurity(answers)}
    # labels: {}
`;
}

function nodes({ nodeLabels, taint }: InitAnswers): string {
  if (nodeLabels === '')
    return `  # The training nodes. Left out: training may run anywhere.
  # nodes:
  #   labels: {node-role: gpu-training}
  #   taint: workload-type=training:NoSchedule
  #   exclusive: true
`;
  return `  # The training nodes: the taint keeps other pods out, the labels keep training in.
  nodes:
    labels: ${flowMap(nodeLabels)}
    ${taint === '' ? '# taint: workload-type=training:NoSchedule' : `taint: ${scalar(taint)}`}
    exclusive: ${taint === '' ? 'false' : 'true'}                 # nothing but this zone may run there
    # sharedWith: [kube-system]     # but for the node software of these namespaces
`;
}

function workload(answers: InitAnswers): string {
  const { workload: name, selector, framework, transport, serviceAccount } = answers;
  const identity =
    serviceAccount === ''
      ? '    # identity: {serviceAccount: training-job}   # left out: no cloud identity'
      : `    identity:
      serviceAccount: ${quotedWhereNeeded(serviceAccount)}
${cloudIdentity(answers)}`;
  return `  # What runs, and what it needs.
  workloads:
  - name: ${quotedWhereNeeded(name)}
    selector: ${flowMap(selector === '' ? emptyAnswers.selector : selector)}${selector.startsWith(`${jobNameLabel}=`) ? '   # this job only: give the pods a label of your own, so that the next run is in the zone as well' : ''}
    ${framework === '' ? '# framework: pytorch            # left out: read off the job' : `framework: ${scalar(framework)}`}
    collectives:
      backend: nccl                 # nccl, gloo, mpi or other
      transport: ${scalar(transport)}                # tcp, infiniband, roce or efa
      ports: any                    # every TCP port between peers; LOW-HIGH needs pinned pods
    peers: same-workload            # same-job (list them under jobs) or namespace
${identity}`;
}

function cloudIdentity({ role, gkeServiceAccount, azureClientId }: InitAnswers): string {
  if (role !== '') return `      irsa: {role: ${quotedWhereNeeded(role)}}`;
  if (gkeServiceAccount !== '') return `      gke: {serviceAccount: ${quotedWhereNeeded(gkeServiceAccount)}}`;
  if (azureClientId !== '') return `      azure: {clientId: ${JSON.stringify(azureClientId)}}`;
  return '      # irsa: {role: "arn:aws:iam::123456789012:role/NAME"}, podIdentity: {}, gke: {serviceAccount: …} or azure: {clientId: …}';
}

function data({ data: text, region }: InitAnswers): string {
  const entries = listOf(text).map((entry) => dataAnswer(entry, quotedWhereNeeded));
  const taken = new Map<string, number>();
  const lines = entries.map(({ name, location, access }) => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    const unregioned = location.startsWith('s3:') && region === '' ? `${location.slice(0, -1)}, region: us-east-1}` : location;
    return `    - {name: ${scalar(count === 1 ? name : `${name}-${count}`)}, ${unregioned}, access: ${scalar(access)}}\n`;
  });
  const services = '    services: []                    # egress profiles such as wandb-offline; none means none\n';
  return lines.length === 0
    ? `    data: []                        # such as {name: corpus, s3: {bucket: my-data}, access: read}\n${services}`
    : `    data:\n${lines.join('')}${services}`;
}

function protectedZones({ protected: text }: InitAnswers): string {
  const names = listOf(text);
  const note = '  # What training must never reach: namespaces by name or by label ({env: production}), and addresses.\n';
  if (names.length === 0) return `${note}  protected: []\n`;
  return `${note}  protected:\n${names.map((name) => `  - {name: ${quotedWhereNeeded(name)}, namespaces: [${quotedWhereNeeded(name)}]}\n`).join('')}`;
}

const rest = `  # fabric: RDMA past the pod network (docs/zone.md). monitoring: {} makes alerts (docs/alerts.md).
`;

/** Text that is safe in a comment: one line, no control characters, not long. */
function remark(text: string): string {
  return text.slice(0, longestRemark).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ') + (text.length > longestRemark ? '…' : '');
}

function flowMap(text: string): string {
  return `{${labelPairs(text)
    .map(([key, value]) => `${quotedWhereNeeded(key)}: ${quotedWhereNeeded(value)}`)
    .join(', ')}}`;
}

/** A label value: always text, so whatever YAML would take for something else is quoted. */
function quotedWhereNeeded(text: string): string {
  const word = /^[A-Za-z][\w./=-]*(?::[\w./=-]+)*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return word ? text : JSON.stringify(text);
}

/** A YAML flow scalar that reads back as this text, or as the whole number it looks like. */
function scalar(text: string): string {
  return /^(?:0|[1-9]\d{0,8})$/.test(text) ? text : quotedWhereNeeded(text);
}
