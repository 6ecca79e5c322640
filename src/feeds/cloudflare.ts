import type { Reader } from '../kernel/reader.ts';
import { Gathering } from './gathering.ts';
import type { FeedProvider } from './provider.ts';

/** Source: Cloudflare, IP ranges (plain lists, a prefix a line). */
export const provider: FeedProvider = {
  id: 'cloudflare',
  title: 'Cloudflare',
  files: [
    { name: 'ips-v4', url: 'https://www.cloudflare.com/ips-v4', format: 'lines' },
    { name: 'ips-v6', url: 'https://www.cloudflare.com/ips-v6', format: 'lines' },
  ],
  source: 'https://www.cloudflare.com/ips/',
  // It carries neither version nor date: this is the age of the download. It changes twice a year.
  freshDays: 90,
  example: '--family v4',
  read(contents) {
    const gathering = new Gathering();
    const [first] = contents;
    for (const { at } of contents) for (const line of linesOf(at)) gathering.add(line, 'Cloudflare', null);
    return { provider: 'cloudflare', version: null, date: null, groups: first === undefined ? [] : gathering.groups(first.at) };
  },
  cannotTell: () => [
    'This feed carries no version: an older copy cannot be told from a newer one.',
    'Sites of all customers of Cloudflare answer on these addresses.',
  ],
};

function linesOf(at: Reader): readonly Reader[] {
  return at.each().filter((line) => line.value !== '');
}
