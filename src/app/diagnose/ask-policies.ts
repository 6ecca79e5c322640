import { decide } from '../../engine/decide.ts';
import type { Advice } from '../../model/advice.ts';
import type { Likelihood } from '../../model/diagnosis.ts';
import { type PreflightPatch, patchOpening, patchSentence } from '../../model/preflight-report.ts';
import type { Endpoint, Packet, Verdict } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { advise } from '../advice/advise.ts';
import { portText } from '../claims/judge.ts';
import type { AskedCluster } from './asked-cluster.ts';
import type { Complaint } from './complaints.ts';
import { type Far, type FarEnd, farOf } from './far-end.ts';
import type { Judgement } from './order-of-time.ts';
import { pathFor } from './path-for.ts';

/** What the engine says to a complaint; null where it is about nothing that policies decide, or says too little to ask. */
export function askPolicies(complaint: Complaint, cluster: AskedCluster): Judgement | null {
  if (complaint.proof === 'echo' || complaint.subject === 'program' || complaint.subject === 'rdma' || complaint.subject === 'interface') return null;
  if (complaint.outcome === 'unknown-name' || complaint.signature.beyondPolicies === true) return null;
  const { subject, host, port } = complaint;
  const far = subject === 'dns' || host === null ? null : farOf(cluster, host, port, amongPods.has(subject));
  return (far === null ? null : aboutPackets(complaint, cluster, far)) ?? aboutPath(complaint, cluster) ?? aboutNobody(complaint, far);
}

/** Subjects where both ends are pods of a job. */
const amongPods: ReadonlySet<Complaint['subject']> = new Set(['peers', 'store', 'launch', 'waiting']);

/** A line that names somebody in the cluster whom no input has: policies cannot be asked about that. */
function aboutNobody({ host, means, quotes }: Complaint, far: Far | null): Judgement | null {
  if (host === null || far === null || far.why === null) return null;
  return {
    blames: 'unsettled',
    likelihood: 'possible',
    title: `${means.charAt(0).toUpperCase()}${means.slice(1)}, and it is not known whose ${host} is`,
    because: [far.why],
    quotes,
    witness: null,
    advice: null,
    patch: null,
    fix: 'Give pods with addresses to --policies, as kubectl get pods -o yaml prints them, and the Services.',
  };
}

/** How sure it is that policies that stop a packet are what a line shows. Most CNIs drop what policies deny; no profile says which of them reject. */
function likelihoodOf({ outcome }: Complaint): Likelihood {
  if (outcome === 'refused' || outcome === 'cut') return 'possible';
  return outcome === 'rejected' ? 'likely' : 'certain';
}

/** Who was dialled is not told by a name that nobody knows, nor by a collective that waits: then the path would explain it. */
function likelihoodOfPath(complaint: Complaint, isVery: boolean): Likelihood {
  const { host, port, subject, outcome, proof } = complaint;
  // A line that points somewhere and says nothing of how it failed is also what a peer leaves that ended.
  const isVague = proof === 'hint' && outcome === 'unclear';
  const told = subject === 'dns' || ((host === null || (isVery && port === null)) && subject !== 'waiting' && subject !== 'data' && !isVague);
  return told || likelihoodOf(complaint) !== 'certain' ? likelihoodOf(complaint) : 'likely';
}

function notDropped({ outcome }: Complaint): readonly string[] {
  if (outcome === 'refused' || outcome === 'rejected')
    return ['it was refused at once and not dropped: a CNI that rejects does so, and so does a host where nobody listens; most CNIs drop what policies deny'];
  return outcome === 'cut' ? ['it was open before, and policies seldom end what is open: the peer may have ended'] : [];
}

