import { seenBy } from '../../engine/seen-by.ts';
import type { Cause, Diagnosis, Likelihood } from '../../model/diagnosis.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jobsIn, preflight } from '../preflight/preflight.ts';
import { askPolicies } from './ask-policies.ts';
import type { AskedCluster } from './asked-cluster.ts';
import { type Complaint, complaintsOf } from './complaints.ts';
import type { ScannedLog } from './log-scanner.ts';
import { overLoopback } from './loopback.ts';
import { asFollowed, mayHaveFollowed } from './may-have-followed.ts';
import { mergedCauses } from './merged-causes.ts';
import { Patched } from './opening-patch.ts';
import { type FirstByClock, inOrderOfTime, isBefore, type Judgement, type Timed } from './order-of-time.ts';
import { overOtherInterface } from './other-interface.ts';
import { pathFor } from './path-for.ts';
import { mayFollow } from './sighting.ts';
import { Pods } from './suspects.ts';
import { wentOn } from './went-on.ts';
import { withoutPolicies } from './without-policies.ts';

/** The cluster that a job ran in, as far as it was given. */
export interface GivenCluster {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  /** Files that hold the job. */
  readonly files: ReadonlySet<string>;
  /** Whether the cluster was given, and not the job alone: no policies then means that there are none. */
  readonly hasCluster: boolean;
}

const ranks: Readonly<Record<Likelihood, number>> = { certain: 0, likely: 1, possible: 2 };

/**
 * What logs say about why a job does not go on, most likely first. Lines that only follow from others prove nothing; connections that failed are asked of
 * the engine, where a cluster was given. Pure.
 */
export function diagnose(logs: readonly ScannedLog[], given: GivenCluster | null): Diagnosis {
  const cluster = given === null ? null : asked(logs, given);
  const devices = new Map(logs.flatMap((l) => [...l.devices]));
  const { complaints: all, left } = complaintsOf(logs);
  const told = all.map((complaint) => {
    const passed = wentOn(complaint, logs);
    // Whatever was logged later, policies that shut the way are to be told.
    return { complaint, passed: passed !== null && isDenied(causeOf(complaint, cluster, devices)) ? null : passed };
  });
  const complaints = told.filter(({ passed }) => passed === null).map(({ complaint }) => complaint);
  const crashes = complaints.filter((c) => c.subject === 'program' && c.proof !== 'echo' && !mayHaveFollowed(c, complaints)).map((c) => c.seen);
  const waits = complaints.filter((c) => c.subject !== 'program').map((c) => c.seen);
  const causes = inOrderOfTime(
    mergedCauses(
      complaints
        .map((complaint): Timed => {
          const cause = besideWait(besideCrash(causeOf(complaint, cluster, devices), complaint, crashes), complaint, waits);
          const judgement = mayHaveFollowed(complaint, complaints) ? asFollowed(cause) : cause;
          return { judgement, seen: complaint.seen, echo: complaint.proof === 'echo' };
        })
        .sort((a, b) => ranks[a.judgement.likelihood] - ranks[b.judgement.likelihood] || weightOf(a.judgement) - weightOf(b.judgement)),
    ),
  );
  const facts = [...factsOf(logs), ...(left === 0 ? [] : [`${left} more lines differ from all that are told apart: they are counted, and not looked into`])];
  return {
    verdict: verdictOf(causes),
    causes,
    passed: told.flatMap(({ passed }) => (passed === null ? [] : [passed])),
    logs: logs.map(({ file, lines, bytes }) => ({ file, lines, bytes })),
    recognised: logs.reduce((sum, l) => sum + l.recognised, 0),
    facts,
    profile: cluster?.profile.id ?? null,
    assumptions: cluster?.preflight.assumptions ?? [],
  };
}

/** What logs tell about themselves. Ranks of one communicator have to run one version of NCCL. Source: NVIDIA/nccl src/init.cc, "Mismatched NCCL version detected". */
function factsOf(logs: readonly ScannedLog[]): readonly string[] {
  const facts = [...new Set(logs.flatMap((l) => l.facts))];
  const versions = facts.filter((f) => /^NCCL \d/.test(f));
  return versions.length < 2
    ? facts
    : [...facts, `these logs show different versions of NCCL (${versions.join(', ')}): ranks of one job that differ so hang or fail`];
}

