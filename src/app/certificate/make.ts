import { directoryOf, nodeName } from '../../engine/directory.ts';
import { type ReachParty, reach as solve } from '../../engine/reach.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { Certificate, CertificateInput, CertifiedVerdict, DecidingRule, PartyAtom, PortAtom } from '../../model/certificate.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import type { Workload } from '../../model/workload.ts';
import { toCidrs } from '../../space/ip-set.ts';
import { protocols, TransportSet } from '../../space/transport-set.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import type { ClaimMatrix } from '../claims/claim-matrix.ts';
import { claimsOf } from '../claims/claims-of.ts';
import { bindZones } from '../claims/member.ts';
import type { Modes } from '../modes.ts';
import { decided, ends, firstAddress, isNeeded } from './decided.ts';
import { digestOf } from './digest.ts';
import { restsOn } from './rests-on.ts';
import { Views } from './views.ts';

/** What a proof was made from. Files in the order in which they were read. */
export interface ProofInput {
  readonly zoneTexts: readonly SourceText[];
  readonly manifestTexts: readonly SourceText[];
  /** The picture that was judged: with staged policies promoted, where they count. */
  readonly snapshot: Snapshot;
  readonly modes: Modes;
  readonly profile: Profile;
  readonly zones: readonly LoadedZone[];
}