/** The packet that leads to a far end. The dialler is the pod that printed the line, or, where that is not told, any pod of the job that is not the far end. */
function packetTo({ who }: Complaint, { pods, jobs }: AskedCluster, { endpoint: to, port, via }: FarEnd): Packet | null {
  const printed = who.map(({ name }) => pods.named(name)).find((p) => p !== null);
  const member =
    printed?.workload ??
    diallerFor(
      jobs.flatMap((j) => j.members),
      to,
    );
  if (member === undefined) return null;
  const replica = printed?.replica ?? 0;
  const from: Endpoint = { kind: 'pod', workload: member.id, replica };
  const same = to.kind === 'pod' && to.workload === member.id && to.replica === replica;
  if (same && member.replicas < 2) return null;
  return { from, to: same ? { ...to, replica: replica === 0 ? 1 : 0 } : to, protocol: 'TCP', port, ...(via === null ? {} : { via }) };
}

function diallerFor(members: readonly Workload[], to: Endpoint): Workload | undefined {
  return members.find((m) => to.kind !== 'pod' || to.workload !== m.id) ?? members.find((m) => m.replicas > 1) ?? members[0];
}

/** A packet that a line tells of, with the answer. */
interface AskedPacket {
  readonly packet: Packet;
  readonly verdict: Verdict;
  readonly end: FarEnd;
}

/** A connection to a Service leads to any of its pods: the worst answer counts. */
function aboutPackets(complaint: Complaint, cluster: AskedCluster, { ends }: Far): Judgement | null {
  const rank: Readonly<Record<Verdict['decision'], number>> = { denied: 0, unknown: 1, ambiguous: 1, allowed: 2 };
  const all = ends.flatMap((end): readonly AskedPacket[] => {
    const packet = packetTo(complaint, cluster, end);
    return packet === null ? [] : [{ packet, verdict: decide(cluster.snapshot, cluster.profile, packet), end }];
  });
  const [worst] = all.toSorted((a, b) => rank[a.verdict.decision] - rank[b.verdict.decision]);
  if (worst === undefined) return null;
  const judged = aboutPacket(complaint, cluster, worst);
  const others = all.some(({ verdict }) => verdict.decision !== worst.verdict.decision);
  const beside = [
    ...(worst.end.note === null ? [] : [worst.end.note]),
    ...(others ? ['a connection leads to any of what is behind that address, and the rest can be reached or is not known'] : []),
  ];
  return { ...judged, because: [...judged.because, ...beside] };
}

function aboutPacket(complaint: Complaint, cluster: AskedCluster, { packet, verdict, end: { title: told } }: AskedPacket): Judgement {
  const { snapshot, profile, preflight, patched, jobs } = cluster;
  const title = `${titleOf(packet.from, jobs)} could not reach ${told ?? titleOf(packet.to, jobs)} on ${portText(packet.protocol, packet.port)}`;
  const witness = { packet, verdict, story: title };
  const base = { quotes: complaint.quotes, witness };
  switch (verdict.decision) {
    case 'denied': {
      // The patch of the job that the line is about, where that is told; what opens one packet alone comes after what lets the job run.
      const job = pathFor(complaint, cluster)?.job;
      const patch = patched.opening(packet, job === undefined ? preflight.jobs : [job, ...preflight.jobs.filter((j) => j !== job)]);
      const advice = patch === null ? advise(snapshot, profile, packet, verdict) : null;
      return {
        ...base,
        blames: 'policy',
        likelihood: likelihoodOf(complaint),
        title,
        because: [
          complaint.means,
          `the policies deny that packet: ${verdict.egress.decision === 'denied' ? verdict.egress.because : verdict.ingress.because}`,
          ...(patch === null && preflight.jobs.some((j) => j.patch !== null)
            ? ['what preflight writes for the job does not open it: nothing in the job tells of it']
            : []),
          ...notDropped(complaint),
        ],
        advice,
        patch,
        fix: fixBy(patch, advice, packet.to),
      };
    }
    case 'allowed':
      return {
        ...base,
        blames: complaint.outcome === 'dropped' ? 'network' : 'program',
        likelihood: complaint.outcome === 'dropped' ? 'likely' : 'possible',
        title,
        because: [complaint.means, 'the policies that were given let that packet pass, so no policy is to blame', ...afterAllowed(complaint)],
        advice: null,
        patch: null,
        fix: fixAfterAllowed(complaint),
      };
    case 'unknown':
    case 'ambiguous':
      return {
        ...base,
        blames: 'unsettled',
        likelihood: 'possible',
        title,
        because: [complaint.means, ...verdict.gaps.map((g) => `not known: ${g.text}; ${g.mend}`)],
        advice: null,
        patch: null,
        fix: 'Give what is missing, and ask again.',
      };
  }
}