function asked(logs: readonly ScannedLog[], { snapshot, profile: base, files, hasCluster }: GivenCluster): AskedCluster {
  const settled = seenBy(snapshot, base);
  const jobs = jobsIn(settled.snapshot, files);
  return {
    ...settled,
    // What a job's operator makes is no cluster; policies beside the job are.
    hasCluster: hasCluster || snapshot.policies.some((p) => !p.id.includes(' (made by ')),
    jobs,
    preflight: preflight(snapshot, base, { files, zones: [] }),
    patched: new Patched(settled.snapshot, settled.profile),
    pods: new Pods(settled.snapshot, jobs, new Map(logs.flatMap((l) => [...l.addresses]))),
  };
}

function causeOf(complaint: Complaint, cluster: AskedCluster | null, devices: ReadonlyMap<string, string>): Judgement {
  // Another pod's complaints are not the job's: its policies have no say in them.
  const { who } = complaint;
  if (cluster !== null && who.length > 0 && who.every(({ name, vouched }) => vouched && cluster.pods.named(name) === null))
    return withoutPolicies(complaint, 'other-pods');
  return (
    overLoopback(complaint) ??
    overOtherInterface(complaint, devices) ??
    (cluster === null ? null : said(askPolicies(complaint, cluster), cluster)) ??
    withoutPolicies(
      complaint,
      cluster === null ? 'nothing' : cluster.hasCluster ? (namesSomething(complaint, cluster) ? 'all' : 'nobody-named') : 'no-policies',
    )
  );
}

/** Whether policies could be asked about a complaint: it names a far end, or is about a path of the job. */
function namesSomething(complaint: Complaint, cluster: AskedCluster): boolean {
  return complaint.host !== null || pathFor(complaint, cluster) !== null;
}

function isDenied({ blames, likelihood }: Judgement): boolean {
  return blames === 'policy' && likelihood !== 'possible';
}

/** Policies that nobody gave let no packet pass: of a job alone, what they would have no part in is not settled by them. */
function said(judgement: Judgement | null, { hasCluster }: AskedCluster): Judgement | null {
  return hasCluster || (judgement?.blames !== 'network' && judgement?.blames !== 'program') ? judgement : null;
}

/** A process that ended leaves connections that fail, and no policy needs to: what is not proved, and did not come before, is only possible beside it. */
function besideCrash(cause: Judgement, { seen, outcome }: Complaint, crashes: readonly FirstByClock[]): Judgement {
  if (crashes.length === 0 || isBefore(seen, crashes) || cause.likelihood === 'possible') return cause;
  if (cause.blames === 'network' && cause.likelihood === 'likely') return { ...cause, likelihood: 'possible' };
  // Policies that shut the way are proved by packets that were dropped, and not by a line that a dead peer leaves as well.
  return cause.blames === 'policy' && outcome === 'unclear'
    ? { ...cause, likelihood: 'possible', because: [...cause.because, 'a process ended as well, and what it leaves behind looks the same'] }
    : cause;
}

/** That a process was killed does not say by whom: where others waited or failed before, for all that is known, a launcher may have done it. */
function besideWait(cause: Judgement, { subject, seen, signature }: Complaint, waits: readonly FirstByClock[]): Judgement {
  if (subject !== 'program' || !mayFollow(signature) || waits.length === 0 || isBefore(seen, waits)) return cause;
  return {
    ...cause,
    likelihood: 'possible',
    because: [...cause.because, 'others waited or failed as well, and are not known to have done so later: it may have been ended for that'],
  };
}

/** Of causes that are as likely, those that explain others come first: names before connections, connections before what follows from them. */
function weightOf({ blames, witness }: Judgement): number {
  const order: Readonly<Record<Cause['blames'], number>> = { names: 0, policy: 1, program: 2, network: 3, fabric: 3, setting: 4, unsettled: 5 };
  return order[blames] - (witness === null ? 0 : 0.5);
}

function verdictOf([first, ...others]: readonly Cause[]): Diagnosis['verdict'] {
  if (first === undefined) return 'nothing';
  const all = [first, ...others];
  const best = all.filter((c) => c.likelihood === first.likelihood);
  if (best.some((c) => c.blames === 'policy' || c.blames === 'names' || c.blames === 'network' || c.blames === 'fabric'))
    return first.likelihood === 'possible' ? 'unsettled' : 'network';
  if (first.likelihood === 'possible' && best.some((c) => c.blames === 'unsettled')) return 'unsettled';
  return best.every((c) => c.blames === 'unsettled') ? 'unsettled' : 'elsewhere';
}
