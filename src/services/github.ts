import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** GitHub. The same hosts take pushes. Source: the `domains` of GitHub's meta API. */
const github: ServiceProfile = {
  id: 'github',
  title: 'GitHub',
  hosts: [
    'github.com',
    'api.github.com',
    'codeload.github.com',
    'raw.githubusercontent.com',
    'objects.githubusercontent.com',
    'release-assets.githubusercontent.com',
  ].map((name) => ({ name, port: 443, namesTenant: false, takesWrites: true })),
  ownHosts: null,
  env: {},
  mirrors: [],
  asOf: '2026-10',
  advice: 'Whoever has a token can push anything anywhere through these hosts. Bake the code into the image, or mirror the repositories where nobody can push.',
};

export const family: ServiceFamily = { profiles: [github] };
