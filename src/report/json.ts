import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Advice } from '../model/advice.ts';
import type { Counterexample } from '../model/claim.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Finding } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import type { PreflightPatch } from '../model/preflight-report.ts';
import type { ScanReport } from '../model/scan-report.ts';
import type { StagedPolicy } from '../model/staged-policy.ts';
import type { Side, Verdict } from '../model/verdict.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { exposedWorkloadJson } from './exposure-path-json.ts';
import { fabricJson } from './fabric.ts';
import { fabricReachJson, fabricWayJson } from './fabric-way.ts';
import { scanHeadline, unreadObjects } from './headline.ts';
import { witnessJson } from './iam-witness-json.ts';
import {
  type AdviceJson,
  type CounterexampleJson,
  type DiagnosticJson,
  type Envelope,
  type ExplainJson,
  type FindingJson,
  reportApiVersion,
  type ScanJson,
  type SideJson,
  type StagedPolicyJson,
  type VerdictJson,
  type VerifyJson,
  type WrittenPolicyJson,
} from './json-types.ts';
import { landingJson } from './landing.ts';
import { locationJson } from './location-json.ts';
import { diagnosticPlace } from './place.ts';

/** What surrounds a report in its JSON: the input's diagnostics, findings that were ignored, and where things stand. */
export interface JsonContext {
  readonly locator: Locator;
  readonly diagnostics: readonly Diagnostic[];
  readonly ignored: readonly Ignored[];
}

/** JSON text of a report: two spaces, fields in the order of the schema, one final line feed. Control characters are escaped as JSON has it. */
export function jsonText(report: Envelope<string, string>): string {
  // DEL, C1 controls and bidirectional marks are legal in JSON strings but act on terminals; `\u` escapes keep the value and show it.
  const text = JSON.stringify(report, null, 2).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => (c === '\n' ? c : unicodeEscapes(c)));
  return `${text}\n`;
}

function unicodeEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}