/** The certificate of a proof: what was claimed, and everything that another program needs to decide it again. */
export function makeCertificate(given: ProofInput, report: VerifyReport): Certificate {
  const input = { ...given, ...seenBy(given.snapshot, given.profile) };
  const { snapshot: whole, bound } = bindZones(
    input.snapshot,
    input.zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  const asked = new Asked(solve(whole, input.profile));
  for (const zone of bound) claimsOf(asked, zone);
  const members = new Set(bound.flatMap((zone) => zone.members.map((m) => m.workload.id)));
  const views = new Views(whole, input.profile);
  const atoms = [...podAtoms(whole, views), ...otherAtoms(asked.everyone(), whole)];
  const training = new Set(atoms.flatMap((atom, i) => (atom.kind === 'pods' && atom.members.some((m) => members.has(m.workload)) ? [i] : [])));
  const ports = portAtoms(views);
  const table = new Table(whole, input.profile, atoms, ports);
  const rows = rowsOf(atoms, training, table);
  return {
    $schema: 'https://ringfence.dev/schemas/certificate.v1.json',
    apiVersion: 'ringfence.dev/report/v1',
    kind: 'Certificate',
    profile: input.profile.id,
    ...(input.modes.promoted ? { promoted: true } : {}),
    ...(input.modes.strict ? { strict: true } : {}),
    assumptions: [...restsOn(input.snapshot, input.profile, input.modes, input.zones, atoms)],
    inputs: [...input.zoneTexts.map((text) => inputOf('zone', text)), ...input.manifestTexts.map((text) => inputOf('manifests', text))],
    zones: report.zones.map(({ zone, claims }) => ({ zone, claims: claims.map(({ id, status }) => ({ id, status })) })),
    atoms,
    ports,
    rules: table.rules,
    verdicts: table.verdicts,
    rows,
  };
}

function inputOf(role: CertificateInput['role'], { file, text }: SourceText): CertificateInput {
  return { role, file, sha256: digestOf(text) };
}

/** Answers as the engine does, and remembers whom it was asked about: a claim may ask about a name that no rule mentions. */
class Asked implements ClaimMatrix {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly parties: ClaimMatrix['parties'];
  readonly isolated: ClaimMatrix['isolated'];
  readonly between: ClaimMatrix['between'];
  readonly #more = new Map<string, ReachParty>();

  constructor(reach: ClaimMatrix) {
    this.snapshot = reach.snapshot;
    this.profile = reach.profile;
    this.parties = reach.parties;
    this.isolated = (...args) => reach.isolated(...args);
    this.between = (from, to, quantifier) => {
      for (const party of [from, to]) if (party.kind === 'name' || party.kind === 'node') this.#more.set(keyOf(party), party);
      return reach.between(from, to, quantifier);
    };
  }

  /** All parties but workloads, each once. */
  everyone(): readonly ReachParty[] {
    const others = this.parties.filter((p) => p.kind !== 'workload');
    const known = new Set(others.map(keyOf));
    return [...others, ...[...this.#more.values()].filter((p) => !known.has(keyOf(p)))];
  }
}

function keyOf(party: ReachParty): string {
  return party.kind === 'name' ? `name ${party.name}` : party.kind === 'node' ? `node ${party.node ?? ''}` : '';
}

/** Live pods by what rules see of them. */
function podAtoms(snapshot: Snapshot, views: Views): PartyAtom[] {
  const found = new Map<string, Map<Workload, number[]>>();
  const alike = new Set<Workload>();
  for (const w of snapshot.workloads) {
    if (w.lifecycle === 'finished') continue;
    const sorts = views.sorts(w);
    if (sorts === null) alike.add(w);
    for (const replica of sorts ?? [0])
      kept(
        kept(found, views.pod(w, replica), () => new Map<Workload, number[]>()),
        w,
        () => [],
      ).push(replica);
  }
  return [...found.values()].map((members) => {
    const listed = [...members].map(([w, replicas]) => ({ workload: w.id, replicas: alike.has(w) ? null : replicas }));
    const pods = [...members].flatMap(([w, replicas]): Endpoint[] =>
      (alike.has(w) ? [0, 1] : replicas).map((replica) => ({ kind: 'pod', workload: w.id, replica })),
    );
    return { kind: 'pods', members: listed, representatives: pods.slice(0, 2) };
  });
}

function otherAtoms(parties: readonly ReachParty[], snapshot: Snapshot): PartyAtom[] {
  return parties.flatMap((party): PartyAtom[] => {
    switch (party.kind) {
      case 'workload':
        return [];
      case 'node':
        return [{ kind: 'node', representatives: [{ kind: 'node', node: nodeName(directoryOf(snapshot), party.node) }] }];
      case 'external':
        return [{ kind: 'addresses', cidrs: toCidrs(party.addresses), representatives: [{ kind: 'address', ip: firstAddress(party.addresses) }] }];
      case 'name':
        return [{ kind: 'name', pattern: party.pattern ?? null, representatives: [{ kind: 'name', name: party.name }] }];
    }
  });
}

/** Every port of every protocol, cut where a rule may begin to see it otherwise. */
function portAtoms(views: Views): PortAtom[] {
  return protocols.flatMap((protocol) => {
    const [[first, last] = [0, 0]] = TransportSet.of(protocol).on(protocol);
    const cuts = [...new Set([first, ...(views.boundaries.get(protocol) ?? [])])].filter((n) => n >= first && n <= last).sort((a, b) => a - b);
    return cuts.map((low, i) => ({ protocol, low, high: (cuts[i + 1] ?? last + 1) - 1, representative: low }));
  });
}

/** Verdicts and rules, each kept once. */
class Table {
  readonly rules: DecidingRule[] = [];
  readonly verdicts: CertifiedVerdict[] = [];
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #atoms: readonly PartyAtom[];
  readonly #ports: readonly PortAtom[];
  readonly #ruleIds = new Map<string, number>();
  readonly #verdictIds = new Map<string, number>();

  constructor(snapshot: Snapshot, profile: Profile, atoms: readonly PartyAtom[], ports: readonly PortAtom[]) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#atoms = atoms;
    this.#ports = ports;
  }

  /** Index of the verdict between two atoms. */
  verdict(from: number, to: number): number {
    const packet = ends(this.#atoms[from] as PartyAtom, this.#atoms[to] as PartyAtom);
    if (packet === null) throw new RangeError(`atoms ${from} and ${to} have no packet between them`);
    const parts = new Map<string, { readonly ports: number[]; readonly decision: CertifiedVerdict[number]['decision']; readonly rules: readonly number[] }>();
    for (const [i, port] of this.#ports.entries()) {
      const { decision, rules } = decided(this.#snapshot, this.#profile, packet, port);
      const ids = rules.map((rule) => this.#rule(rule));
      kept(parts, `${decision} ${ids.join()}`, () => ({ ports: [], decision, rules: ids })).ports.push(i);
    }
    const made = [...parts.values()];
    return kept(this.#verdictIds, JSON.stringify(made), () => this.verdicts.push(made) - 1);
  }

  #rule(rule: DecidingRule): number {
    return kept(this.#ruleIds, JSON.stringify(rule), () => this.rules.push(rule) - 1);
  }
}

/** Each needed pair once; atoms that reach all others alike share a row. */
function rowsOf(atoms: readonly PartyAtom[], training: ReadonlySet<number>, table: Table): Certificate['rows'] {
  const rows = new Map<string, { readonly from: number[]; readonly to: { readonly atoms: number[]; readonly verdict: number }[] }>();
  for (const from of atoms.keys()) {
    const to = new Map<number, number[]>();
    for (const other of atoms.keys()) if (isNeeded(atoms, training, from, other)) kept(to, table.verdict(from, other), () => []).push(other);
    if (to.size === 0) continue;
    const cells = [...to].map(([verdict, others]) => ({ atoms: others, verdict }));
    kept(rows, JSON.stringify(cells), () => ({ from: [], to: cells })).from.push(from);
  }
  return [...rows.values()].sort((a, b) => (a.from[0] ?? 0) - (b.from[0] ?? 0));
}
