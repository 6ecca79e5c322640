import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** Hugging Face libraries on a local cache only. Source: huggingface_hub environment variables. */
const huggingFaceOffline: ServiceProfile = {
  id: 'huggingface-offline',
  title: 'Hugging Face Hub, offline',
  hosts: [],
  ownHosts: null,
  env: { HF_HUB_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1' },
  mirrors: ['HF_ENDPOINT'],
  asOf: '2026-10',
  advice: 'Stage models and data sets into the storage that the zone lists before the job starts.',
};

/** Hugging Face Hub. The same hosts take uploads. */
const huggingFace: ServiceProfile = {
  id: 'huggingface',
  title: 'Hugging Face Hub',
  hosts: [
    'huggingface.co',
    'cdn-lfs.huggingface.co',
    'cdn-lfs-us-1.hf.co',
    'us.aws.cdn.hf.co',
    'cas-bridge.xethub.hf.co',
    'cas-server.xethub.hf.co',
    'transfer.xethub.hf.co',
  ].map((name) => ({
    name,
    port: 443,
    namesTenant: false,
    takesWrites: true,
  })),
  ownHosts: null,
  env: { HF_HUB_DISABLE_TELEMETRY: '1' },
  mirrors: ['HF_ENDPOINT'],
  asOf: '2026-10',
  advice:
    'Anyone with an account can upload through these hosts. Prefer huggingface-offline, or a read-only mirror (HF_ENDPOINT together with HF_HUB_DISABLE_XET=1).',
};

export const family: ServiceFamily = { profiles: [huggingFace, huggingFaceOffline] };
