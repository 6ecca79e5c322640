import { type Reachability, reach as solve } from '../../engine/reach.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { ClaimAdvice, ClaimResult, Counterexample } from '../../model/claim.ts';
import type { TrafficChange } from '../../model/diff-report.ts';
import { type LabelSelector, selectorText } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import type { Workload } from '../../model/workload.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { claimsOf } from '../claims/claims-of.ts';
import { judgedLiveness, type Shut } from '../claims/liveness.ts';
import { type BoundZone, bindZones } from '../claims/member.ts';
import { judged, type Modes } from '../modes.ts';
import { changesBeside } from '../preflight/beside.ts';
import type { NeededPath, PathEnd } from '../preflight/needed-path.ts';
import { openPaths } from '../preflight/patch.ts';
import type { Step, Wanted } from '../preflight/wanted.ts';
import { promote } from '../staged/promote.ts';
import { blockedBecause, changeText, flipsOf, otherChanges } from './advise.ts';
import type { Edited } from './change.ts';

/** Claims for which advice is sought at most, and edits that are tried for one: each is carried out on the whole input, and every claim proven again. */
const mostClaims = 8;
const mostEdits = 4;

/** Workloads and policies that are solved again for advice at most, counted once for each edit: some seconds. */
const mostWork = 24_000;

/**
 * The report with advice for claims that fail with a packet: for safety what closes the most telling one, for liveness what opens all that the claim needs.
 * Pure. In a large input fewer claims get advice, or none.
 */
export function withAdvice(report: VerifyReport, enforced: Snapshot, base: Profile, zones: readonly LoadedZone[], modes: Modes): VerifyReport {
  const { snapshot, profile } = seenBy(modes.promoted ? promote(enforced).snapshot : enforced, base);
  let left = Math.min(mostClaims, Math.floor(mostWork / ((snapshot.workloads.length + snapshot.policies.length) * mostEdits + 1)));
  if (left === 0 || !report.zones.some(({ claims }) => claims.some((c) => exampleOf(c) !== null))) return report;
  const proving = new Proving(snapshot, profile, zones, modes);
  return {
    ...report,
    zones: report.zones.map((zone, i) => ({
      ...zone,
      claims: zone.claims.map((claim) => {
        const example = exampleOf(claim);
        if (example === null || left === 0) return claim;
        left--;
        return { ...claim, advice: proving.advise(i, claim, example) };
      }),
    })),
  };
}

/** The packet that advice is about: safety fails by one that passes, liveness by one that is stopped. */
function exampleOf({ status, group, counterexamples: [first] }: ClaimResult): Counterexample | null {
  const flips = group === 'safety' ? 'allowed' : group === 'liveness' ? 'denied' : null;
  return status === 'fails' && first !== undefined && first.verdict.decision === flips ? first : null;
}

type Statuses = ReadonlyMap<string, ClaimResult['status']>;

class Proving {
  readonly #given: Snapshot;
  readonly #profile: Profile;
  readonly #zones: readonly { readonly loaded: LoadedZone; readonly intents: ReturnType<typeof zoneIntents> }[];
  readonly #modes: Modes;
  readonly #whole: Snapshot;
  readonly #matrix: Reachability;
  #solved: Reachability | null = null;
  readonly #bound: readonly BoundZone[];
  readonly #now: Statuses;
  readonly #shut: ReadonlyMap<string, readonly Shut[]>;

