import type { ServiceFamily, ServiceProfile } from './profile.ts';

/** A tracking server of MLflow outside the cluster. Source: MLflow documentation, tracking server and artifact stores. */
const mlflow: ServiceProfile = {
  id: 'mlflow',
  title: 'MLflow tracking server',
  hosts: [],
  ownHosts: { port: 443, namesTenant: true, takesWrites: true },
  env: {},
  mirrors: ['MLFLOW_TRACKING_URI'],
  asOf: '2026-10',
  advice: 'Serve artifacts through the tracking server (--serve-artifacts): else every pod needs the artifact store as well.',
};

export const family: ServiceFamily = { profiles: [mlflow] };
