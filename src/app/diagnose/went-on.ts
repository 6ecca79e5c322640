import type { Passed } from '../../model/diagnosis.ts';
import type { Complaint } from './complaints.ts';
import type { ScannedLog, Sighted } from './log-scanner.ts';
import { isInCluster } from './suspects.ts';
import type { Works } from './worked.ts';

/** Names of pods, as operators number them: what is looked up there is of the job. */
const ofPod = /-\d{1,6}(?:\.|$)/;

/**
 * What shows that what a complaint is about worked afterwards; null where nothing does. Every line of it has to come before: in the same log by its place,
 * between logs by the clock.
 */
export function wentOn(complaint: Complaint, logs: readonly ScannedLog[]): Passed | null {
  const { subject, host, sighted } = complaint;
  // A look-up of anything but a pod is not needed for a step.
  if (subject === 'dns' && (host === null || !(ofPod.test(host) || isInCluster(host)))) return null;
  const works = logs.flatMap((l) => l.works).filter(({ signature }) => signature.clears?.includes(subject === 'dns' ? 'store' : subject) === true);
  const shown = sighted.map((s) => works.find((w) => isAfter(w, s)));
  const [by] = shown;
  if (by === undefined || shown.includes(undefined)) return null;
  return { title: complaint.means, quotes: complaint.quotes, means: by.signature.means, by: by.quote };
}

function isAfter({ who, wholeJob, quote, time: printed, begun }: Works, { sighting, quote: seen, last }: Sighted): boolean {
  const isOwn = wholeJob || (who?.name ?? null) === (sighting.who?.name ?? null);
  if (!isOwn) return false;
  const { line, time } = begun ?? { line: quote.line, time: printed };
  if (quote.file === seen.file) return line > last.line;
  return wholeJob && time !== null && last.time !== null && time.zoned === last.time.zoned && time.at > last.time.at;
}
