import type { CloudReach, StorageAccess } from '../model/cloud-reach.ts';
import { becauseText, cloudBlocks, deedText, requestText, resourcesText } from './cloud-words.ts';
import { markdownCode, markdownTable, markdownText } from './markdown-escape.ts';

/** Rows of one role. */
const accessShown = 24;

/** What falls with a training pod by its cloud identity, for a pull request. */
export function cloudMarkdown(cloud: readonly CloudReach[]): string[] {
  if (cloud.length === 0) return [];
  const row = (a: StorageAccess, reachable: boolean): string[] => [
    a.certainty === 'unknown' ? '❔' : a.intended !== null ? '✅ meant' : reachable ? '❌' : 'out of reach',
    deedText(a),
    `${markdownCode(resourcesText(a))}${a.intended === null ? '' : ` ${markdownText(a.intended)}`}`,
    markdownCode(requestText(a)),
    markdownText(becauseText(a)),
  ];
  const blocks = cloudBlocks(cloud).flatMap((block) => {
    const rows = [...block.beyond, ...block.intended];
    return [
      `**${markdownText(block.heading)}**`,
      '',
      `- role: ${markdownText(block.role)}`,
      `- network: ${markdownText(block.network)}`,
      ...(block.nothing === null ? [] : [`- ${block.nothing}`]),
      ...(block.beyond.length === 0 ? [] : [`- ❌ ${markdownText(block.beyondTitle)}`]),
      ...(block.intended.length === 0 ? [] : [`- ✅ ${markdownText(block.intendedTitle)}`]),
      ...block.notKnown.map((text) => `- not known: ${markdownText(text)}`),
      '',
      ...(rows.length === 0
        ? []
        : [
            ...markdownTable(
              ['', 'may', 'what', 'a request', 'why'],
              rows.slice(0, accessShown).map((a) => row(a, block.isReachable)),
            ),
            '',
          ]),
      ...(rows.length > accessShown ? [`_and ${rows.length - accessShown} more_`, ''] : []),
    ];
  });
  return ['### Joint blast radius', '', ...blocks].slice(0, -1);
}
