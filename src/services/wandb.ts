import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** Weights & Biases, kept off the network: runs are written to disk and synced from elsewhere. Source: wandb environment variables. */
const wandbOffline: ServiceProfile = {
  id: 'wandb-offline',
  title: 'Weights & Biases, offline',
  hosts: [],
  ownHosts: null,
  env: { WANDB_MODE: 'offline' },
  mirrors: ['WANDB_BASE_URL'],
  asOf: '2026-10',
  advice: 'Runs stay in the run folder; sync them from a machine outside the zone.',
};

/** Weights & Biases, hosted. Artifacts go through the shared Cloud Storage front end. */
const wandb: ServiceProfile = {
  id: 'wandb',
  title: 'Weights & Biases, hosted',
  hosts: [
    { name: 'api.wandb.ai', port: 443, namesTenant: false, takesWrites: true },
    { name: 'files.wandb.ai', port: 443, namesTenant: false, takesWrites: true },
    { name: 'storage.googleapis.com', port: 443, namesTenant: false, takesWrites: true },
  ],
  ownHosts: null,
  env: {},
  mirrors: ['WANDB_BASE_URL'],
  asOf: '2026-10',
  advice:
    'storage.googleapis.com serves every tenant of Cloud Storage: with it open, data can leave to any bucket. Prefer wandb-offline or a self-hosted server.',
};

export const family: ServiceFamily = { profiles: [wandb, wandbOffline] };