export function scanJson(report: ScanReport, context: JsonContext): ScanJson {
  return {
    $schema: 'https://ringfence.dev/schemas/scan.v1.json',
    apiVersion: reportApiVersion,
    kind: 'ScanReport',
    headline: scanHeadline(report),
    profile: report.profile,
    counts: report.counts,
    unread: [...report.unread],
    training: report.training.map((w) => ({ ...w, fabric: fabricJson(w.fabric, context.locator) })),
    ...(report.cloud === undefined ? {} : { cloud: report.cloud }),
    ...(report.infiniband === undefined ? {} : { infiniband: report.infiniband.map((r) => fabricReachJson(r, context.locator)) }),
    exposed: report.exposed.map((w) => exposedWorkloadJson(w, context.locator)),
    halfOpen: report.halfOpen.map(({ opener, belongs: { origin, ...belongs }, ...passage }) => ({
      ...passage,
      opener: locationJson(opener, context.locator),
      belongs: { ...belongs, location: origin === null ? null : locationJson(origin, context.locator) },
    })),
    staged: stagedJson(report.staged, context.locator),
    findings: report.findings.map((f) => findingJson(f, context.locator)),
    ignored: ignoredJson(context),
    omitted: report.omitted,
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

export function verifyJson(report: VerifyReport, context: JsonContext): VerifyJson {
  const { locator } = context;
  return {
    $schema: 'https://ringfence.dev/schemas/verify.v1.json',
    apiVersion: reportApiVersion,
    kind: 'VerifyReport',
    // What holds for a part of the input is not known to hold for the whole.
    holds: unreadObjects(context.diagnostics) === 0 && report.zones.every((zone) => zone.claims.every((claim) => claim.status === 'holds')),
    unreadObjects: unreadObjects(context.diagnostics),
    profile: report.profile,
    zones: report.zones.map((zone) => ({
      zone: zone.zone,
      tally: {
        holds: zone.claims.filter((c) => c.status === 'holds').length,
        fails: zone.claims.filter((c) => c.status === 'fails').length,
        undecided: zone.claims.filter((c) => c.status === 'undecided').length,
      },
      claims: zone.claims.map((claim) => ({
        id: claim.id,
        group: claim.group,
        title: claim.title,
        status: claim.status,
        counterexamples: claim.counterexamples.map((c) => counterexampleJson(c, locator)),
        requests: (claim.requests ?? []).map((r) => witnessJson(r, locator)),
        ways: (claim.ways ?? []).map((way) => fabricWayJson(way, locator)),
        landings: (claim.landings ?? []).map((l) => landingJson(l, locator)),
        reasons: [...claim.reasons],
        evidence: [...claim.evidence],
        fix: claim.fix,
        advice: claim.advice === undefined ? null : { ...adviceJson(claim.advice, locator), outcome: claim.advice.outcome, breaks: [...claim.advice.breaks] },
        location: claim.origin === null ? null : locationJson(claim.origin, locator),
      })),
      notCovered: [...zone.notCovered],
    })),
    unread: [...report.unread],
    strict: report.strict,
    staged: report.staged === null ? null : { policies: stagedJson(report.staged.policies, locator), claims: report.staged.claims },
    findings: report.findings.map((f) => findingJson(f, locator)),
    ignored: ignoredJson(context),
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(context.diagnostics, locator),
  };
}

export function explainJson(explanation: Explanation, context: JsonContext): ExplainJson {
  return {
    $schema: 'https://ringfence.dev/schemas/explain.v1.json',
    apiVersion: reportApiVersion,
    kind: 'ExplainReport',
    asked: explanation.asked,
    verdict: explanation.verdict,
    profile: explanation.profile,
    answers: explanation.answers.map(({ from, to, packet, verdict, tierWalk, note, advice }) => ({
      from,
      to,
      packet,
      verdict: verdictJson(verdict, context.locator),
      tierWalk,
      note,
      advice: advice === null ? null : adviceJson(advice, context.locator),
    })),
    staged: explanation.staged === null ? null : { policies: stagedJson(explanation.staged.policies, context.locator), verdict: explanation.staged.verdict },
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

export function stagedJson(policies: readonly StagedPolicy[], locator: Locator): StagedPolicyJson[] {
  return policies.map(({ id, does, target, origin }) => ({ id, does, target, location: locationJson(origin, locator) }));
}

export function adviceJson({ goal, because, proposals }: Advice, locator: Locator): AdviceJson {
  return {
    goal,
    because: [...because],
    proposals: proposals.map(({ edits, also }) => ({
      edits: edits.map(({ origin, ...edit }) => ({ ...edit, location: origin === null ? null : locationJson(origin, locator) })),
      also: [...also],
    })),
  };
}

export function counterexampleJson({ packet, story, verdict }: Counterexample, locator: Locator): CounterexampleJson {
  return { packet, story, verdict: verdictJson(verdict, locator) };
}

/** The policies of a patch, which are all written whole. */
export function writtenPoliciesJson({ edits }: PreflightPatch): WrittenPolicyJson[] {
  return edits.map(({ policy, manifest }) => ({ policy, manifest: manifest ?? '' }));
}

/** The diagnostics of the input, located. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[], locator: Locator): DiagnosticJson[] {
  return diagnostics.map((d) => ({
    code: d.code,
    severity: d.severity,
    message: d.message,
    ...(d.hint === undefined ? {} : { hint: d.hint }),
    location: d.origin === null ? null : locationJson(d.origin, locator, diagnosticPlace(d, locator)),
  }));
}

export function ignoredJson({ ignored, locator }: JsonContext): ScanJson['ignored'] {
  return ignored.map((i) => ({ finding: findingJson(i.finding, locator), reason: i.reason, until: i.until, location: locationJson(i.origin, locator) }));
}

export function findingJson(f: Finding, locator: Locator): FindingJson {
  return {
    check: f.check,
    severity: f.severity,
    confidence: f.confidence,
    message: f.message,
    location: f.primary === null ? null : locationJson(f.primary, locator),
    related: f.related.map((r) => ({ message: r.message, location: locationJson(r.origin, locator) })),
    fix: f.fix,
    ...(f.patch === undefined ? {} : { patch: f.patch }),
    subjects: [...f.subjects],
  };
}

export function verdictJson(verdict: Verdict, locator: Locator): VerdictJson {
  const side = (s: Side): SideJson => ({
    direction: s.direction,
    decision: s.decision,
    because: s.because,
    steps: s.steps.map(({ tier, policy, outcome, because, origin }) => ({ tier, policy, outcome, because, location: locationJson(origin, locator) })),
  });
  return {
    decision: verdict.decision,
    egress: side(verdict.egress),
    ingress: side(verdict.ingress),
    gaps: [...verdict.gaps],
    qualifiers: [...verdict.qualifiers],
    profile: verdict.profile,
  };
}
