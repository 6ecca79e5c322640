// Generated from the folder listing by `npm run gen`; do not edit.
import type { FeedProvider } from './provider.ts';
import { provider as awsFeedProvider } from './aws.ts';
import { provider as azureFeedProvider } from './azure.ts';
import { provider as cloudflareFeedProvider } from './cloudflare.ts';
import { provider as gcpFeedProvider } from './gcp.ts';
import { provider as githubFeedProvider } from './github.ts';
import { provider as googleFeedProvider } from './google.ts';
import { provider as googleApisFeedProvider } from './google-apis.ts';
import { provider as ociFeedProvider } from './oci.ts';

/** Every provider of `src/feeds`, in name order. */
export const providers: readonly FeedProvider[] = [
  awsFeedProvider,
  azureFeedProvider,
  cloudflareFeedProvider,
  gcpFeedProvider,
  githubFeedProvider,
  googleFeedProvider,
  googleApisFeedProvider,
  ociFeedProvider,
];
