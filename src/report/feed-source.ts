import { z } from 'zod';
import { type FeedId, type FeedSource, type FeedVersion, feedIds } from '../model/feed.ts';
import { countSchema, textSchema } from './schema/common.ts';

export const feedIdSchema: z.ZodType<FeedId> = z.enum(feedIds);

const moment = z.iso.datetime();

const versionSchema: z.ZodType<FeedVersion> = z.strictObject({
  text: textSchema.describe('As the feed writes it.'),
  order: countSchema.describe('A number that compares: a higher one is newer.'),
});

export const feedSourceSchema: z.ZodType<FeedSource> = z
  .strictObject({
    provider: feedIdSchema,
    version: versionSchema.nullable().describe('Null: the feed carries none.'),
    date: moment.nullable().describe('The feed’s own date.'),
    fetched: moment.nullable().describe('When it was downloaded; null when nobody wrote it down.'),
    files: z.array(
      z.strictObject({
        name: textSchema,
        from: textSchema.nullable().describe('The address, or the name of the file, that it came from.'),
        sha256: textSchema,
      }),
    ),
  })
  .meta({ id: 'FeedSource', description: 'An edition of a feed, and where its bytes came from.' });

/** An edition in a line: `version 363, of 2025-07-22, fetched 2025-07-23`. */
export function editionLine({ version, date, fetched }: FeedSource): string {
  const parts = [
    version === null ? 'no version' : `version ${version.text}`,
    ...(date === null ? [] : [`of ${date.slice(0, 10)}`]),
    fetched === null ? 'download not dated' : `fetched ${fetched}`,
  ];
  return parts.join(', ');
}
