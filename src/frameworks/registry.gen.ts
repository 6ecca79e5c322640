// Generated from the folder listing by `npm run gen`; do not edit.
import type { Framework } from './framework.ts';
import { framework as daskFramework } from './dask.ts';
import { framework as deepspeedFramework } from './deepspeed.ts';
import { framework as glooFramework } from './gloo.ts';
import { framework as horovodFramework } from './horovod.ts';
import { framework as imexFramework } from './imex.ts';
import { framework as jaxFramework } from './jax.ts';
import { framework as kubeflowTrainerFramework } from './kubeflow-trainer.ts';
import { framework as mpiFramework } from './mpi.ts';
import { framework as ncclFramework } from './nccl.ts';
import { framework as nvshmemFramework } from './nvshmem.ts';
import { framework as paddleFramework } from './paddle.ts';
import { framework as pytorchFramework } from './pytorch.ts';
import { framework as rayFramework } from './ray.ts';
import { framework as slurmFramework } from './slurm.ts';
import { framework as tensorflowFramework } from './tensorflow.ts';
import { framework as tpuFramework } from './tpu.ts';
import { framework as ucxFramework } from './ucx.ts';
import { framework as xgboostFramework } from './xgboost.ts';

/** Every framework of `src/frameworks`, in name order. */
export const frameworks: readonly Framework[] = [
  daskFramework,
  deepspeedFramework,
  glooFramework,
  horovodFramework,
  imexFramework,
  jaxFramework,
  kubeflowTrainerFramework,
  mpiFramework,
  ncclFramework,
  nvshmemFramework,
  paddleFramework,
  pytorchFramework,
  rayFramework,
  slurmFramework,
  tensorflowFramework,
  tpuFramework,
  ucxFramework,
  xgboostFramework,
];
