import { googleFiles, googleFreshDays, googleSource, readGoogleRanges } from './google-ranges.ts';
import type { FeedProvider } from './provider.ts';

/** What customers of Google Cloud can have: machines and load balancers, region by region. */
export const provider: FeedProvider = {
  id: 'gcp',
  title: 'Google Cloud, addresses of customers',
  files: [{ name: 'cloud.json', url: googleFiles.cloud, format: 'json' }],
  source: googleSource,
  freshDays: googleFreshDays,
  example: '--region europe-west4',
  read: ([content]) => ({ provider: 'gcp', ...readGoogleRanges(content?.at, 'Google Cloud') }),
  cannotTell: () => ['These are addresses of machines and load balancers of every customer. Google’s APIs, Cloud Storage among them, are in google-apis.'],
};
