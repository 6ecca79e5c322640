import type { PassagePurpose } from '../../model/passage.ts';
import type { JobPreflight, PreflightPath } from '../../model/preflight-report.ts';
import { jobTitle } from '../../model/training-job.ts';
import type { AskedCluster } from './asked-cluster.ts';
import type { Complaint } from './complaints.ts';

/** The path of a job that a complaint is about. */
interface FoundPath {
  readonly job: JobPreflight;
  readonly path: PreflightPath;
  /** Whether the lines name that very path, and not only its sort. */
  readonly isVery: boolean;
  /** Why it may be another job's. */
  readonly doubt: string | null;
}

/** What the paths serve that lines of a subject are about, where the job has some: another path that is shut says nothing of these. */
const purposes: Readonly<Partial<Record<Complaint['subject'], PassagePurpose>>> = { store: 'rendezvous', launch: 'launch' };

/** The path of a job that a complaint is about: the first of its sort that is shut, else the first. */
export function pathFor(complaint: Complaint, cluster: AskedCluster): FoundPath | null {
  const { subject, host, port, passages } = complaint;
  const { jobs, doubt } = jobsOf(complaint, cluster);
  const isForeign = host !== null && cluster.pods.at(host) === null && cluster.pods.named(host) === null;
  const all = jobs.flatMap((job) => {
    const about = job.paths.filter((path) => isAbout(path, subject, port) && leadsTo(path, subject, host));
    const very = about.filter(({ id }) => passages.some((passage) => fits(id, passage)));
    // Of a framework that the job does not show, a line that dials no pod of it is about somebody else.
    if (passages.length > 0 && very.length === 0 && isForeign) return [];
    const closer = very.length > 0 ? very : about;
    const serving = closer.filter(({ purpose }) => purpose !== undefined && purpose === purposes[subject]);
    return (serving.length > 0 ? serving : closer).map((path) => ({ job, path, isVery: very.length > 0 }));
  });
  const rank = { blocked: 0, unknown: 1, open: 2 } as const;
  const [first] = all.toSorted((a, b) => rank[a.path.status] - rank[b.path.status]);
  if (first === undefined) return null;
  const elsewhere = doubt === null && all.some(({ job, path }) => job !== first.job && path.status !== first.path.status);
  return { ...first, doubt: elsewhere ? 'the lines do not tell whose they are, and another job that was given has that path open or not known' : doubt };
}

/** The jobs whose lines these may be: that of the pods that printed them, else that of the far end, else any. */
function jobsOf({ who, host }: Complaint, { jobs, pods, preflight }: AskedCluster): { readonly jobs: readonly JobPreflight[]; readonly doubt: string | null } {
  const printers = who.flatMap(({ name }) => pods.named(name) ?? []);
  const far = host === null ? null : (pods.at(host) ?? pods.named(host));
  const known = printers.length > 0 || far === null ? printers : [far];
  const own = jobs.filter((job) => known.some(({ workload }) => job.members.includes(workload))).map(jobTitle);
  const found = preflight.jobs.filter(({ title }) => own.includes(title));
  if (found.length > 0) return { jobs: found, doubt: null };
  const [stranger] = who;
  return {
    jobs: preflight.jobs,
    doubt: stranger === undefined ? null : `${stranger.name} printed that, and is a pod of no job that was given: it may be another's`,
  };
}

// `nccl/` is all that begins so, and a star before `/ssh` all that ends so.
function fits(id: string, passage: string): boolean {
  return passage.startsWith('*') ? id.endsWith(passage.slice(1)) : passage.endsWith('/') ? id.startsWith(passage) : id === passage;
}

/** Whether a path to places outside the job leads where the line says. */
function leadsTo({ id, to }: PreflightPath, subject: Complaint['subject'], host: string | null): boolean {
  if (host === null || (subject !== 'data' && subject !== 'credentials')) return true;
  const wanted = host.toLowerCase();
  return [id, to].some((text) =>
    text
      .toLowerCase()
      .split(/[/:\s,]/)
      .includes(wanted),
  );
}

function isAbout({ id, title, ports }: PreflightPath, subject: Complaint['subject'], port: number | null): boolean {
  switch (subject) {
    case 'dns':
      return id === 'dns';
    case 'credentials':
      return id.startsWith('credentials/') || id.startsWith('zone/credentials');
    case 'data':
      return id.startsWith('named/') || id.startsWith('zone/');
    case 'api-server':
      // What kubectl starts goes through the API server.
      return title.includes('API') || id.includes('api-server') || id.endsWith('/exec');
    case 'peers':
    case 'store':
    case 'launch':
    case 'waiting':
      return !id.startsWith('named/') && !id.startsWith('zone/') && !id.startsWith('credentials/') && id !== 'dns' && (port === null || ports.includes('TCP'));
    default:
      return false;
  }
}
