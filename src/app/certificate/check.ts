import { directoryOf, nodeName } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import { matchesName } from '../../engine/match.ts';
import { profiles } from '../../engine/profiles.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import { shown } from '../../kernel/reader.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { type Certificate, type CertifiedVerdict, certificateSchema, type PartyAtom } from '../../model/certificate.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract, ipUnion, ipUnionAll, noAddresses, parseCidr, toCidrs } from '../../space/ip-set.ts';
import { protocols, TransportSet } from '../../space/transport-set.ts';
import { zoneIntents } from '../../spec/intents.ts';
import { readZones } from '../../spec/parse.ts';
import { claimsOf } from '../claims/claims-of.ts';
import { type BoundZone, bindZones } from '../claims/member.ts';
import { loadSnapshot } from '../load.ts';
import { judged, type Modes } from '../modes.ts';
import { promote } from '../staged/promote.ts';
import { CertifiedMatrix, type KnownAtom } from './certified.ts';
import { decided, ends, firstAddress, isNeeded } from './decided.ts';
import { digestOf } from './digest.ts';
import { ascends, saysOnce, wrongForm } from './form.ts';
import { restsOn } from './rests-on.ts';
import { Views } from './views.ts';
import { rangesOf } from './zone-ranges.ts';

/** What became of a check. Without problems every claim stands as the certificate says; `packets` were decided again for that. */
export interface CertificateCheck {
  readonly problems: readonly string[];
  readonly packets: number;
  readonly certificate: Certificate | null;
}

/** Never more than this many problems: one is enough. */
const most = 50;

/**
 * Checks a certificate against the inputs it was made from, trusting nothing in it. First that the inputs are the same; then that atoms cover every pod,
 * address, node and port and hold only what no rule tells apart; then that the packet of each pair of atoms on each port is decided as it says, by
 * `decide` alone; then that the claims, asked of nothing but these packets, are as it says.
 *
 * What it relies on, beside this file, and would be fooled by if it were wrong: the readers (`loadSnapshot`, `readZones`: what a text means), the definition
 * (`decide`), `bindZones` and `claimsOf` (what the zone asks, and of which pods to come), `Views` (what rules can see of a pod, an address, a port),
 * `CertifiedMatrix` (claims answered from decided packets), `decided` (which pairs are needed), `form` (one spelling), and the arithmetic of `space`. It shares
 * nothing else with the prover: not `reach`, nor its classes, atoms and rows.
 */
export function checkCertificate(text: string, given: readonly SourceText[]): CertificateCheck {
  const read = readCertificate(text);
  if ('problem' in read) return { problems: [read.problem], packets: 0, certificate: null };
  const check = new Checking(read.certificate);
  check.run(given);
  return { problems: check.problems.slice(0, most), packets: check.packets, certificate: read.certificate };
}

function readCertificate(text: string): { readonly certificate: Certificate } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'this is no certificate: it is not JSON' };
  }
  const parsed = certificateSchema.safeParse(value);
  if (parsed.success) {
    // Parsing drops nothing of a certificate, and gives keys in their order.
    if (JSON.stringify(parsed.data) !== JSON.stringify(value) || !saysOnce(text, value))
      return { problem: 'this is no certificate: a key stands twice in it or out of its order, or a value is spelt in another way than it is written' };
    const form = wrongForm(parsed.data);
    return form === null ? { certificate: parsed.data } : { problem: `this is no certificate as it is written: ${form}` };
  }
  const [issue] = parsed.error.issues;
  return { problem: `this is no certificate: ${(issue?.path ?? []).map(String).join('.') || 'the document'}: ${issue?.message ?? 'malformed'}` };
}

class Checking {
  readonly problems: string[] = [];
  packets = 0;
  readonly #c: Certificate;

  constructor(certificate: Certificate) {
    this.#c = certificate;
  }

