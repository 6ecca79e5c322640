import { checks } from '../../checks/registry.gen.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { detectedIn } from '../../frameworks/job-frameworks.ts';
import { trainingJobs } from '../../frameworks/training-jobs.ts';
import { kept } from '../../kernel/memo.ts';
import type { Finding } from '../../model/finding.ts';
import type { JobPreflight, PreflightPath, PreflightReport } from '../../model/preflight-report.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jobTitle, type TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { advise } from '../advice/advise.ts';
import { namesTaken } from '../names-taken.ts';
import { type AskingZone, ownersWord } from '../owners-word.ts';
import { runChecks } from '../run-checks.ts';
import { trainingEvidence } from '../training.ts';
import { credentialPaths } from './credential-paths.ts';
import { dnsPaths, type WithDns, withDns } from './dns-path.ts';
import { policyFit, zoneFit } from './fit.ts';
import { judgePath } from './judge-path.ts';
import { memberTitle, podsOf } from './member-title.ts';
import { meshFindings } from './mesh.ts';
import { namedPaths } from './named-destinations.ts';
import type { NeededPath } from './needed-path.ts';
import { ownResolverPaths } from './own-resolvers.ts';
import { passagePaths } from './passage-paths.ts';
import { patchFor } from './patch.ts';
import { podNameFindings } from './pod-names.ts';
import { probePaths } from './probe-paths.ts';
import { sidecarPaths } from './sidecar-paths.ts';
import { usualPaths } from './usual-hosts.ts';
import { unreadZonePaths, zonePaths } from './zone-paths.ts';

/** What is asked: which files hold the jobs, and the zones that say what they need beside what they show. */
export interface PreflightQuestion {
  /** Files, as diagnostics name them; jobs elsewhere in the input are part of the cluster. */
  readonly files: ReadonlySet<string>;
  readonly zones: readonly LoadedZone[];
  /** Zones that were given and cannot be read, as diagnostics name their files: what these ask of the network is not known. */
  readonly unreadZones?: readonly string[];
}

/** Checks of what no path tells: what is wrong with the network, the paths themselves say. */
const beyondPaths = checks.filter((c) => c.plane !== 'network' && c.plane !== 'identity');
const ofRunning = new Set(beyondPaths.filter((c) => c.running).map((c) => c.slug));

/**
 * Whether jobs would run under the policies of a cluster: every path that they need is asked of the engine, and what is blocked gets policies that open it,
 * carried out and asked again. Pure. No job in the files gives an empty report.
 */
export function preflight(given: Snapshot, base: Profile, { files, zones, unreadZones = [] }: PreflightQuestion): PreflightReport {
  const asking = zones.map((loaded): AskingZone => ({ loaded, intents: zoneIntents(loaded) }));
  const settled = seenBy(given, base);
  const { profile } = settled;
  const jobs = jobsIn(settled.snapshot, files);
  const dns = withDns(settled.snapshot, zones[0]?.zone.spec.platform.dns ?? null);
  const reach = solve(dns.snapshot, profile);
  const findings = runChecks(reach, beyondPaths);
  const around = { reach, dns, findings, asking, unreadZones, given: settled.snapshot };
  const asked = jobs.map((job) => ({ job, needed: neededBy(around, job) }));
  const byName = asked.some(({ needed }) => needed.some((path) => path.ends.some(({ party }) => party.kind === 'name')));
  return {
    profile: profile.id,
    jobs: asked.map(({ job, needed }) => jobPreflight(around, job, needed)),
    assumptions: [...(dns.assumed === null ? [] : [dns.assumed]), ...profile.assumptions, ...namesTaken(dns.snapshot, profile, byName)],
  };
}

interface Around {
  readonly reach: Reachability;
  readonly dns: WithDns;
  readonly findings: readonly Finding[];
  readonly asking: readonly AskingZone[];
  readonly unreadZones: readonly string[];
  readonly given: Snapshot;
}

/** The jobs of the files: what trains, or, where nothing does, every workload that is there. */
export function jobsIn(snapshot: Snapshot, files: ReadonlySet<string>): readonly TrainingJob[] {
  const there = snapshot.workloads.filter((w) => files.has(w.origin.document.file) && w.lifecycle !== 'finished');
  const launching = new Set(trainingJobs(there).flatMap((job) => (detectedIn(job).some(({ signs }) => signs.some((s) => s.starts)) ? job.members : [])));
  const training = there.filter((w) => trainingEvidence(w).length > 0 || w.kind === 'Job' || launching.has(w));
  return trainingJobs(training.length > 0 ? training : there);
}

/** Jobs of the files that are over, all or some of their pods: nothing is asked about these. */
export function finishedIn(snapshot: Snapshot, files: ReadonlySet<string>): readonly TrainingJob[] {
  const over = snapshot.workloads.filter((w) => files.has(w.origin.document.file) && w.lifecycle === 'finished');
  const training = over.filter((w) => trainingEvidence({ ...w, lifecycle: 'running' }).length > 0 || w.kind === 'Job');
  return trainingJobs(training);
}

