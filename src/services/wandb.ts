import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** Weights & Biases, kept off the network: runs are written to disk and synced from elsewhere. Source: wandb environment variables. */
const wandbOffline: ServiceProfile = {
  id: 'wandb-offline',
  title: 'Weights & Biases, offline',
  hosts: [],
  env: { WANDB_MODE: 'offline' },
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
  env: {},
  advice:
    'storage.googleapis.com serves every tenant of Cloud Storage: with it open, data can leave to any bucket. Prefer wandb-offline or a self-hosted server.',
};

export const family: ServiceFamily = { profiles: [wandb, wandbOffline] };
