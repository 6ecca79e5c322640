import { decide } from '../../engine/decide.ts';
import type { FlowCoverage } from '../../model/flow-coverage.ts';
import type { FlowFinding, FlowGap, FlowReport, FlowRule } from '../../model/flow-report.ts';
import { isMetadataService } from '../../model/metadata-service.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { flipsOf } from '../advice/advise.ts';
import { verify } from '../verify.ts';
import { coverageGaps } from './coverage-gaps.ts';
import type { FlowGroups } from './flow-groups.ts';
import type { Judge } from './judge.ts';
import { type Passage, Passages, passageFacts, portsText } from './passages.ts';
import { Untold } from './untold.ts';

/** Passages that rules are sought for: each change is proven on the whole input, zones and all. */
const mostSought = 40;
/** Ports of one passage that rules are sought for; more are a range that somebody should choose. */
const mostPorts = 4;

const missing: FlowRule = {
  slug: 'rule-missing',
  title: 'A workload used what the policies do not let it',
  severity: 'medium',
  why: 'Flows that got through, and that the policies deny, break when the policies come.',
  fix: 'Look at the flows. Where they are meant, apply the policy below; it was carried out on the input, and every claim of the zones that held still holds.',
};

const refusal: FlowRule = {
  slug: 'rule-refused',
  title: 'A workload used what should not be opened',
  severity: 'high',
  why: 'A rule for it would break a claim of a zone, or open the metadata service: what is protected stays shut, whatever was seen.',
  fix: 'Change the workload, or the zone, and not the policies.',
};

export const suggestRules: readonly FlowRule[] = [missing, refusal];

export interface SuggestOptions {
  readonly zones: readonly LoadedZone[];
  /** Whether what was dropped justifies a rule too. */
  readonly dropped: boolean;
}

interface Row {
  readonly passages: Passage[];
  readonly manifests: string[];
  readonly texts: string[];
}

/** For each workload the smallest change of the policies under which its flows pass, proven one after the other; none that a claim of the zones forbids. */
export function suggestRulesFor(groups: FlowGroups, judge: Judge, coverage: FlowCoverage, { zones, dropped }: SuggestOptions): FlowReport {
  const wanted = new Passages();
  const untold = new Untold();
  for (const group of groups.groups()) {
    if (group.verdict !== 'forwarded' && group.verdict !== 'audit' && !(dropped && group.verdict === 'dropped')) continue;
    for (const [port, n] of group.ports) {
      const judgement = judge.judge(group, port, null);
      if (judgement === 'untold') untold.add(group, judge, n);
      if (judgement === 'denied') wanted.add(group, port, n);
    }
  }
  const found = new Map<string, Row>();
  const refused: FlowFinding[] = [];
  const refuse = (passage: Passage, message: string): void => void refused.push(findingOf(refusal, passage.from, [passage], null, message));
  const gaps: FlowGap[] = [];
  let snapshot = judge.snapshot;
  let holding = claimsThatHold(snapshot, judge, zones);
  const all = wanted.all;
  for (const passage of all.slice(0, mostSought)) {
    if (isMetadataService(passage.group.to.ip)) {
      refuse(
        passage,
        `${passage.from} used the metadata service (${passage.count} flows), which hands out the credentials of its node: no rule is offered for it.`,
      );
      continue;
    }
    if (passage.ports.size > mostPorts) {
      gaps.push({
        what: `ports that ${passage.from} used at ${passage.to}, for which no single rule is offered`,
        count: passage.ports.size,
        mend: 'Pin the ports of the program, and write a rule for the range.',
      });
      continue;
    }
    const change = opened(passage, snapshot, judge);
    if (change === null) {
      gaps.push({
        what: `passage of ${passage.from} to ${passage.to} that no rule was found for`,
        count: passage.count,
        mend: 'ringfence explain says what stands in the way.',
      });
      continue;
    }
    if (change.texts.length === 0) continue;
    const after = claimsThatHold(change.snapshot, judge, zones);
    const broken = [...holding].filter((claim) => !after.has(claim));
    if (broken.length > 0) {
      refuse(
        passage,
        `${passage.from} used ${passage.to} on ${portsText(passage)} (${passage.count} flows), and a rule for it would break ${broken.slice(0, 3).join(', ')}.`,
      );
      continue;
    }
    snapshot = change.snapshot;
    holding = after;
    const row = found.get(passage.from) ?? { passages: [], manifests: [], texts: [] };
    row.passages.push(passage);
    row.manifests.push(...change.manifests);
    row.texts.push(...change.texts);
    found.set(passage.from, row);
  }
  const offered = [...found].map(([who, { passages, manifests, texts }]) =>
    findingOf(
      missing,
      who,
      passages,
      manifests.length === 0 ? null : manifests.join('---\n'),
      `${who} used ${passages.map((p) => `${p.to} on ${portsText(p)} (${p.count} flows)`).join(', ')}, which the policies deny: ${texts.join('; ')}.`,
    ),
  );
  return {
    verb: 'suggest',
    coverage,
    tallies: [{ name: 'passages that the policies deny and flows used', count: all.length }],
    findings: [...refused, ...offered],
    omitted: Math.max(0, all.length - mostSought),
    cannotTell: [...coverageGaps(coverage), ...groups.gaps, ...untold.gaps, ...gaps],
    notes: [
      zones.length === 0
        ? 'No zone was given (-f): nothing says what is protected, so look at each rule before it is applied.'
        : `Claims that hold before and after: ${holding.size} of ${zones.map((z) => z.zone.metadata.name).join(', ')}.`,
      'That somebody used a way does not make it right: flows of an attacker ask for rules as well.',
    ],
    profile: judge.profile.id,
    assumptions: judge.profile.assumptions,
  };
}

