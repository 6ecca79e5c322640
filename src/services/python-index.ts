import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** An index of Python packages: the zone says which, since a training cluster should have its own. Source: pip and uv documentation, environment variables. */
const pythonIndex: ServiceProfile = {
  id: 'python-index',
  title: 'index of Python packages',
  hosts: [],
  ownHosts: { port: 443, namesTenant: true, takesWrites: true },
  env: {},
  mirrors: ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX'],
  asOf: '2026-10',
  advice: 'An index takes uploads from whoever has keys to it: give the pods one that is read-only. Better still, build images elsewhere and open nothing.',
};

export const family: ServiceFamily = { profiles: [pythonIndex] };
