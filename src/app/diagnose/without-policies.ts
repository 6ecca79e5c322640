import type { Cause, Likelihood } from '../../model/diagnosis.ts';
import type { Outcome, Subject } from '../../signatures/signature.ts';
import type { Complaint } from './complaints.ts';
import type { Judgement } from './order-of-time.ts';

/**
 * What could be asked of policies: nothing, as none were given (with a job or without), as the lines are of pods that no given job has, or as they do not say
 * whom somebody dialled; or all, and they had no say.
 */
export type Asked = 'nothing' | 'no-policies' | 'other-pods' | 'nobody-named' | 'all';

/** What a complaint says by itself, where no policy could be asked, or none decides it. */
export function withoutPolicies(complaint: Complaint, asked: Asked): Judgement {
  const hadPolicies = asked === 'all';
  const { subject, outcome, proof, host, port, means, quotes } = complaint;
  const far = host === null ? '' : ` (${host}${port === null ? '' : `:${port}`})`;
  return {
    blames: proof === 'echo' ? 'unsettled' : blamed(subject, outcome, hadPolicies),
    likelihood: likelihoodOf(complaint, hadPolicies),
    title: `${means.charAt(0).toUpperCase()}${means.slice(1)}${far}`,
    because: becauseOf(complaint, hadPolicies),
    quotes,
    witness: null,
    advice: null,
    patch: null,
    fix: fixOf(complaint, asked),
  };
}

function blamed(subject: Subject, outcome: Outcome, hadPolicies: boolean): Cause['blames'] {
  switch (subject) {
    case 'dns':
      return outcome === 'unknown-name' ? 'setting' : 'names';
    case 'rdma':
      return 'fabric';
    case 'interface':
    case 'intruder':
      return 'setting';
    case 'program':
      return 'program';
    case 'waiting':
      return 'unsettled';
    default:
      // Some CNIs reject instead of dropping: only policies that were asked take the network out of it.
      if (outcome === 'refused' && !hadPolicies) return 'unsettled';
      return outcome === 'refused' || outcome === 'cut' ? 'program' : outcome === 'unclear' ? 'unsettled' : 'network';
  }
}

function likelihoodOf({ subject, outcome, proof }: Complaint, hadPolicies: boolean): Likelihood {
  if (proof === 'echo') return 'possible';
  if (subject === 'program' || subject === 'interface') return 'likely';
  if (subject === 'rdma') return 'likely';
  if (subject === 'dns') return outcome === 'unknown-name' || proof === 'hint' ? 'possible' : 'likely';
  // Where policies were given and have no say, what is left is only possible.
  if (hadPolicies) return 'possible';
  return outcome === 'dropped' && proof === 'connect' ? 'likely' : 'possible';
}

function becauseOf({ subject, outcome, proof }: Complaint, hadPolicies: boolean): readonly string[] {
  const lines: string[] = [];
  if (proof === 'echo') lines.push('such a line follows from something else, and proves nothing by itself');
  if (subject === 'program' && proof !== 'echo') lines.push('this is not the network; peers that lose this process complain of closed connections');
  if (subject === 'dns' && outcome === 'unanswered')
    lines.push(
      hadPolicies
        ? 'the policies that were given let it ask: look at the resolver itself'
        : 'a default deny for egress that does not open port 53 looks just so',
    );
  if (!hadPolicies && outcome === 'dropped' && subject !== 'rdma' && subject !== 'program')
    lines.push('nothing answered at all: policies drop packets so, and so do firewalls of nodes');
  if (outcome === 'refused' && subject !== 'program') lines.push('it was refused at once: nobody listened there (yet), or the CNI rejects instead of dropping');
  if (outcome === 'cut') lines.push('it was open before: the peer ended, or something cut it');
  return lines;
}

function fixOf({ subject, outcome, proof, who, signature }: Complaint, asked: Asked): string {
  if (proof === 'echo') return 'Look for the first line that fails, on every rank.';
  if (signature.mend !== undefined) return signature.mend;
  switch (subject) {
    case 'program':
      return 'Mend the program, or give it what it lacks; no policy has a part in it.';
    case 'rdma':
      return 'Look at the partition key and its index (NCCL_IB_PKEY is an index), at ACLs for UDP 4791, or at the security group of EFA.';
    case 'interface':
      return 'Set what names the interface (NCCL_SOCKET_IFNAME, GLOO_SOCKET_IFNAME, NVSHMEM_BOOTSTRAP_UID_SOCK_IFNAME, UCX_NET_DEVICES) to one that the pod has.';
    case 'intruder':
      return 'Keep sidecars, scanners and probes away from the training pods.';
    case 'dns':
      return outcome === 'unknown-name'
        ? 'Look at the headless Service, at the subdomain of the pods and at the namespace in the name.'
        : asked === 'all'
          ? 'Look at the pods of the cluster DNS, at the Service before them, and at a cache on the node.'
          : 'Open UDP and TCP 53 to the pods of the cluster DNS.';
    case 'waiting':
      return 'Look at the other ranks: one of them says more.';
    default:
      return toAsk(asked, who);
  }
}

function toAsk(asked: Asked, who: Complaint['who']): string {
  switch (asked) {
    case 'nothing':
      return 'Ask the policies: give the job with --job and the cluster with --policies.';
    case 'no-policies':
      return 'Ask the policies: give the cluster with --policies.';
    case 'other-pods':
      return `Ask the policies: no job that was given has ${who.length === 1 ? `a pod ${who[0]?.name}` : `pods such as ${who[0]?.name}`}; give theirs with --job too.`;
    case 'nobody-named':
      return 'Look above that line for the place that the program dials: policies can be asked about it once a line names it.';
    case 'all':
      return 'Look at the log of the other end, and at what lies between the nodes.';
  }
}