/** The snapshot with a rule for every port of the passage, and the edits; null where none was found. */
function opened(
  passage: Passage,
  before: Snapshot,
  judge: Judge,
): { readonly snapshot: Snapshot; readonly manifests: readonly string[]; readonly texts: readonly string[] } | null {
  let snapshot = before;
  const manifests: string[] = [];
  const texts: string[] = [];
  for (const port of passage.ports.keys()) {
    const packet = judge.packet(passage.group, port);
    if (packet === null) return null;
    const verdict = decide(snapshot, judge.profile, packet);
    if (verdict.decision === 'allowed') continue;
    if (verdict.decision !== 'denied') return null;
    // A rule that takes a denial away opens more than was seen.
    const added = flipsOf({ snapshot, profile: judge.profile, packet }, verdict, 'denied').found.find((e) => e.edits.every((edit) => edit.how === 'add'));
    if (added === undefined) return null;
    snapshot = added.snapshot;
    for (const edit of added.edits) {
      texts.push(edit.text);
      if (edit.manifest !== null) manifests.push(edit.manifest);
    }
  }
  return { snapshot, manifests, texts };
}

function claimsThatHold(snapshot: Snapshot, judge: Judge, zones: readonly LoadedZone[]): ReadonlySet<string> {
  if (zones.length === 0) return new Set();
  const report = verify(snapshot, judge.profile, zones);
  return new Set(report.zones.flatMap((z) => z.claims.filter((c) => c.status === 'holds').map((c) => `${z.zone}: ${c.id}`)));
}

function findingOf({ slug, severity, fix }: FlowRule, who: string, passages: readonly Passage[], patch: string | null, message: string): FlowFinding {
  const [first] = passages;
  const facts = first === undefined ? { primary: null, subjects: [who], measures: [], window: null, samples: [] } : passageFacts(first);
  return {
    check: slug,
    severity,
    confidence: 'certain',
    message,
    related: [],
    fix,
    ...facts,
    subjects: [who, ...passages.map((p) => p.to)],
    measures: [{ name: 'flows', value: passages.reduce((sum, p) => sum + p.count, 0), unit: 'count', limit: null }],
    samples: passages.flatMap((p) => p.samples.slice(0, 1)).slice(0, 3),
    ...(patch === null ? {} : { patch }),
  };
}
