import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** A FlexNet licence server. It answers on two ports: lmgrd's, 27000 by default, and that of the vendor daemon. Source: FlexNet Publisher licence administration guide. */
const flexnet: ServiceProfile = {
  id: 'flexnet',
  title: 'FlexNet licence server',
  hosts: [],
  ownHosts: { port: 27000, namesTenant: true, takesWrites: false },
  env: {},
  mirrors: ['LM_LICENSE_FILE'],
  asOf: '2026-10',
  advice:
    'The vendor daemon listens on a port of its own, which changes at each start: pin it in the licence file and list it as {name, hosts, port} beside this.',
};

export const family: ServiceFamily = { profiles: [flexnet] };