/** What to do, by the policies of preflight, else by the edits that were found. Where the far end is a name, policies that know addresses alone cannot say it. */
function fixBy(patch: PreflightPatch | null, advice: Advice | null, to: Endpoint | null): string {
  if (patch !== null) return patchSentence(patch);
  if (advice !== null && advice.proposals.length > 0) return 'Open it in the policies: see below.';
  return to?.kind === 'name'
    ? `Open it by hand: allow ${to.name} in a policy that knows names (of Cilium, Antrea, GKE, EKS or OVN-Kubernetes, with --profile), its addresses with an ipBlock, or a proxy.`
    : 'Open it by hand: no single edit of these policies was found that does.';
}

/** What else drops or refuses packets that policies let pass. */
function afterAllowed({ outcome }: Complaint): readonly string[] {
  switch (outcome) {
    case 'dropped':
      return [
        'packets that no policy stops are dropped by security groups and firewalls of nodes, on a second interface, or towards a pod that is gone',
        'a pod that starts may be shut for a moment, until its policies are in force: then a second try works',
      ];
    case 'refused':
      return ['nobody listened there: the peer was not up yet, or had ended'];
    case 'cut':
      return ['the connection had been open: the peer ended, or its node did'];
    default:
      return [];
  }
}

function fixAfterAllowed({ outcome }: Complaint): string {
  if (outcome === 'dropped') return 'Look at firewalls between nodes, at the interface that is used, and whether the address is still a pod of the job.';
  return 'Look at the log of that peer: it ended first.';
}

/** What preflight says of the path that a line is about, where the line names no packet. */
function aboutPath(complaint: Complaint, cluster: AskedCluster): Judgement | null {
  const found = pathFor(complaint, cluster);
  if (found === null) return null;
  const { job, path, doubt } = found;
  const [witness] = path.witnesses;
  const base = { quotes: complaint.quotes, witness: witness ?? null, advice: path.advice };
  if (path.status === 'blocked') {
    const patch = patchOpening(job, path);
    return {
      ...base,
      blames: complaint.subject === 'dns' ? 'names' : 'policy',
      likelihood: doubt === null ? likelihoodOfPath(complaint, found.isVery) : 'possible',
      title: `${path.title} of ${job.title} is blocked: ${witness?.story ?? `${path.from} to ${path.to}`}`,
      because: [complaint.means, `the policies deny what it needs: ${path.because}`, ...(doubt === null ? [] : [doubt]), ...notDropped(complaint)],
      patch,
      fix: fixBy(patch, path.advice, witness?.packet.to ?? null),
    };
  }
  if (path.status === 'unknown') {
    return {
      ...base,
      blames: 'unsettled',
      likelihood: 'possible',
      title: `whether ${path.title} of ${job.title} is open is not known`,
      because: [complaint.means, ...path.reasons],
      patch: null,
      fix: 'Give what is missing, and ask again.',
    };
  }
  return null;
}

function titleOf(end: Endpoint, jobs: AskedCluster['jobs']): string {
  switch (end.kind) {
    case 'pod': {
      const member = jobs.flatMap((j) => j.members).find((m) => m.id === end.workload);
      const name = member === undefined ? end.workload : `${member.name}${member.role === null ? '' : ` ${member.role}`}`;
      return member === undefined || member.replicas > 1 ? `${name} ${end.replica}` : name;
    }
    case 'node':
      return `node ${end.node ?? ''}`;
    case 'address':
      return end.ip;
    case 'name':
      return end.name;
  }
}
