import { createHash } from 'node:crypto';
import type { Location, Locator, Origin } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { ClaimResult, Counterexample } from '../model/claim.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import { claimAdviceEffects } from './advice-text.ts';
import { incompleteText } from './headline.ts';
import { landingText } from './landing.ts';
import { endpointText, transportText } from './party-text.ts';
import { diagnosticPlace } from './place.ts';
import { visible } from './visible.ts';

/** What SARIF says about a check; `Check` fits. `why` and `fix` are Markdown. */
export interface RuleMeta {
  readonly slug: string;
  readonly title: string;
  readonly severity: Severity;
  readonly plane: string;
  readonly why: string;
  readonly fix: string;
}

export interface SarifInput {
  readonly version: string;
  readonly rules: readonly RuleMeta[];
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
  readonly claims: readonly ClaimResult[];
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
  /** File that results without a place are pinned to: viewers drop results that have none. Null leaves them without. */
  readonly fallbackFile: string | null;
}

/** Source: SARIF 2.1.0 §3.27.10 (level); info findings are notes. */
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' };

/** CVSS-like scores in the bands that GitHub code scanning sorts by: over 9.0 critical, 7.0 high, 4.0 medium, 0.1 low. Source: GitHub docs, SARIF support, `security-severity`. */
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.5' };

type Json = Readonly<Record<string, unknown>>;

