// Generated from the folder listing by `npm run gen`; do not edit.
import type { JobExpander } from './expander.ts';
import { expander as daemonSetJobExpander } from './daemon-set.ts';
import { expander as deploymentJobExpander } from './deployment.ts';
import { expander as jaxJobJobExpander } from './jax-job.ts';
import { expander as jobJobExpander } from './job.ts';
import { expander as jobSetJobExpander } from './job-set.ts';
import { expander as leaderWorkerSetJobExpander } from './leader-worker-set.ts';
import { expander as mpiJobJobExpander } from './mpi-job.ts';
import { expander as paddleJobJobExpander } from './paddle-job.ts';
import { expander as podJobExpander } from './pod.ts';
import { expander as pytorchJobJobExpander } from './pytorch-job.ts';
import { expander as rayClusterJobExpander } from './ray-cluster.ts';
import { expander as rayJobJobExpander } from './ray-job.ts';
import { expander as rayServiceJobExpander } from './ray-service.ts';
import { expander as slurmNodeSetJobExpander } from './slurm-node-set.ts';
import { expander as slurmServicesJobExpander } from './slurm-services.ts';
import { expander as statefulSetJobExpander } from './stateful-set.ts';
import { expander as tfJobJobExpander } from './tf-job.ts';
import { expander as trainJobJobExpander } from './train-job.ts';
import { expander as virtualMachineJobExpander } from './virtual-machine.ts';
import { expander as volcanoJobJobExpander } from './volcano-job.ts';
import { expander as xgboostJobJobExpander } from './xgboost-job.ts';

/** Every expander of `src/jobs`, in name order. */
export const expanders: readonly JobExpander[] = [
  daemonSetJobExpander,
  deploymentJobExpander,
  jaxJobJobExpander,
  jobJobExpander,
  jobSetJobExpander,
  leaderWorkerSetJobExpander,
  mpiJobJobExpander,
  paddleJobJobExpander,
  podJobExpander,
  pytorchJobJobExpander,
  rayClusterJobExpander,
  rayJobJobExpander,
  rayServiceJobExpander,
  slurmNodeSetJobExpander,
  slurmServicesJobExpander,
  statefulSetJobExpander,
  tfJobJobExpander,
  trainJobJobExpander,
  virtualMachineJobExpander,
  volcanoJobJobExpander,
  xgboostJobJobExpander,
];
