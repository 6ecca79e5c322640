import type { CloudReach, StorageAccess } from '../model/cloud-reach.ts';
import { becauseText, type CloudBlock, cloudBlocks, deedText, requestText, resourcesText } from './cloud-words.ts';
import type { TextContext } from './context.ts';
import type { Ink, Pen } from './pen.ts';
import { visible } from './visible.ts';
import { displayWidth, padRight, wrap } from './width.ts';

/** Accesses that people are shown per role; JSON has them all. */
const accessShown = 24;

/** Columns: the mark, the deed. */
const indent = 6;
const deedWidth = 9;

/** What falls with a training pod by its cloud identity: by which role, with which request, what is meant and what is not. */
export function cloudLines(cloud: readonly CloudReach[], { pen }: TextContext): string[] {
  if (cloud.length === 0) return [];
  return [
    `${pen.ink('Joint blast radius', 'bold')}  what training can reach and also read, write or delete there`,
    ...cloudBlocks(cloud).flatMap((block) => ['', ...blockLines(block, pen)]),
  ];
}

function blockLines(block: CloudBlock, pen: Pen): string[] {
  const field = (name: string, text: string): string[] => {
    const [first = '', ...more] = wrap(visible(text), pen.style.width - indent - deedWidth);
    return [`    ${pen.ink(padRight(name, deedWidth), 'dim')}${first}`, ...more.map((line) => `${' '.repeat(4 + deedWidth)}${line}`)];
  };
  const { holds, fails, undecided, dot, bullet } = pen.glyphs;
  const bad = block.isReachable ? fails : dot;
  return [
    ...wrap(visible(block.heading), pen.style.width - 4).map((line, i) => (i === 0 ? `  ${bullet} ${pen.ink(line, 'bold')}` : `    ${pen.ink(line, 'bold')}`)),
    ...field('role', block.role),
    ...field('network', block.network),
    ...(block.nothing === null ? [] : field('allows', block.nothing)),
    ...(block.beyond.length === 0 ? [] : [`    ${pen.ink(visible(block.beyondTitle), 'bold')}`]),
    ...accessLines(block.beyond, pen, (a) => (a.certainty === 'unknown' ? [undecided, 'yellow'] : [bad, block.isReachable ? 'red' : 'yellow'])),
    ...(block.intended.length === 0 ? [] : [`    ${pen.ink(visible(block.intendedTitle), 'bold')}`]),
    ...accessLines(block.intended, pen, (a) => (a.certainty === 'unknown' ? [undecided, 'yellow'] : [holds, 'green'])),
    ...block.notKnown.flatMap((text) => {
      const [first = '', ...more] = wrap(visible(text), pen.style.width - indent - deedWidth);
      return [`    ${pen.ink(padRight('unknown', deedWidth), 'yellow')}${first}`, ...more.map((line) => `${' '.repeat(4 + deedWidth)}${line}`)];
    }),
  ];
}

/** A row each: deed, resources, one request; on two lines where the width has no room. Statements stand below the rows that they allow. */
function accessLines(access: readonly StorageAccess[], pen: Pen, mark: (a: StorageAccess) => readonly [string, Ink]): string[] {
  const shown = access.slice(0, accessShown);
  const rows = shown.map((a) => ({
    a,
    resources: visible(`${resourcesText(a)}${a.intended === null ? '' : ` (${a.intended})`}`),
    request: visible(requestText(a)),
  }));
  const column = Math.max(0, ...rows.map((r) => displayWidth(r.resources))) + 2;
  const room = pen.style.width - indent - deedWidth;
  const oneLine = rows.every((r) => column + displayWidth(r.request) <= room);
  const lines: string[] = [];
  for (const [i, { a, resources, request }] of rows.entries()) {
    const [sign, ink] = mark(a);
    const lead = `    ${pen.ink(sign, ink)} ${pen.ink(padRight(deedText(a), deedWidth), ink)}`;
    const below = ' '.repeat(indent + deedWidth);
    const [first = '', ...more] = wrap(resources, room);
    lines.push(
      oneLine ? `${lead}${padRight(resources, column)}${pen.ink(request, 'dim')}`.trimEnd() : `${lead}${first}`,
      ...(oneLine ? [] : more.map((line) => `${below}${line}`)),
    );
    if (!oneLine && request !== '') lines.push(...wrap(request, room - 2).map((line, j) => `${below}${j === 0 ? '' : '  '}${pen.ink(line, 'dim')}`));
    const because = becauseText(a);
    const next = rows[i + 1];
    if (next === undefined || becauseText(next.a) !== because)
      lines.push(...wrap(visible(because), room - 2).map((line, j) => `${below}${j === 0 ? '' : '  '}${pen.ink(line, 'dim')}`));
  }
  return access.length > shown.length ? [...lines, `    ${pen.glyphs.more} ${access.length - shown.length} more (--format json has them all)`] : lines;
}
