import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { built, generatedNote } from './printing.mjs';
import { at } from './root.mjs';

/** Folders in the order of the page, with their titles. */
const folders = [
  ['network', 'Selection, rules, ports, blocks, Services, names'],
  ['node', 'Nodes, hostNetwork pods, the life of a pod'],
  ['fabric', 'Paths beside the pod network'],
  ['network-policy-api', 'ClusterNetworkPolicy and its older kinds'],
  ['cilium', 'Cilium'],
  ['antrea', 'Antrea'],
  ['calico', 'Calico'],
  ['eks', 'EKS'],
  ['gke', 'GKE'],
  ['ovn-kubernetes', 'OVN-Kubernetes'],
  ['multi-network-policy', 'Networks beside the pod network'],
];

/** Numbers in these folders are those of one list, which cases/peers.yaml knows too. */
const numbered = new Set(['network', 'node', 'fabric', 'network-policy-api']);

const marks = { X: 'known', '.': 'known', '?': 'unknown', '!': 'ambiguous' };

/** The page of corner cases: what each profile knows, and what other programs do, from the truth tables themselves. */
export async function semanticsFiles() {
  const { profiles } = await built('engine/profiles.js');
  const ids = profiles.map((profile) => profile.id);
  const peers = load(readFileSync(at('cases/peers.yaml'), 'utf8'));
  const sections = folders.map(([folder, title]) => ({ folder, title, cases: casesOf(folder) }));
  const unmet = Object.keys(peers).filter((number) => !sections.some(({ folder, cases }) => numbered.has(folder) && cases.some((c) => c.number === number)));
  if (unmet.length > 0) throw new Error(`cases/peers.yaml speaks of ${unmet.join(', ')}, for which there is no truth table`);
  const all = sections.flatMap(({ cases }) => cases);
  const text = [
    '# Corner cases',
    '',
    generatedNote('the truth tables under cases'),
    '',
    `What the engine says at each corner of the policy languages. Each line is a [truth table](../cases/README.md): ${all.length} of them, with`,
    `${all.reduce((sum, c) => sum + c.answers, 0)} answers over all profiles. Each is asked of \`decide\`, and of \`reach\` but where a packet dials a Service.`,
    '',
    '`✔` all answers of the table are allowed or denied · `? 2/8` two of eight are unknown · `! 1/8` one is ambiguous · `read` the table is about what reading',
    'reports, or about paths · empty: the table does not ask this profile.',
    ...sections.flatMap(({ folder, title, cases }) => section(folder, title, cases, ids, peers)),
    '',
  ].join('\n');
  return [{ path: 'docs/semantics.md', text }];
}

function casesOf(folder) {
  return readdirSync(at('cases', folder))
    .map((name) => ({ name, parts: /^(\d+)-[a-z0-9-]+\.yaml$/.exec(name) }))
    .filter(({ parts }) => parts !== null)
    .sort((a, b) => Number(a.parts[1]) - Number(b.parts[1]) || (a.name < b.name ? -1 : 1))
    .map(({ name, parts }) => {
      const spec = load(readFileSync(at('cases', folder, name), 'utf8'));
      const byProfile = new Map(spec.profiles.map((profile) => [profile, talliedFor(spec, profile)]));
      const answers = [...byProfile.values()].reduce((sum, tally) => sum + tally.known + tally.unknown + tally.ambiguous, 0);
      return { name, number: String(Number(parts[1])), note: spec.note, skip: spec.skip ?? {}, byProfile, answers };
    });
}

/** How many answers of a case are known, unknown and ambiguous under a profile. */
function talliedFor(spec, profile) {
  const tally = { known: 0, unknown: 0, ambiguous: 0 };
  for (const want of spec.want ?? []) {
    if (want.profiles !== undefined && !want.profiles.includes(profile)) continue;
    const cells = words(want.table)
      .slice(1)
      .flatMap(([, ...row]) => row);
    for (const _ of [want.on ?? []].flat()) for (const cell of cells) count(tally, cell);
    for (const [, , , cell] of words(want.rows)) count(tally, cell);
  }
  return tally;
}

function count(tally, cell) {
  const mark = marks[cell];
  if (mark !== undefined) tally[mark]++;
}

function words(text = '') {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

function section(folder, title, cases, ids, peers) {
  const asked = ids.filter((id) => cases.some((c) => c.byProfile.has(id)));
  const withPeers = numbered.has(folder) && cases.some((c) => Object.hasOwn(peers, c.number));
  const head = ['', 'what holds', ...asked.map((id) => `\`${id}\``), ...(withPeers ? ['elsewhere'] : [])];
  return [
    '',
    `## ${title}`,
    '',
    row(head),
    row(head.map(() => '---')),
    ...cases.map((c) =>
      row([
        `[${c.number}](../cases/${folder}/${c.name})`,
        c.note,
        ...asked.map((id) => cell(c, id)),
        ...(withPeers ? [Object.hasOwn(peers, c.number) ? peers[c.number] : ''] : []),
      ]),
    ),
  ];
}

function cell({ byProfile, skip }, id) {
  const tally = byProfile.get(id);
  if (tally === undefined) return '';
  if (Object.hasOwn(skip, id)) return `skipped: ${skip[id]}`;
  const total = tally.known + tally.unknown + tally.ambiguous;
  if (total === 0) return 'read';
  const doubts = [
    ['?', tally.unknown],
    ['!', tally.ambiguous],
  ].filter(([, n]) => n > 0);
  return doubts.length === 0 ? '✔' : doubts.map(([mark, n]) => `${mark} ${n}/${total}`).join(' ');
}

const row = (cells) => `| ${cells.map((text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ').trim()).join(' | ')} |`;
