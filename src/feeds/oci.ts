import { Gathering } from './gathering.ts';
import type { FeedProvider } from './provider.ts';
import { momentOf } from './version.ts';

/** Source: Oracle Cloud Infrastructure documentation, IP address ranges (public_ip_ranges.json). */
export const provider: FeedProvider = {
  id: 'oci',
  title: 'Oracle Cloud Infrastructure',
  files: [{ name: 'public_ip_ranges.json', url: 'https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json', format: 'json' }],
  source: 'https://docs.oracle.com/en-us/iaas/Content/General/Concepts/addressranges.htm',
  // 16 editions a year, by the history of femueller/cloud-ip-ranges.
  freshDays: 120,
  example: '--service OBJECT_STORAGE --region us-ashburn-1',
  read([content]) {
    const gathering = new Gathering();
    if (content === undefined || !content.at.expect('an object')) return { provider: 'oci', version: null, date: null, groups: [] };
    const { at } = content;
    const stamp = at.field('last_updated_timestamp');
    const text = at.required('last_updated_timestamp') ? stamp.string() : undefined;
    const date = text === undefined ? null : momentOf(stamp, /^[\d-]{10}T[\d:.]{8,20}$/.test(text) ? Date.parse(`${text.slice(0, 19)}Z`) : Number.NaN);
    if (at.required('regions')) {
      for (const entry of at.field('regions').each()) {
        if (!entry.expect('an object') || !entry.required('region') || !entry.required('cidrs')) continue;
        const region = entry.field('region').string();
        if (region === undefined) continue;
        for (const block of entry.field('cidrs').each()) {
          if (!block.expect('an object') || !block.required('tags')) continue;
          for (const tag of block.field('tags').each()) {
            const service = tag.string();
            if (service !== undefined) gathering.add(block.field('cidr'), service, region);
          }
        }
      }
    }
    return {
      provider: 'oci',
      version: text === undefined || date === null ? null : { text, order: Date.parse(date) },
      date,
      groups: gathering.groups(at),
    };
  },
  cannotTell: (_, filter) =>
    filter.services.includes('OBJECT_STORAGE')
      ? ['Every bucket of every tenancy of the region answers on these addresses: whose it is, only IAM or a service gateway decides.']
      : [],
};