  run(given: readonly SourceText[]): void {
    const base = profiles.find((p) => p.id === this.#c.profile);
    const inputs = this.#inputs(given);
    if (base === undefined) this.#fail(`no profile is called ${shown(this.#c.profile)}`);
    if (base === undefined || inputs === null) return;
    const modes: Modes = { promoted: this.#c.promoted === true, strict: this.#c.strict === true };
    const { zones } = readZones(inputs.zones);
    // Whoever asks whether a proof is true gives the zones that it should be about: none may be left out by calling it a manifest.
    if (this.#c.zones.every((z) => z.claims.length === 0)) this.#fail('it proves no claim of any zone');
    for (const zone of readZones(inputs.manifests.filter((m) => !inputs.zones.some((z) => z.text === m.text))).zones)
      this.#fail(`it proves nothing of zone ${shown(zone.zone.metadata.name)}, which stands in a file that was given: have verify prove it too, with -f`);
    const loaded = loadSnapshot(inputs.manifests, { ranges: rangesOf(zones) });
    if (!sameObjectsCount(inputs.manifests, given))
      this.#fail(
        'an object stands in several files, so that their order decides which of them counts, and they were proven in another order: give them as they were given to verify',
      );
    const { snapshot: seen, profile } = seenBy(modes.promoted ? promote(loaded.snapshot).snapshot : loaded.snapshot, base);
    if (!same(this.#c.assumptions, restsOn(seen, profile, modes, zones, this.#c.atoms)))
      this.#fail(`the assumptions are not those of profile ${profile.id} on these inputs`);
    const { snapshot, bound } = bindZones(
      seen,
      zones.map((zone) => ({ loaded: zone, intents: zoneIntents(zone) })),
    );
    const views = new Views(snapshot, profile);
    const known = this.#c.atoms.map(knownAtom);
    this.#coversPods(snapshot, views);
    this.#coversNodes(snapshot);
    this.#coversOutside(views, known);
    this.#coversPorts(views);
    // What stands for something it does not belong to proves nothing: packets are decided only when the atoms are right.
    if (this.problems.length > 0) return;
    const flows = this.#redecide(snapshot, profile, trainingAtoms(known, bound));
    if (this.problems.length === 0) this.#claims(new CertifiedMatrix(snapshot, profile, known, flows), bound, modes);
  }

  #fail(problem: string): void {
    this.problems.push(problem);
  }

  /** The given texts in the certificate's order and under its names; null when they are not the same. */
  #inputs(given: readonly SourceText[]): { readonly zones: readonly SourceText[]; readonly manifests: readonly SourceText[] } | null {
    const known = given.map((source) => ({ source, sha256: digestOf(source.text) }));
    const alike = ({ file, sha256 }: Certificate['inputs'][number]) => known.filter((g) => g.sha256 === sha256 && baseName(g.source.file) === baseName(file));
    const used = new Set<SourceText>();
    // One file may be both: a zone among the manifests.
    const found = this.#c.inputs.flatMap((input) => {
      const { role, file, sha256 } = input;
      const [match] = alike(input);
      if (match === undefined) this.#fail(`${shown(file)} is not among the given files, or its text is another than it was (SHA-256 ${sha256})`);
      else used.add(match.source);
      return match === undefined ? [] : [{ role, source: { file, text: match.source.text } }];
    });
    const listed = new Map<string, number>();
    for (const input of this.#c.inputs) {
      const key = JSON.stringify([input.role, input.sha256, baseName(input.file)]);
      const times = (listed.get(key) ?? 0) + 1;
      listed.set(key, times);
      const there = alike(input).length;
      if (there > 0 && times > there) this.#fail(`${shown(input.file)} is listed more often than it was given`);
    }
    for (const { source } of known) if (!used.has(source)) this.#fail(`${shown(source.file)} is no input of the proof, or its text is another than it was`);
    if (this.problems.length > 0) return null;
    const of = (role: string): SourceText[] => found.filter((f) => f.role === role).map((f) => f.source);
    return { zones: of('zone'), manifests: of('manifests') };
  }