/** Every path that a job needs. */
function neededBy({ reach, dns, asking, unreadZones }: Around, job: TrainingJob): readonly NeededPath[] {
  const word = ownersWord(asking, job);
  const region = asking.map((z) => z.loaded.zone.spec.platform.region).find((r) => r !== null) ?? null;
  return once([
    ...passagePaths(reach, job, word),
    ...dnsPaths(reach, dns, job),
    ...ownResolverPaths(reach, dns, job),
    ...asking.flatMap((zone) => zonePaths(reach, job, zone)),
    ...unreadZonePaths(job, unreadZones),
    ...credentialPaths(reach, job, region),
    ...namedPaths(reach, job, region),
    ...usualPaths(job),
    ...sidecarPaths(job, reach.profile.id),
  ]);
}

function jobPreflight({ reach, findings, asking, given }: Around, job: TrainingJob, needed: readonly NeededPath[]): JobPreflight {
  const detected = detectedIn(job, ownersWord(asking, job));
  const judged = needed.map((path) => judgePath(reach, path, (m) => titleIn(job, m)));
  const blocked = needed.filter((_, i) => judged[i]?.status === 'blocked');
  const about = findings.filter((f) => isAbout(f, job));
  const patch = blocked.length === 0 ? null : patchFor({ job, reach, paths: blocked, keeps: needed });
  return {
    title: jobTitle(job),
    origin: job.origin,
    pods: podsOf(job),
    frameworks: detected.map(({ framework, signs }) => ({ id: framework.id, title: framework.title, signs })),
    paths: [...judged.map((path): PreflightPath => ({ ...path, advice: adviceFor(reach, path, patch?.opens ?? []) })), ...probePaths(reach, job)],
    problems: [
      ...zoneFit(job, asking),
      ...(asking.length > 0 ? [] : policyFit(job, given)),
      ...meshFindings(job, given),
      ...podNameFindings(job, given),
      ...about.filter((f) => ofRunning.has(f.check)),
    ],
    security: about.filter((f) => !ofRunning.has(f.check)),
    patch,
  };
}

/** What opens the first packet of a path that no added policy opens. */
function adviceFor(reach: Reachability, path: Omit<PreflightPath, 'advice'>, opened: readonly string[]): PreflightPath['advice'] {
  const [witness] = path.witnesses;
  if (path.status !== 'blocked' || witness === undefined || opened.includes(path.id)) return null;
  return advise(reach.snapshot, reach.profile, witness.packet, witness.verdict);
}

/** Each path once. What a zone or a framework says is not told again where the job itself, or its service account, names the same place: a data set, a role. */
function once(paths: readonly NeededPath[]): readonly NeededPath[] {
  const distinct = withOwnIds(paths);
  const named = distinct.filter((p) => /^(?:named|credentials|usual)\//.test(p.id));
  const said = distinct.filter((p) => !named.includes(p));
  return distinct.filter((p) => !named.includes(p) || !said.some((wide) => covers(wide, p)));
}

/** Paths that ask the same are one; others of one id, as those of two zones of one name, are told apart by a number. */
function withOwnIds(paths: readonly NeededPath[]): readonly NeededPath[] {
  const byId = new Map<string, NeededPath[]>();
  return paths.flatMap((path) => {
    const before = kept(byId, path.id, () => []);
    if (before.some((b) => asks(b) === asks(path))) return [];
    before.push(path);
    return before.length === 1 ? [path] : [{ ...path, id: `${path.id}#${before.length}` }];
  });
}

function asks({ from, ends, missing, required, because }: NeededPath): string {
  return JSON.stringify([from.map((w) => w.id), ends.map((e) => [e.endpoint, e.ports.toString()]), missing, required, because]);
}

/** Whether whoever finds one path open finds the other open as well: the same pods, places and ports, or more. */
function covers(wide: NeededPath, narrow: NeededPath): boolean {
  return (
    wide.required &&
    narrow.missing.length === 0 &&
    narrow.ends.length > 0 &&
    narrow.from.every((w) => wide.from.includes(w)) &&
    narrow.ends.every((end) => wide.ends.some((e) => JSON.stringify(e.endpoint) === JSON.stringify(end.endpoint) && end.ports.subsetOf(e.ports)))
  );
}

function titleIn(job: TrainingJob, member: Workload): string {
  return job.members.includes(member) ? memberTitle(job, member) : member.name;
}

/** Findings about nodes, fabric and scheduling that concern the job. */
function isAbout({ primary, subjects }: Finding, job: TrainingJob): boolean {
  return (
    subjects.includes(`${job.namespace}/${job.name}`) ||
    (primary !== null && job.members.some((m) => m.origin.document.file === primary.document.file && m.origin.document.index === primary.document.index))
  );
}