  constructor(given: Snapshot, profile: Profile, zones: readonly LoadedZone[], modes: Modes) {
    this.#given = given;
    this.#profile = profile;
    this.#zones = zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) }));
    this.#modes = modes;
    const { snapshot, bound } = bindZones(given, this.#zones);
    this.#whole = snapshot;
    this.#bound = bound;
    this.#now = this.#proven(given);
    this.#matrix = solve(snapshot, profile);
    this.#shut = new Map(bound.flatMap((zone) => judgedLiveness(this.#matrix, zone).map(({ claim, shut }) => [key(zone, claim.id), shut] as const)));
  }

  advise(zoneIndex: number, claim: ClaimResult, { packet, verdict }: Counterexample): ClaimAdvice {
    const zone = this.#bound[zoneIndex] as BoundZone;
    const asked = { snapshot: this.#whole, profile: this.#profile, packet };
    const shut = this.#shut.get(key(zone, claim.id)) ?? [];
    const opening = claim.group === 'liveness';
    const whole = opening ? this.#opened(zone, claim, shut) : null;
    // One packet is a start where no policy that is added opens the whole claim: something denies it.
    const { goal, because, found } =
      whole === null ? flipsOf(asked, verdict, opening ? 'denied' : 'allowed') : flipsOfWhole(blockedBecause(asked, verdict), whole);
    // What helps only in part and breaks something else is no advice.
    const tried = found
      .slice(0, mostEdits)
      .map((edited) => ({ edited, ...this.#after(zone, claim, edited) }))
      .filter(({ outcome, breaks }) => outcome === 'holds' || breaks.length === 0)
      .sort((a, b) => a.breaks.length - b.breaks.length || Number(a.outcome !== 'holds') - Number(b.outcome !== 'holds'));
    const [first] = tried;
    if (first === undefined) return { goal, because, proposals: [], outcome: null, breaks: [] };
    const alike = tried.filter((t) => t.breaks.length === first.breaks.length && t.outcome === first.outcome);
    const paths = pathsOf(zone, claim, shut).map(({ path }) => path);
    const wanted = whole === null ? null : this.#wanted(zone, paths, [...new Set(paths.flatMap((p) => p.from))]);
    const [best] = alike
      .map(({ edited, outcome, breaks }) => {
        const after = this.#with(edited);
        const others =
          wanted === null
            ? otherChanges({ ...asked, snapshot: this.#given }, after)
            : changesBeside({ before: this.#unbound(), after: solve(after, this.#profile), paths: wanted.paths });
        return { edits: edited.edits, others, outcome, breaks };
      })
      .sort((a, b) => weightOf(a.others) - weightOf(b.others) || a.edits.length - b.edits.length);
    const { edits, others, outcome, breaks } = best as NonNullable<typeof best>;
    return { goal, because, proposals: [{ edits, also: others.map(changeText) }], outcome, breaks };
  }

  /** Policies that open every path of the claim, if they all can be opened by adding some. */
  #opened(zone: BoundZone, claim: ClaimResult, shut: readonly Shut[]): Edited | null {
    let now: Step = { edited: { snapshot: this.#whole, edits: [] }, reach: this.#matrix };
    for (const { path, pods } of pathsOf(zone, claim, shut)) {
      const next = openPaths(this.#wanted(zone, [path], path.from, pods), now);
      if (next.opens.length === 0) return null;
      now = next.now;
    }
    return now.edited.edits.length === 0 ? null : now.edited;
  }

  #wanted({ intents }: BoundZone, paths: readonly NeededPath[], members: readonly Workload[], pods?: LabelSelector): Wanted {
    const job = { namespace: intents.namespace, name: intents.zone, label: null, group: null, members };
    // What becomes of the other claims is proven afterwards.
    return { reach: this.#matrix, paths, keeps: [], job, ...(pods === undefined ? {} : { pods }) };
  }

  /** The input alone, without representatives, solved when it is first asked for. */
  #unbound(): Reachability {
    this.#solved ??= solve(this.#given, this.#profile);
    return this.#solved;
  }

  /** The input with the edit. Representatives are made anew, for a selector may call for more of them. */
  #with({ snapshot: { policies, objects } }: Edited): Snapshot {
    return { ...this.#given, policies, objects };
  }

  #after(zone: BoundZone, claim: ClaimResult, edited: Edited): Pick<ClaimAdvice, 'outcome' | 'breaks'> {
    const after = this.#proven(this.#with(edited));
    const own = key(zone, claim.id);
    const breaks = [...this.#now].filter(([k, status]) => k !== own && status === 'holds' && after.get(k) !== 'holds').map(([k]) => k);
    return { outcome: after.get(own) ?? 'undecided', breaks };
  }

  #proven(given: Snapshot): Statuses {
    const { snapshot, bound } = bindZones(given, this.#zones);
    const matrix = solve(snapshot, this.#profile);
    return new Map(bound.flatMap((zone) => judged(claimsOf(matrix, zone), this.#modes).map((c) => [key(zone, c.id), c.status] as const)));
  }
}

function flipsOfWhole(because: readonly string[], edited: Edited): ReturnType<typeof flipsOf> {
  return { goal: 'open', because, found: [edited] };
}

function key({ intents }: BoundZone, claim: string): string {
  return `${intents.zone} ${claim}`;
}

/** Pairs of parties that changes are about. */
function weightOf(changes: readonly TrafficChange[]): number {
  return changes.reduce((sum, { from, to }) => sum + from.parties.length * to.parties.length, 0);
}

/** A path, and which pods of the zone's namespace need it. */
interface ClaimPath {
  readonly path: NeededPath;
  readonly pods: LabelSelector;
}

/** What is shut as paths of whole port ranges, one for each selector of those who dial. */
function pathsOf({ loaded }: BoundZone, claim: ClaimResult, shut: readonly Shut[]): readonly ClaimPath[] {
  const bySelector = new Map<string, Shut[]>();
  for (const s of shut) kept(bySelector, selectorText(s.pods), () => []).push(s);
  const [, what = 'path', whose = ''] = claim.id.split('/');
  return [...bySelector.values()].flatMap((own, i): ClaimPath[] => {
    const [first] = own;
    if (first === undefined) return [];
    const ends = new Map(
      own.map(({ party, to, destination, needed, title }): [string, PathEnd] => {
        const endpoint = to.kind === 'pod' ? { ...to, replica: 0 } : to;
        return [JSON.stringify([endpoint, needed.toString()]), { party, endpoint, destination, title, ports: needed }];
      }),
    );
    const path: NeededPath = {
      id: [what, whose, ...(i === 0 ? [] : [String(i + 1)])].join('-'),
      title: claim.title,
      from: [...new Set(own.map((s) => s.from.workload))],
      fromTitle: '',
      toTitle: '',
      ends: [...ends.values()],
      picked: false,
      required: true,
      because: '',
      source: '',
      origin: claim.origin ?? loaded.origin,
      missing: [],
    };
    return [{ path, pods: first.pods }];
  });
}