  /** Every live pod is in exactly one atom, and rules see all pods of an atom alike. */
  #coversPods(snapshot: Snapshot, views: Views): void {
    const { workloads } = directoryOf(snapshot);
    const covered = new Set<string>();
    const seen = new Map<string, number>();
    const places = new Map([...workloads.keys()].map((id, place) => [id, place]));
    for (const [i, atom] of this.#c.atoms.entries()) {
      if (atom.kind !== 'pods') continue;
      const pods = atom.members.flatMap(({ workload, replicas }) => podsOf(views, workloads.get(workload), replicas));
      if (pods.length < atom.members.length) this.#fail(`atom ${i} names pods that are not in the input`);
      if (new Set(pods.map(({ workload, replica }) => views.pod(workload, replica))).size > 1) this.#fail(`rules tell pods of atom ${i} apart`);
      const [first] = pods;
      const like = first === undefined ? i : kept(seen, views.pod(first.workload, first.replica), () => i);
      if (like !== i) this.#fail(`no rule tells pods of atoms ${like} and ${i} apart: they are one`);
      if (!ascends(atom.members.map((m) => places.get(m.workload) ?? -1)) || !atom.members.every((m) => ascends(m.replicas ?? [])))
        this.#fail(`pods of atom ${i} are not in the order of the input`);
      for (const { workload, replica } of pods) {
        if (covered.has(`${workload.id} ${replica}`)) this.#fail(`${workload.id} is in several atoms`);
        covered.add(`${workload.id} ${replica}`);
      }
      const standing = pods.flatMap(({ workload, replica, all }) =>
        (all ? [0, 1] : [replica]).map((r): Endpoint => ({ kind: 'pod', workload: workload.id, replica: r })),
      );
      if (!same(atom.representatives, standing.slice(0, 2))) this.#fail(`atom ${i} is not stood for by its first pods`);
    }
    for (const w of workloads.values()) {
      if (w.lifecycle === 'finished') continue;
      const missing = (views.sorts(w) ?? [0]).some((replica) => !covered.has(`${w.id} ${replica}`));
      if (missing) this.#fail(`${w.id} is in no atom`);
    }
  }

  /** Every node is an atom of its own, or, where none is known, the one that no input names. There may be more: a proof may try nodes to come. */
  #coversNodes(snapshot: Snapshot): void {
    const directory = directoryOf(snapshot);
    const nodes = new Set<string | null>([
      ...snapshot.nodes.map((n) => n.name),
      ...snapshot.workloads.flatMap((w) => (w.node === null ? [] : [nodeName(directory, w.node)])),
    ]);
    if (nodes.size === 0) nodes.add(null);
    const listed = this.#c.atoms.flatMap((a) => (a.kind === 'node' ? a.representatives.map((e) => (e.kind === 'node' ? e.node : undefined)) : []));
    for (const node of nodes) if (listed.filter((n) => n === node).length !== 1) this.#fail(`node ${node ?? 'that no input names'} is not covered once`);
    if (new Set(listed).size !== listed.length || listed.includes(undefined)) this.#fail('a node atom stands for no node, or for one that has an atom');
    if (this.#c.atoms.some((a) => a.kind === 'node' && a.representatives.length !== 1)) this.#fail('a node atom stands for several nodes');
  }

  /** Addresses are cut once and along every block that rules mention; every name that rules mention is there. */
  #coversOutside(views: Views, known: readonly KnownAtom[]): void {
    let all: IpSet = noAddresses;
    const seen = new Map<string, number>();
    for (const [i, { atom, addresses }] of known.entries()) {
      if (addresses === null) continue;
      if (atom.kind !== 'addresses' || !same(atom.cidrs, toCidrs(addresses)) || !same(atom.representatives, [{ kind: 'address', ip: firstAddress(addresses) }]))
        this.#fail(`atom ${i} is not stood for by its first address, or its CIDRs are not the fewest`);
      if (!ipIsEmpty(ipIntersect(all, addresses))) this.#fail(`addresses of atom ${i} are in several atoms`);
      if (addresses.v4.length > 0 && addresses.v6.length > 0) this.#fail(`atom ${i} mixes IPv4 and IPv6`);
      if (views.blocks.some((b) => !ipIsEmpty(ipIntersect(b, addresses)) && !ipIsEmpty(ipSubtract(addresses, b))))
        this.#fail(`a rule cuts the addresses of atom ${i}`);
      const held = views.blocks.map((b) => (ipIsEmpty(ipIntersect(b, addresses)) ? '0' : '1')).join('');
      const like = kept(seen, `${addresses.v4.length > 0} ${held}`, () => i);
      if (like !== i) this.#fail(`no rule tells addresses of atoms ${like} and ${i} apart: they are one`);
      all = ipUnion(all, addresses);
    }
    if (!ipIsEmpty(ipSubtract(everyAddress, all))) this.#fail('some addresses are in no atom');
    const names = this.#c.atoms.flatMap((a) => (a.kind === 'name' ? [{ pattern: a.pattern, ends: a.representatives }] : []));
    const listed = names.flatMap((n) => n.ends.flatMap((e) => (e.kind === 'name' ? [e.name] : [])));
    if (listed.length !== names.length || new Set(listed).size !== listed.length) this.#fail('a name atom does not stand for one name');
    for (const match of views.names)
      if (!listed.some((name) => matchesName(match, name))) this.#fail(`no name stands for ${match.kind === 'exact' ? match.name : match.text}`);
    for (const {
      pattern,
      ends: [end],
    } of names)
      if (pattern !== null && !views.names.some((m) => m.kind === 'pattern' && m.text === pattern && end?.kind === 'name' && matchesName(m, end.name)))
        this.#fail(`no rule has the pattern ${pattern} for the name that stands for it`);
  }

  /** Every port is in exactly one atom, and no rule begins or ends within one. */
  #coversPorts(views: Views): void {
    for (const protocol of protocols) {
      const own = this.#c.ports.filter((p) => p.protocol === protocol).sort((a, b) => a.low - b.low);
      const [[first, last] = [0, 0]] = TransportSet.of(protocol).on(protocol);
      let next = first;
      for (const { low, high, representative } of own) {
        const cuts = views.boundaries.get(protocol) ?? new Set<number>();
        const whole = low === first || cuts.has(low);
        if (low !== next || high < low || representative !== low || !whole || [...cuts].some((n) => n > low && n <= high))
          this.#fail(`${protocol} ${low}-${high} is no set of ports that rules treat alike`);
        next = high + 1;
      }
      if (next !== last + 1) this.#fail(`some ports of ${protocol} are in no atom`);
    }
  }

  /** Decides the packet of every needed pair on every port again; gives what may pass between two atoms. */
  #redecide(snapshot: Snapshot, profile: Profile, training: ReadonlySet<number>): ReadonlyMap<string, Flow> {
    const { atoms, ports, verdicts, rules, rows } = this.#c;
    const flows = new Map<string, Flow>();
    const usedVerdicts = new Set<number>();
    for (const { from, to } of rows)
      for (const a of from)
        for (const { atoms: others, verdict } of to)
          for (const b of others) {
            const parts = verdicts[verdict];
            const packet = isNeeded(atoms, training, a, b) ? ends(atoms[a] as PartyAtom, atoms[b] as PartyAtom) : null;
            if (parts === undefined || packet === null || flows.has(`${a} ${b}`)) {
              this.#fail(`atom ${a} to atom ${b}: not needed, told twice, or without a verdict`);
              continue;
            }
            usedVerdicts.add(verdict);
            const byPort = new Map(parts.flatMap((part) => part.ports.map((p) => [p, part] as const)));
            if (byPort.size !== ports.length || parts.reduce((n, part) => n + part.ports.length, 0) !== ports.length)
              this.#fail(`verdict ${verdict} does not tell each port once`);
            for (const [i, port] of ports.entries()) {
              const is = decided(snapshot, profile, packet, port);
              const said = byPort.get(i);
              this.packets++;
              if (
                said?.decision !== is.decision ||
                !same(
                  said.rules.map((r) => rules[r]),
                  is.rules,
                )
              )
                this.#fail(
                  `atom ${a} to atom ${b} on ${port.protocol} ${port.representative}: the certificate says ${said?.decision}, and it is ${is.decision}, or by other rules`,
                );
            }
            flows.set(`${a} ${b}`, this.#flow(parts));
          }
    for (const a of atoms.keys())
      for (const b of atoms.keys()) if (isNeeded(atoms, training, a, b) && !flows.has(`${a} ${b}`)) this.#fail(`atom ${a} to atom ${b} is missing`);
    const usedRules = new Set(verdicts.flatMap((parts) => parts.flatMap((part) => part.rules)));
    if (usedVerdicts.size !== verdicts.length || rules.some((_, i) => !usedRules.has(i))) this.#fail('there are verdicts or rules that nothing refers to');
    return flows;
  }

  #flow(parts: CertifiedVerdict): Flow {
    const of = (...decisions: readonly string[]): TransportSet =>
      TransportSet.unionAll(
        parts
          .filter((p) => decisions.includes(p.decision))
          .flatMap((p) => p.ports.map((i) => this.#c.ports[i]).flatMap((a) => (a === undefined ? [] : [TransportSet.of(a.protocol, [[a.low, a.high]])]))),
      );
    return { allowed: of('allowed'), unknown: of('unknown', 'ambiguous') };
  }

  /** The claims, asked of nothing but what was decided here. */
  #claims(matrix: CertifiedMatrix, bound: readonly BoundZone[], modes: Modes): void {
    try {
      const is = bound.map((zone) => ({ zone: zone.intents.zone, claims: judged(claimsOf(matrix, zone), modes).map(({ id, status }) => ({ id, status })) }));
      const list = (zones: Certificate['zones']): string[] => zones.flatMap(({ zone, claims }) => claims.map(({ id, status }) => `${zone}: ${id} ${status}`));
      const [said, found] = [list(this.#c.zones), list(is)];
      for (const claim of found.filter((c) => !said.includes(c))) this.#fail(`the certificate does not say what is so: ${claim}`);
      if (this.problems.length === 0 && !same(is, this.#c.zones))
        this.#fail('the certificate claims more than these packets show, or the same in another order');
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#fail(error.message);
    }
  }
}

const everyAddress: IpSet = ipUnion(parseCidr('0.0.0.0/0')?.set ?? noAddresses, parseCidr('::/0')?.set ?? noAddresses);

function knownAtom(atom: PartyAtom): KnownAtom {
  const pods = new Map<WorkloadId, number>(atom.kind === 'pods' ? atom.members.map((m) => [m.workload, m.replicas?.length ?? 2]) : []);
  const cidrs = atom.kind === 'addresses' ? atom.cidrs.map((c) => parseCidr(c)?.set ?? noAddresses) : null;
  return { atom, pods, addresses: cidrs === null ? null : ipUnionAll(cidrs) };
}

function trainingAtoms(known: readonly KnownAtom[], bound: readonly BoundZone[]): ReadonlySet<number> {
  const members = bound.flatMap((zone) => zone.members.map((m) => m.workload.id));
  return new Set(known.flatMap(({ pods }, i) => (members.some((id) => pods.has(id)) ? [i] : [])));
}

/** The pods that a member names: one that stands for all where pods do not differ. */
function podsOf(
  views: Views,
  workload: Workload | undefined,
  replicas: readonly number[] | null,
): { readonly workload: Workload; readonly replica: number; readonly all: boolean }[] {
  if (workload === undefined || workload.lifecycle === 'finished' || (replicas === null) !== (views.sorts(workload) === null)) return [];
  return (replicas ?? [0]).filter((r) => r < Math.max(1, workload.replicas)).map((replica) => ({ workload, replica, all: replicas === null }));
}

/** Whether the same objects count, where one stands in several files, in the order of the certificate and in the order in which the files are given. */
function sameObjectsCount(manifests: readonly SourceText[], given: readonly SourceText[]): boolean {
  const places = new Map(given.map((g, i) => [g.text, i]));
  const asGiven = [...manifests].sort((a, b) => (places.get(a.text) ?? -1) - (places.get(b.text) ?? -1));
  if (asGiven.every((source, i) => source === manifests[i])) return true;
  const counted = (texts: readonly SourceText[]): readonly string[] => {
    // Names are the certificate's, which may call two texts alike.
    const { snapshot } = loadSnapshot(texts.map(({ text }) => ({ file: digestOf(text), text })));
    return snapshot.objects.map((o) => JSON.stringify(o.origin)).sort();
  };
  return same(counted(manifests), counted(asGiven));
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
