import type { Origin } from '../kernel/origin.ts';
import type { Finding } from '../model/finding.ts';
import { type JobPreflight, type PreflightPath, type PreflightReport, patchOpening, patchSentence } from '../model/preflight-report.ts';
import type { Verdict } from '../model/verdict.ts';
import type { RuleMeta } from './sarif.ts';

/** What only preflight finds: paths of a job, and a job that nothing was written for. */
export const preflightRules: readonly RuleMeta[] = [
  {
    slug: 'job-path-blocked',
    title: 'A path that the job needs is blocked',
    severity: 'high',
    plane: 'network',
    why: 'The policies stop a connection that the job opens: it hangs, or ends when its own time runs out, often without a word of the network.',
    fix: 'Add the policies that `ringfence preflight --fix` writes, or take out the rule that denies.',
  },
  {
    slug: 'job-path-unknown',
    title: 'Whether a path of the job is open is not known',
    severity: 'medium',
    plane: 'network',
    why: 'The input does not tell where the path leads or what is decided there. Unknown is never yes.',
    fix: 'Give what is missing: the message names it.',
  },
  {
    slug: 'job-outside-zone',
    title: 'A job outside the namespace of its zone',
    severity: 'high',
    plane: 'network',
    why: 'The rules of a zone are about one namespace. A job elsewhere has none of them: it is either open to all or shut in by rules that do not know it.',
    fix: 'Set metadata.namespace to the namespace of the zone.',
  },
  {
    slug: 'job-not-selected',
    title: 'A job that no rule selects',
    severity: 'high',
    plane: 'network',
    why: 'Policies know pods by their labels alone. Pods without the labels get the default deny and none of the rules that open what they need.',
    fix: 'Write the labels on the pod template, not on the job.',
  },
  {
    slug: 'pods-in-mesh',
    title: 'Pods in a service mesh',
    severity: 'medium',
    plane: 'network',
    why: 'The proxy of a mesh has a control plane to reach, and takes the packets of its pod: collectives at ports that nothing declares do not pass as they are.',
    fix: 'Keep training pods out of the mesh, by the label or annotation that the message names.',
  },
  {
    slug: 'pod-name-unresolved',
    title: 'A place to meet that DNS does not know',
    severity: 'high',
    plane: 'network',
    why: 'A Service that selects a pod does not make its name resolve: DNS knows a pod by its hostname behind the headless Service that its subdomain names.',
    fix: 'Set subdomain in the pod template (serviceName of a StatefulSet) to the name of the Service, and name a hostname that a pod has.',
  },
];

/** All that stands in the way of jobs, as findings for formats that know nothing else. */
export function preflightFindings(report: PreflightReport): readonly Finding[] {
  return report.jobs.flatMap((job) => [...job.paths.flatMap((path) => pathFinding(job, path) ?? []), ...job.problems, ...job.security]);
}

/** Those of them that keep a job from running, or leave open whether it would. */
export function stoppingFindings(report: PreflightReport, findings: readonly Finding[] = preflightFindings(report)): readonly Finding[] {
  const security = new Set(report.jobs.flatMap((job) => job.security));
  return findings.filter(
    (f) =>
      !security.has(f) &&
      (f.severity === 'critical' || f.severity === 'high' || f.undecided === true || (f.check === 'job-path-unknown' && f.severity === 'medium')),
  );
}

function pathFinding(job: JobPreflight, path: PreflightPath): Finding | null {
  if (path.status === 'open') return null;
  const blocked = path.status === 'blocked';
  const [witness] = path.witnesses;
  const told = witness === undefined ? `${path.from} to ${path.to}` : witness.story;
  const subject = job.title.replace(/\[.*$/, '');
  const patch = patchOpening(job, path);
  return {
    check: blocked ? 'job-path-blocked' : 'job-path-unknown',
    severity: path.required ? (blocked ? 'high' : 'medium') : 'low',
    confidence: 'certain',
    message: `${path.title} of ${job.title}: ${told}.${inAll(path)} It needs that because of this: ${path.because}.${path.reasons.length === 0 ? '' : ` ${path.reasons.join('; ')}.`}`,
    primary: path.origin,
    related: witness === undefined ? [] : deciding(witness.verdict),
    fix: fixOf(job, path),
    ...(patch === null ? {} : { patch: patch.edits.map((e) => e.manifest ?? '').join('---\n') }),
    subjects: [subject],
  };
}

/** All that is shut, so that a baseline does not know what is worse than it was; nothing where the packet that is told is all. */
function inAll({ status, shut }: PreflightPath): string {
  const [first] = shut;
  if (first === undefined || (shut.length === 1 && /\([A-Z]+ \d+\)$/.test(first))) return '';
  return ` ${status === 'blocked' ? 'Shut' : 'Not known'} in all: ${shut.join(', ')}.`;
}

/** What to do about a path that is not open. */
export function fixOf(job: JobPreflight, path: PreflightPath): string {
  const patch = patchOpening(job, path);
  if (patch !== null) return patchSentence(patch);
  const [edit] = path.advice?.proposals[0]?.edits ?? [];
  if (edit !== undefined) return `${edit.text.charAt(0).toUpperCase()}${edit.text.slice(1)}.`;
  return path.status === 'unknown' ? 'Give what is missing.' : 'No policy that could be added opens it: see which rule denies it.';
}

/** The rules and policies that stop a packet, with their places. */
function deciding({ egress, ingress }: Verdict): readonly { readonly origin: Origin; readonly message: string }[] {
  return [egress, ingress]
    .filter((side) => side.decision !== 'allowed')
    .flatMap((side) => side.steps.map((step) => ({ origin: step.origin, message: `${side.direction}: ${step.policy}: ${step.outcome}` })));
}
