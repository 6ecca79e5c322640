import { wholeJobs } from '../frameworks/training-jobs.ts';
import { bridgedTaint } from '../jobs/slurm-bridge.ts';
import { within } from '../kernel/origin.ts';
import type { ClusterNode, Taint } from '../model/cluster.ts';
import type { Finding } from '../model/finding.ts';
import { labelOf } from '../model/labels.ts';
import { amountText } from '../model/quantity.ts';
import { jobTitle, type TrainingJob } from '../model/training-job.ts';
import { type PodFacts, type Workload, workloadTitle } from '../model/workload.ts';
import { fits } from '../placement/choice.ts';
import { taintText, tolerates } from '../placement/tolerates.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { claimedResources, lackingTogether, roomOn, type Shortage, shortageOn, shortageText } from './node-room.ts';
import { subjectOf, subjectsOf, trainingOf } from './subjects.ts';

const node = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1, labels: {node-role: gpu-training}}
spec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}`;
const chosen = '  nodeSelector: {node-role: gpu-training}';
const toleration = '  tolerations: [{key: workload-type, operator: Equal, value: training, effect: NoSchedule}]';

export const check: Check = {
  slug: 'no-node-for-job',
  title: 'No node takes the job',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'A pod runs on a node that has the labels it asks for and whose taints it tolerates. It also needs a node with room for all that it asks for. Where no node has all of that, the pod waits as Pending for ever, and its peers wait for it.',
  fix: 'Add the toleration for the taint of the training nodes, ask for labels that they have, or for no more than one of them has.',
  sources: [
    'kubernetes.io, Taints and Tolerations; Assigning Pods to Nodes',
    'kubernetes/kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go: requests against what a node can allocate',
    'kubernetes-sigs/kueue pkg/podset/podset.go: on admission a flavour adds its node labels and tolerations',
    'kubernetes/kubernetes plugin/pkg/admission/extendedresourcetoleration: may add tolerations for taints named like a requested device',
  ],
  example: {
    bad: documents(trainingNamespace, node, trainer({ spec: chosen })),
    good: documents(trainingNamespace, node, trainer({ spec: `${chosen}\n${toleration}` })),
  },
  *run(context) {
    const nodes = context.snapshot.nodes.filter((n) => n.origin !== null);
    if (nodes.length === 0) return;
    const claimed = claimedResources(context.snapshot.objects);
    const placedOnes: Workload[] = [];
    for (const workload of trainingOf(context)) {
      if (workload.node !== null || workload.lifecycle === 'finished' || workload.replicas === 0) continue;
      const placed = flavoured(workload).map((pod) => placeOf(pod, nodes, claimed));
      const [place] = placed;
      if (place === undefined || place === 'found' || placed.includes('found')) {
        // Source: Google Cloud, GKE: GPU nodes are tainted, and ExtendedResourceToleration tolerates that for pods that ask for GPUs.
        if (!context.profile.id.startsWith('gke')) yield* byAdmission(workload, nodes, claimed);
        const few = [...tooFew(workload, nodes, claimed)];
        yield* few;
        if (few.length === 0) placedOnes.push(workload);
        continue;
      }
      const { fitting, taint, short } = place;
      if (short.length > 0) {
        yield {
          severity: 'high',
          // Nodes that the input does not show may take it: an autoscaler adds them.
          confidence: 'likely',
          message: `One pod of ${workloadTitle(workload)} asks for ${shortageText(short)}: its pods stay Pending.`,
          primary: within(workload.podOrigin, 'containers'),
          related: short
            .slice(0, 3)
            .flatMap(({ node }) => (node.origin === null ? [] : [{ origin: within(node.origin, 'status', 'allocatable'), message: `what ${node.name} has` }])),
          fix: 'Ask for no more than one node has, or give the cluster nodes that have as much.',
          subjects: [subjectOf(workload)],
        };
        continue;
      }
      const doubt = doubtOf(workload, place);
      yield {
        severity: doubt === null ? 'high' : 'medium',
        // Nodes that the input does not show may take it: an autoscaler adds them.
        confidence: doubt === null ? 'likely' : 'possible',
        message:
          taint === undefined
            ? `No node of the input has the labels that ${workloadTitle(workload)} asks for${flavoursText(workload)}: its pods stay Pending${doubt ?? ''}.`
            : `${fitting.length === 1 ? 'The one node' : `Each of the ${fitting.length} nodes`} that ${workloadTitle(workload)} fits on has a taint that it does not tolerate, such as ${taintText(taint)}${flavoursText(workload)}: its pods stay Pending${doubt ?? ''}.`,
        primary: within(workload.podOrigin, taint === undefined ? 'nodeSelector' : 'tolerations'),
        related: fitting
          .slice(0, 3)
          .flatMap((n) => (n.origin === null ? [] : [{ origin: within(n.origin, 'spec', 'taints'), message: `the taints of ${n.name}` }])),
        fix: taint === undefined ? 'Ask for labels that the training nodes have.' : `Add a toleration for ${taintText(taint)}.`,
        ...(taint === undefined
          ? {}
          : {
              patch: `tolerations:\n- {key: ${JSON.stringify(taint.key)}, operator: Equal, value: ${JSON.stringify(taint.value)}, effect: ${taint.effect}}\n`,
            }),
        subjects: [subjectOf(workload)],
      };
    }
    for (const job of wholeJobs(placedOnes)) yield* tooFewTogether(job, nodes, claimed);
  },
};

/** A workload's pods as each way of admitting them leaves them: one where no queue adds anything, or nobody knows what it adds. */
function flavoured({ pod, admission }: Workload): readonly PodFacts[] {
  const choices = admission?.choices ?? null;
  if (choices === null || choices.length === 0) return [pod];
  const fit = choices.filter((c) => Object.entries(c.nodeLabels).every(([key, value]) => (labelOf(pod.nodeSelector, key) ?? value) === value));
  return (fit.length > 0 ? fit : choices).map((c) => ({
    ...pod,
    nodeSelector: { ...c.nodeLabels, ...pod.nodeSelector },
    tolerations: [...pod.tolerations, ...c.tolerations],
  }));
}

/** Nodes whose labels fit, each of which has a taint that keeps the pod off; `found`: some node takes it, or nothing says which it needs. */
type Place = 'found' | { readonly fitting: readonly ClusterNode[]; readonly taint: Taint | undefined; readonly short: readonly Shortage[] };

function placeOf(pod: PodFacts, nodes: readonly ClusterNode[], claimed: ReadonlySet<string>, assumed = true): Place {
  const fitting = nodes.filter((n) => fits({ selector: pod.nodeSelector, terms: pod.nodeAffinity }, { kind: 'known', node: n }));
  const asks = Object.keys(pod.nodeSelector).length > 0 || pod.nodeAffinity.length > 0;
  const shut = fitting.map((n) => n.taints.find((t) => repels(t, pod, assumed)));
  const open = fitting.filter((_, i) => shut[i] === undefined);
  const short = shortageOn(open, pod, claimed);
  if (short !== null) return { fitting: open, taint: undefined, short };
  return (fitting.length === 0 ? !asks : open.length > 0) ? 'found' : { fitting, taint: shut[0], short: [] };
}

/** Pods that nodes take one by one, and not all at once, even where nothing else runs on them. */
function* tooFew(workload: Workload, nodes: readonly ClusterNode[], claimed: ReadonlySet<string>): Iterable<Omit<Finding, 'check'>> {
  const rooms = flavoured(workload).map((pod) => {
    return roomOn(
      nodes.filter((n) => isOpen(n, pod)),
      pod,
      claimed,
    );
  });
  const [room] = rooms;
  if (room === undefined || room === null || rooms.some((r) => r === null || r >= BigInt(workload.atOnce ?? workload.replicas) || r !== room)) return;
  yield {
    severity: 'medium',
    confidence: 'likely',
    message: `The nodes of the input have room for ${room} of the ${workload.atOnce ?? workload.replicas} pods of ${workloadTitle(workload)} at once, where nothing else runs on them: the others stay Pending until there are more nodes.`,
    primary: within(workload.podOrigin, 'containers'),
    related: [],
    fix: fewer,
    // An autoscaler may add nodes.
    undecided: true,
    subjects: [subjectOf(workload)],
  };
}

const fewer = 'Let the job have fewer pods or ask for less in each, or give the cluster more nodes.';

/** Pods of all roles of a job that ask for more together than all nodes have that any of them may run on, even where nothing else runs there. */
function* tooFewTogether(job: TrainingJob, nodes: readonly ClusterNode[], claimed: ReadonlySet<string>): Iterable<Omit<Finding, 'check'>> {
  if (job.members.length < 2) return;
  const pods = job.members.map((m) => ({ ways: flavoured(m), count: m.atOnce ?? m.replicas }));
  const open = nodes.filter((n) => pods.some(({ ways }) => ways.some((pod) => isOpen(n, pod))));
  const short = lackingTogether(
    open,
    pods.flatMap(({ ways: [pod], count }) => (pod === undefined ? [] : [{ pod, count }])),
    claimed,
  );
  if (short === null) return;
  yield {
    severity: 'medium',
    confidence: 'likely',
    message: `The pods of ${jobTitle(job)} ask for ${amountText(short.wanted, short.resource)} ${short.resource} together, and the nodes of the input that they may run on have ${amountText(short.has, short.resource, 'about')}, where nothing else runs on them: some stay Pending until there are more nodes.`,
    primary: job.origin,
    related: [],
    fix: fewer,
    undecided: true,
    subjects: subjectsOf(job.members),
  };
}

function isOpen(node: ClusterNode, pod: PodFacts): boolean {
  return fits({ selector: pod.nodeSelector, terms: pod.nodeAffinity }, { kind: 'known', node }) && !node.taints.some((t) => repels(t, pod, true));
}

/** Pods that fit on a node only if the API server adds the toleration for their devices: nobody can see in manifests whether it does. */
function* byAdmission(workload: Workload, nodes: readonly ClusterNode[], claimed: ReadonlySet<string>): Iterable<Omit<Finding, 'check'>> {
  const places = flavoured(workload).map((pod) => placeOf(pod, nodes, claimed, false));
  const [place] = places;
  if (place === undefined || place === 'found' || places.includes('found') || place.taint === undefined) return;
  const { taint } = place;
  if (!workload.pod.containers.some((c) => Object.hasOwn(c.requests, taint.key))) return;
  yield {
    severity: 'medium',
    confidence: 'possible',
    message: `${workloadTitle(workload)} fits on nodes with the taint ${taintText(taint)} only where the API server runs ExtendedResourceToleration, which the input does not show: GKE does, and EKS, AKS and kubeadm do not by themselves.`,
    primary: within(workload.podOrigin, 'tolerations'),
    related: [],
    fix: `Add a toleration for ${taintText(taint)}, or make sure that the API server runs the admission plug-in ExtendedResourceToleration.`,
    undecided: true,
    subjects: [subjectOf(workload)],
  };
}

/** What the input does not show and may let the pods in after all. */
function doubtOf({ admission }: Workload, { taint }: Exclude<Place, 'found'>): string | null {
  if (taint?.key === bridgedTaint) return ', unless slurm-bridge manages their namespace';
  if (admission === undefined || admission.choices !== null || taint === undefined) return null;
  return `, unless a flavour of the Kueue queue ${admission.queue}, which is not in the input, brings a toleration`;
}

function flavoursText({ admission }: Workload): string {
  return admission?.choices == null || admission.choices.length === 0 ? '' : `, whichever flavour queue ${admission.queue} gives it`;
}

/** Whether a taint keeps the pod off. Taints named like a device that it asks for may be tolerated for it by admission. */
function repels(taint: Taint, pod: PodFacts, assumed: boolean): boolean {
  if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') return false;
  if (assumed && pod.containers.some((c) => Object.hasOwn(c.requests, taint.key))) return false;
  return !pod.tolerations.some((t) => tolerates(t, taint));
}