/** One SARIF 2.1.0 log with one run: a rule for every check, a result for each finding and for each claim that does not hold. */
export function sarifText(input: SarifInput): string {
  const refuted = input.claims.filter((claim) => claim.status !== 'holds');
  const rules = [...sortedBy(input.rules, (r) => r.slug).map(checkRule), ...sortedBy(new Set(refuted.map(claimRuleId)), (id) => id).map(claimRule)];
  const index = new Map(rules.map((rule, i) => [rule.id, i]));
  const seen = new Map<string, number>();
  const fingerprint = (...parts: readonly string[]): Json => {
    const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
    const n = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, n);
    return { 'ringfence/v1': `${digest}:${n}` };
  };
  const findingOf = (finding: Finding, ignored: Ignored | null): Json => ({
    ruleId: finding.check,
    ...(index.has(finding.check) ? { ruleIndex: index.get(finding.check) } : {}),
    level: levels[finding.severity],
    message: text(`${finding.message}\n\nFix: ${finding.fix}`),
    locations: placesOf(finding.primary ?? finding.related[0]?.origin ?? null, input),
    ...(finding.related.length === 0
      ? {}
      : { relatedLocations: finding.related.map((r, i) => ({ id: i + 1, ...locationOf(r.origin, input.locator), message: text(r.message) })) }),
    // Lines move from commit to commit; who it is about and what it says do not.
    partialFingerprints: fingerprint(finding.check, ...finding.subjects, finding.message),
    ...(ignored === null ? {} : { suppressions: [{ kind: 'inSource', status: 'accepted', justification: visible(ignored.reason) }] }),
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      subjects: finding.subjects,
      ...(finding.patch === undefined ? {} : { patch: finding.patch }),
    },
  });
  const claimOf = (claim: ClaimResult): Json => ({
    ruleId: claimRuleId(claim),
    ruleIndex: index.get(claimRuleId(claim)),
    level: claim.group === 'hygiene' ? 'warning' : 'error',
    message: text(claimMessage(claim, input.locator)),
    locations: placesOf(claim.origin, input),
    ...(claim.counterexamples.length === 0 ? {} : { codeFlows: claim.counterexamples.slice(0, 10).map((c) => codeFlow(c, input)) }),
    partialFingerprints: fingerprint('claim', claim.id),
    properties: { claim: claim.id, status: claim.status, ...patchOf(claim) },
  });
  const missing = incompleteText(input.diagnostics);
  const run = {
    tool: { driver: { name: 'ringfence', version: input.version, semanticVersion: input.version, informationUri: 'https://ringfence.dev', rules } },
    invocations: [
      {
        // Source: SARIF 2.1.0 §3.20.14: false when the run's results may be incomplete.
        executionSuccessful: missing === null,
        ...(missing === null ? {} : { exitCodeDescription: missing }),
        toolExecutionNotifications: input.diagnostics.map((d) => notification(d, input.locator)),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: [...input.findings.map((f) => findingOf(f, null)), ...input.ignored.map((i) => findingOf(i.finding, i)), ...refuted.map(claimOf)],
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function checkRule(rule: RuleMeta): Json & { readonly id: string } {
  return {
    id: rule.slug,
    name: rule.slug.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why, markdown: rule.why },
    help: { text: `${rule.why}\n\nFix: ${rule.fix}`, markdown: `${rule.why}\n\n**Fix.** ${rule.fix}` },
    helpUri: `https://ringfence.dev/checks/${rule.slug}`,
    defaultConfiguration: { level: levels[rule.severity] },
    properties: { 'security-severity': scores[rule.severity], tags: ['security', rule.plane] },
  };
}

/** The sort of claim: its id without the part that names one peer (`safety/protected-unreachable/databases`). */
function claimRuleId(claim: ClaimResult): string {
  return `claim/${claim.id.split('/').slice(0, 2).join('/')}`;
}

function claimRule(id: string): Json & { readonly id: string } {
  const what = id.slice('claim/'.length);
  return {
    id,
    shortDescription: { text: `The zone's claim ${what} holds` },
    fullDescription: { text: `A TrainingZone claims ${what}. The claim is refuted, or what is known does not suffice to prove it.` },
    defaultConfiguration: { level: 'error' },
    properties: { 'security-severity': what.startsWith('safety/') ? scores.critical : scores.medium, tags: ['security', 'claim'] },
  };
}

function claimMessage(claim: ClaimResult, locator: Locator): string {
  const status = claim.status === 'fails' ? 'Does not hold' : 'Could not be decided, so does not hold';
  const because = [
    ...(claim.landings ?? []).map((l) => landingText(l, locator)),
    ...claim.reasons,
    ...claim.counterexamples.slice(0, 3).map((c) => c.story),
    ...(claim.requests ?? []).map((r) => r.story),
    ...(claim.ways ?? []).map((way) => way.steps.map((s) => s.text).join('; ')),
  ];
  const edits = claim.advice?.proposals[0]?.edits.map((edit) => edit.text) ?? [];
  const advice =
    claim.advice === undefined || edits.length === 0
      ? []
      : [`To ${claim.advice.goal}: ${[edits.join(', and '), ...claimAdviceEffects(claim.advice)].join('; ')}`];
  return [`${status}: ${claim.title}`, ...because, ...(claim.fix === null ? [] : [`Fix: ${claim.fix}`]), ...advice].join('\n\n');
}

/** Policies and rules to put in, as YAML. */
function patchOf({ advice }: ClaimResult): { readonly patch?: string } {
  const manifests = advice?.proposals[0]?.edits.flatMap(({ manifest }) => manifest ?? []) ?? [];
  return manifests.length === 0 ? {} : { patch: manifests.join('---\n') };
}

/** A counterexample as a walk through the rules that decide it. Source: SARIF 2.1.0 §3.36 (codeFlow). */
function codeFlow({ packet, verdict, story }: Counterexample, { locator }: SarifInput): Json {
  const title = `${endpointText(packet.from)} to ${endpointText(packet.to)}, ${transportText(packet)}: ${verdict.decision}`;
  const steps = [verdict.egress, verdict.ingress].flatMap((side) =>
    side.steps.length === 0
      ? [{ location: { message: text(`${side.direction}: ${side.decision}, ${side.because}`) } }]
      : side.steps.map((step) => ({
          location: { ...locationOf(step.origin, locator), message: text(`${side.direction}: ${step.policy}: ${step.outcome}, ${step.because}`) },
        })),
  );
  return { message: text(`${title}. ${story}`), threadFlows: [{ locations: steps }] };
}

function notification(diagnostic: Diagnostic, locator: Locator): Json {
  const place = diagnosticPlace(diagnostic, locator);
  return {
    descriptor: { id: diagnostic.code },
    level: diagnostic.severity,
    message: text(diagnostic.hint === undefined ? diagnostic.message : `${diagnostic.message}\n\n${diagnostic.hint}`),
    ...(place === null ? {} : { locations: [physical(place)] }),
  };
}

function placesOf(origin: Origin | null, { locator, fallbackFile }: SarifInput): Json[] {
  if (origin !== null) return [locationOf(origin, locator)];
  return fallbackFile === null ? [] : [{ physicalLocation: { artifactLocation: { uri: uriOf(fallbackFile) }, region: { startLine: 1 } } }];
}

function locationOf(origin: Origin, locator: Locator): Json {
  return physical(locator.locate(origin));
}

function physical(at: Location): Json {
  const region = { startLine: at.line, startColumn: at.column, endLine: at.endLine, endColumn: at.endColumn };
  return { physicalLocation: { artifactLocation: { uri: uriOf(at.file) }, region } };
}

/** A path as a URI reference: relative paths stay relative, so viewers find them in the checked-out tree. Standard input is `stdin`. */
function uriOf(file: string): string {
  if (file === '-') return 'stdin';
  const path = file
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

/**
 * A plain-text message: paragraphs stay, other controls are spelled out, and user text cannot make a link.
 * Source: SARIF 2.1.0 §3.11.6 (embedded links `[text](target)`).
 */
function text(message: string): { readonly text: string } {
  return { text: message.split('\n').map(visible).join('\n').replaceAll('](', '] (') };
}
