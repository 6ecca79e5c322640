import { prefixCount } from './feed.ts';
import { Gathering } from './gathering.ts';
import type { FeedProvider } from './provider.ts';
import { countedVersion, momentOf } from './version.ts';

/** Source: AWS documentation, AWS IP address ranges (syntax of ip-ranges.json). `syncToken` is the publication time in seconds. */
export const provider: FeedProvider = {
  id: 'aws',
  title: 'Amazon Web Services',
  files: [{ name: 'ip-ranges.json', url: 'https://ip-ranges.amazonaws.com/ip-ranges.json', format: 'json' }],
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html',
  // Three editions a day: 1,160 in the year to 2026-08-22, by the history of seligman/aws-ip-ranges.
  freshDays: 14,
  example: '--service S3 --region us-east-1',
  read([content]) {
    const gathering = new Gathering();
    if (content === undefined || !content.at.expect('an object')) return { provider: 'aws', version: null, date: null, groups: [] };
    const { at } = content;
    const version = at.required('syncToken') ? countedVersion(at.field('syncToken')) : null;
    for (const [list, key] of [
      ['prefixes', 'ip_prefix'],
      ['ipv6_prefixes', 'ipv6_prefix'],
    ] as const) {
      if (!at.required(list)) continue;
      for (const entry of at.field(list).each()) {
        if (!entry.expect('an object') || !entry.required('service') || !entry.required('region')) continue;
        const [service, region] = [entry.field('service').string(), entry.field('region').string()];
        if (service !== undefined && region !== undefined) gathering.add(entry.field(key), service, region);
      }
    }
    const date = version === null ? null : momentOf(at.field('syncToken'), version.order * 1000);
    return { provider: 'aws', version, date, groups: gathering.groups(at) };
  },
  cannotTell(feed, filter) {
    const notes: string[] = [];
    if (filter.services.includes('S3')) {
      notes.push(
        'Every bucket of every tenant answers on these addresses: whose bucket it is, only an endpoint policy or IAM decides.',
        'A gateway endpoint keeps the public addresses of S3: pods need these prefixes with it, too.',
      );
      if (
        filter.regions.length > 0 &&
        !filter.regions.includes('GLOBAL') &&
        feed.groups.some((g) => g.service === 'S3' && g.region === 'GLOBAL' && prefixCount(g) > 0)
      )
        notes.push('Prefixes of region GLOBAL are not in it: multi-Region access points may need --region GLOBAL as well.');
    }
    if (filter.services.length === 0 || filter.services.includes('AMAZON'))
      notes.push('AMAZON is every address of Amazon, the machines of its customers included: such a rule keeps nobody out.');
    return notes;
  },
};
