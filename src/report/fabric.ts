import type { Locator } from '../kernel/origin.ts';
import type { AttachmentEvidence, AttachmentKind, AttachmentRule, AttachmentState } from '../model/fabric-attachment.ts';
import type { FabricPath, WorkloadFabric } from '../model/scan-report.ts';
import type { TextContext } from './context.ts';
import type { WorkloadFabricJson } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { markdownCode, markdownText } from './markdown-escape.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** So many paths, and places of one path, are spelled out; JSON has more. */
const pathsShown = 8;
const placesShown = 6;

const kindWords: Readonly<Record<AttachmentKind, string>> = {
  sriov: 'SR-IOV device',
  'ib-sriov': 'InfiniBand SR-IOV device',
  ipoib: 'IPoIB interface',
  macvlan: 'macvlan interface',
  ipvlan: 'ipvlan interface',
  'host-device': 'device of the node',
  'other-network': 'interface',
  'shared-rdma': 'shared RDMA device',
  'rdma-device': 'RDMA device',
  efa: 'EFA interface',
  'gke-network': 'interface of GKE',
  'imex-channel': 'NVLink channel',
};

const stateWords: Readonly<Record<AttachmentState, string>> = {
  governed: 'governed',
  elsewhere: 'governed elsewhere',
  ungoverned: 'ungoverned',
  unknown: 'not known',
};

const stateInks: Readonly<Record<AttachmentState, Ink>> = { governed: 'green', elsewhere: 'cyan', ungoverned: 'red', unknown: 'yellow' };

/** `packets governed: by …`, `governed elsewhere: by VLAN 100 …`. */
function ruleText({ traffic, state, text }: AttachmentRule): string {
  return `${traffic === 'all' ? '' : `${traffic} `}${stateWords[state]}: ${text}`;
}

/** What a workload is attached to beside the pod network, what governs each, and whom it meets there. */
export function fabricLines({ attachments, shared, omitted }: WorkloadFabric, context: TextContext): string[] {
  if (attachments.length === 0) return [];
  const { pen } = context;
  const { width } = pen.style;
  const lines = ['', `  ${pen.ink('beside the pod network', 'bold')}  no NetworkPolicy sees these`];
  for (const { kind, name, rules, evidence } of attachments) {
    lines.push(...wrap(`${visible(name)} (${kindWords[kind]})`, width - 4).map((line) => `    ${line}`));
    for (const rule of rules)
      lines.push(...wrap(visible(ruleText(rule)), width - 8).map((line, i) => `${i === 0 ? '      ' : '        '}${pen.ink(line, stateInks[rule.state])}`));
    lines.push(...placeLines(evidence, 6, context));
  }
  if (shared.length === 0) return lines;
  lines.push(`    ${pen.ink('meets there, past every policy', 'yellow')}`);
  for (const path of shared.slice(0, pathsShown)) lines.push(...pathLines(path, context));
  const rest = shared.length - pathsShown + omitted;
  if (rest > 0) lines.push(`      ${pen.ink(`${pen.glyphs.more} ${rest} more (--format json lists more)`, 'dim')}`);
  return lines;
}

function pathLines({ party, certainty, through, evidence }: FabricPath, context: TextContext): string[] {
  const { pen } = context;
  const known = certainty === 'allowed';
  const sign = known ? pen.ink(pen.glyphs.arrow, 'red') : pen.ink(pen.glyphs.maybe, 'yellow');
  const text = `${visible(party.title)} ${known ? 'shares' : 'may share'} ${visible(through)}`;
  return [
    ...wrap(text, pen.style.width - 10).map((line, i) => (i === 0 ? `      ${sign} ${line}` : `          ${line}`)),
    ...placeLines(evidence, 10, context),
  ];
}

/** Where it shows: each place once, with what is there. */
function placeLines(evidence: readonly AttachmentEvidence[], indent: number, { pen, locator }: TextContext): string[] {
  if (evidence.length === 0) return [];
  const places = [...new Map(evidence.map((e) => [`${placeOf(e.origin, locator)}`, e])).entries()];
  const shown = places.slice(0, placesShown).map(([place, e]) => `${visible(e.text)} (${place})`);
  const text = `${shown.join('; ')}${places.length > placesShown ? `; and ${places.length - placesShown} more` : ''}`;
  return wrap(text, pen.style.width - indent).map((line) => ' '.repeat(indent) + pen.ink(line, 'dim'));
}

/** The same as items of a list. */
export function fabricMarkdown({ attachments, shared, omitted }: WorkloadFabric, locator: Locator): string[] {
  if (attachments.length === 0) return [];
  const placed = (evidence: readonly AttachmentEvidence[]): string =>
    evidence
      .slice(0, placesShown)
      .map((e) => `${markdownText(e.text)} (${markdownCode(placeOf(e.origin, locator) ?? '')})`)
      .join('; ');
  const items = attachments.map(
    ({ kind, name, rules, evidence }) =>
      `- ${markdownCode(name)} (${kindWords[kind]}): ${rules.map((r) => markdownText(ruleText(r))).join('; ')}. ${placed(evidence)}`,
  );
  const paths = shared
    .slice(0, pathsShown)
    .map(
      (p) =>
        `- ${markdownCode(p.party.title)} ${p.certainty === 'allowed' ? 'shares' : 'may share'} ${markdownText(p.through)}.${p.evidence.length === 0 ? '' : ` ${placed(p.evidence)}`}`,
    );
  const rest = shared.length - paths.length + omitted;
  return [
    'Beside the pod network, where no NetworkPolicy is:',
    '',
    ...items,
    '',
    ...(paths.length === 0 ? [] : ['Meets there, past every policy:', '', ...paths, ...(rest > 0 ? [`- _and ${rest} more_`] : []), '']),
  ];
}

export function fabricJson({ attachments, shared, omitted }: WorkloadFabric, locator: Locator): WorkloadFabricJson {
  const placed = (evidence: readonly AttachmentEvidence[]): WorkloadFabricJson['shared'][number]['evidence'] =>
    evidence.map(({ text, origin }) => ({ text, location: locationJson(origin, locator) }));
  return {
    attachments: attachments.map(({ kind, name, rules, evidence }) => ({ kind, name, rules, evidence: placed(evidence) })),
    shared: shared.map(({ party, certainty, through, attachment, evidence }) => ({ party, certainty, through, attachment, evidence: placed(evidence) })),
    omitted,
  };
}
