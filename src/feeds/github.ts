import { Gathering } from './gathering.ts';
import type { FeedProvider } from './provider.ts';

/** Members of the answer that are lists of something else than addresses. Source: GitHub REST API, meta. */
const noAddresses: ReadonlySet<string> = new Set(['ssh_keys']);

/** Source: GitHub REST API documentation, meta endpoints (get GitHub meta information). */
export const provider: FeedProvider = {
  id: 'github',
  title: 'GitHub',
  files: [{ name: 'meta.json', url: 'https://api.github.com/meta', format: 'json' }],
  source: 'https://docs.github.com/en/rest/meta/meta',
  // It carries neither version nor date: this is the age of the download. It changes many times a day, mostly for actions.
  freshDays: 14,
  example: '--service git',
  read([content]) {
    const gathering = new Gathering();
    if (content === undefined || !content.at.expect('an object')) return { provider: 'github', version: null, date: null, groups: [] };
    const { at } = content;
    for (const service of at.keys()) {
      const list = at.field(service);
      if (list.kind === 'a list' && !noAddresses.has(service)) for (const prefix of list.each()) gathering.add(prefix, service, null);
    }
    return { provider: 'github', version: null, date: null, groups: gathering.groups(at) };
  },
  cannotTell: () => [
    'This feed carries no version: an older copy cannot be told from a newer one.',
    'Repositories of all tenants answer on these addresses, for pushes too, and files come from hosts of other providers (release assets, LFS).',
  ],
};
