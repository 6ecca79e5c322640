import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { FabricReach, FabricWay } from '../model/fabric-reach.ts';
import { keyText } from '../model/pkey.ts';
import type { TextContext } from './context.ts';
import type { FabricReachJson, FabricWayJson } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { markdownCode, markdownText } from './markdown-escape.ts';
import { placeOf } from './place.ts';
import { locationSchema, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** Ways that people are shown per workload; JSON has them all. */
const waysShown = 4;

/** Hosts that are named beside them. */
const hostsShown = 12;

export const fabricWaySchema: z.ZodType<FabricWayJson> = z
  .strictObject({
    workload: textSchema.nullable().describe('Null: any pod that is given a device there.'),
    from: textSchema,
    to: textSchema,
    pkey: z.number().int().describe('Number of the partition, without the bit that says full member.'),
    when: z.enum(['now', 'when the configuration is read']),
    meets: z.array(textSchema).describe('Workloads that run there, or may.'),
    strangers: z.array(textSchema).describe('Those of them that are of another namespace.'),
    steps: z.array(z.strictObject({ text: textSchema, location: locationSchema.nullable() })),
  })
  .meta({ id: 'FabricWay', description: 'How a workload comes to another host over the fabric, where no policy is asked.' });

export const fabricReachSchema: z.ZodType<FabricReachJson> = z
  .strictObject({
    workloads: z.array(textSchema),
    ways: z.array(fabricWaySchema),
    notKnown: z.array(textSchema).describe('What the answer lacks; it is never that nothing is reached.'),
  })
  .meta({ id: 'FabricReach', description: 'Hosts that some training workloads reach over InfiniBand.' });

export function fabricWayJson({ steps, ...way }: FabricWay, locator: Locator): FabricWayJson {
  return { ...way, steps: steps.map(({ text, origin }) => ({ text, location: origin === null ? null : locationJson(origin, locator) })) };
}

export function fabricReachJson({ ways, ...reach }: FabricReach, locator: Locator): FabricReachJson {
  return { ...reach, ways: ways.map((way) => fabricWayJson(way, locator)) };
}

function heading({ from, to, pkey, when }: FabricWay): string {
  return `${from} meets ${to} over partition ${keyText(pkey)}${when === 'now' ? '' : `, ${when}`}`;
}

/** A way, step by step, each with its place. */
export function fabricWayLines(way: FabricWay, indent: number, { pen, locator }: TextContext): string[] {
  const put = (text: string, by: number): string[] =>
    wrap(visible(text), pen.style.width - by).map((line, i) => `${' '.repeat(by + (i === 0 ? 0 : 2))}${line}`);
  return [
    ...put(heading(way), indent).map((line) => pen.ink(line, 'red')),
    ...way.steps.flatMap(({ text, origin }, i) => {
      const place = placeOf(origin, locator);
      return [...put(`${i + 1} ${text}`, indent + 2), ...(place === null ? [] : [pen.ink(`${' '.repeat(indent + 6)}${place}`, 'dim')])];
    }),
  ];
}

export function fabricWayMarkdown(way: FabricWay, locator: Locator): string[] {
  return [
    markdownText(heading(way)),
    '',
    ...way.steps.map(({ text, origin }, i) => {
      const place = placeOf(origin, locator);
      return `${i + 1}. ${markdownText(text)}${place === null ? '' : ` (${markdownCode(place)})`}`;
    }),
  ];
}

/** Which hosts training reaches over InfiniBand: ways to strangers step by step, the others by name. */
export function fabricReachLines(reach: readonly FabricReach[], context: TextContext): string[] {
  if (reach.length === 0) return [];
  const { pen } = context;
  const put = (text: string, by: number): string[] =>
    wrap(visible(text), pen.style.width - by).map((line, i) => `${' '.repeat(by + (i === 0 ? 0 : 2))}${line}`);
  return [
    `${pen.ink('Over InfiniBand', 'bold')}  whom training meets where no policy is asked`,
    ...reach.flatMap((one) => [
      ...put(headline(one), 2),
      ...toldWays(one).flatMap((way) => fabricWayLines(way, 4, context)),
      ...restTexts(one).flatMap((text) => put(text, 4)),
      ...one.notKnown.flatMap((text) => put(`not known: ${text}`, 4)).map((line) => pen.ink(line, 'yellow')),
    ]),
  ];
}

export function fabricReachMarkdown(reach: readonly FabricReach[], locator: Locator): string[] {
  if (reach.length === 0) return [];
  return [
    '### Over InfiniBand',
    ...reach.flatMap((one) => [
      '',
      markdownText(headline(one)),
      ...toldWays(one).flatMap((way) => ['', ...fabricWayMarkdown(way, locator)]),
      ...restTexts(one).flatMap((text) => ['', markdownText(text)]),
      ...one.notKnown.flatMap((text) => ['', markdownText(`not known: ${text}`)]),
    ]),
  ];
}

function headline({ workloads, ways, notKnown }: FabricReach): string {
  const hosts =
    ways.length === 0 && notKnown.length > 0
      ? 'which hosts is not known'
      : `${ways.length === 0 ? 'no' : ways.length} other ${ways.length === 1 ? 'host' : 'hosts'}`;
  return `${workloads.join(', ')}: ${hosts}`;
}

/** One way to strangers for each partition first, then more of them. */
function toldWays({ ways }: FabricReach): readonly FabricWay[] {
  const strange = ways.filter((w) => w.strangers.length > 0);
  const first = strange.filter((w, i) => strange.findIndex((other) => other.pkey === w.pkey) === i);
  return first.slice(0, waysShown);
}

function restTexts(reach: FabricReach): readonly string[] {
  const told = toldWays(reach);
  const rest = reach.ways.filter((w) => !told.includes(w));
  const sorts: readonly (readonly [string, readonly FabricWay[]])[] = [
    ['so it meets', rest.filter((w) => w.strangers.length > 0)],
    ['hosts that are no nodes of the input', rest.filter((w) => w.meets.length === 0)],
    ['nodes of its own namespace', rest.filter((w) => w.strangers.length === 0 && w.meets.length > 0)],
  ];
  return sorts.flatMap(([title, ways]) => {
    const hosts = ways.slice(0, hostsShown).map(({ to, pkey }) => `${to} (${keyText(pkey)})`);
    const more = ways.length - hosts.length;
    return ways.length === 0 ? [] : [`${title}: ${hosts.join(', ')}${more > 0 ? ` and ${more} more (--format json has them all)` : ''}`];
  });
}
