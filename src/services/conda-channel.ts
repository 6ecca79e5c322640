import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** A channel of conda packages: the zone says which. Public channels serve packages from a bucket of a shared front end. Source: conda documentation, channel_alias. */
const condaChannel: ServiceProfile = {
  id: 'conda-channel',
  title: 'channel of conda packages',
  hosts: [],
  ownHosts: { port: 443, namesTenant: true, takesWrites: true },
  env: {},
  mirrors: ['CONDA_CHANNEL_ALIAS'],
  asOf: '2026-10',
  advice: 'Public channels keep packages in a bucket of a shared front end, which opens it for every tenant: mirror what is needed.',
};

export const family: ServiceFamily = { profiles: [condaChannel] };
