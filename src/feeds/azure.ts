import { Gathering } from './gathering.ts';
import type { FeedProvider } from './provider.ts';
import { countedVersion } from './version.ts';

/** The file is named after its day. Source: Microsoft Download Center, Azure IP Ranges and Service Tags (ServiceTags_Public_20250722.json). */
const dated = /ServiceTags_\w{1,40}?_(\d{4})(\d\d)(\d\d)\.json$/;

/** Source: Azure documentation, virtual network service tags (JSON files and their change numbers). */
export const provider: FeedProvider = {
  id: 'azure',
  title: 'Microsoft Azure, service tags',
  files: [{ name: 'ServiceTags.json', url: null, format: 'json' }],
  source: 'https://www.microsoft.com/en-us/download/details.aspx?id=56519',
  // Published weekly.
  freshDays: 35,
  // About 50 a year, and 363 on 2025-07-22, by the history of femueller/cloud-ip-ranges. Clouds of governments are not ahead of the public one.
  counter: { order: 363, at: '2025-07-22T00:00:00Z', perYear: 52 },
  example: '--service Storage --region westeurope',
  read([content]) {
    const gathering = new Gathering();
    if (content === undefined || !content.at.expect('an object')) return { provider: 'azure', version: null, date: null, groups: [] };
    const { at, file } = content;
    const version = at.required('changeNumber') ? countedVersion(at.field('changeNumber')) : null;
    if (at.required('values')) {
      for (const tag of at.field('values').each()) {
        if (!tag.expect('an object') || !tag.required('name') || !tag.required('properties')) continue;
        const properties = tag.field('properties');
        const name = tag.field('name').string();
        const region = properties.field('region').string() ?? '';
        if (name === undefined || !properties.required('addressPrefixes')) continue;
        // Storage.WestEurope is of service Storage; AzureFrontDoor.Backend, which has no region, is a service of its own.
        const dot = name.lastIndexOf('.');
        const service = region === '' || dot < 0 ? name : name.slice(0, dot);
        for (const prefix of properties.field('addressPrefixes').each()) gathering.add(prefix, service, region === '' ? null : region);
      }
    }
    const day = dated.exec(file);
    return { provider: 'azure', version, date: day === null ? null : dayOf(`${day[1]}-${day[2]}-${day[3]}`), groups: gathering.groups(at) };
  },
  cannotTell: (_, filter) => [
    ...(filter.services.includes('Storage')
      ? [
          'Every storage account of every tenant answers on these addresses: a service endpoint policy or a private endpoint decides whose. The account is in the host name: a rule on names can tell.',
        ]
      : []),
    ...(filter.services.includes('AzureCloud') ? ['AzureCloud holds the machines of every customer: such a rule keeps nobody out.'] : []),
  ],
};

function dayOf(text: string): string | null {
  // The 30th of February is read as a day of March.
  const read = Date.parse(text);
  return Number.isNaN(read) || new Date(read).toISOString().slice(0, 10) !== text ? null : `${text}T00:00:00Z`;
}
