import { ipSubtract, ipUnionAll } from '../space/ip-set.ts';
import { googleFiles, googleFreshDays, googleSource, readGoogleRanges } from './google-ranges.ts';
import type { FeedProvider } from './provider.ts';

/**
 * The front ends of Google's APIs: what is Google's (goog.json) and no customer's (cloud.json). Only two files of one moment may be subtracted.
 * Source: Google Workspace documentation, obtain Google IP address ranges (IP addresses for default domains).
 */
export const provider: FeedProvider = {
  id: 'google-apis',
  title: 'Google APIs, Cloud Storage among them',
  files: [
    { name: 'goog.json', url: googleFiles.goog, format: 'json' },
    { name: 'cloud.json', url: googleFiles.cloud, format: 'json' },
  ],
  source: googleSource,
  freshDays: googleFreshDays,
  example: '--family v4',
  read([google, customers]) {
    const goog = readGoogleRanges(google?.at, 'Google');
    const cloud = readGoogleRanges(customers?.at, 'Google Cloud');
    if (goog.version !== null && cloud.version !== null && goog.version.order !== cloud.version.order)
      customers?.at
        .field('syncToken')
        .error(
          'tokens-differ',
          `This file is of syncToken ${cloud.version.text} and goog.json of ${goog.version.text}; expected two files of one moment: what a customer was given in between would count as Google’s.`,
          'Fetch both again, together.',
        );
    const apis = ipSubtract(ipUnionAll(goog.groups), ipUnionAll(cloud.groups));
    return { provider: 'google-apis', version: goog.version, date: goog.date, groups: [{ service: 'Google APIs', region: null, ...apis }] };
  },
  cannotTell: () => [
    'The restricted and private VIPs of Google’s APIs are in no feed: where DNS answers with one of them, add it with --also.',
    'Every bucket of every tenant of Cloud Storage answers on these addresses, as do other APIs of Google: whose data it is, only VPC Service Controls or IAM decides.',
  ],
};
