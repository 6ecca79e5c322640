import { googleFiles, googleFreshDays, googleSource, readGoogleRanges } from './google-ranges.ts';
import type { FeedProvider } from './provider.ts';

/** Every address that Google announces, those of Google Cloud's customers included. */
export const provider: FeedProvider = {
  id: 'google',
  title: 'Google, all addresses',
  files: [{ name: 'goog.json', url: googleFiles.goog, format: 'json' }],
  source: googleSource,
  freshDays: googleFreshDays,
  example: '--family v4',
  read: ([content]) => ({ provider: 'google', ...readGoogleRanges(content?.at, 'Google') }),
  cannotTell: () => ['Machines of every customer of Google Cloud are in it: such a rule keeps nobody out. For Google’s APIs alone take google-apis.'],
};
