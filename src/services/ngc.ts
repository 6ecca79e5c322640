import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** Models and data of NVIDIA NGC. Images are pulled by the node, which no rule on pods governs. Source: NVIDIA NGC documentation, firewall requirements. */
const ngc: ServiceProfile = {
  id: 'ngc',
  title: 'NVIDIA NGC models',
  hosts: ['api.ngc.nvidia.com', 'authn.nvidia.com', 'xfiles.ngc.nvidia.com'].map((name) => ({ name, port: 443, namesTenant: false, takesWrites: true })),
  ownHosts: null,
  env: {},
  mirrors: [],
  asOf: '2026-10',
  advice: 'An account with a private registry can upload through these hosts. Stage models into the storage that the zone lists.',
};

export const family: ServiceFamily = { profiles: [ngc] };
