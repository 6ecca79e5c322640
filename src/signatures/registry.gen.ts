// Generated from the folder listing by `npm run gen`; do not edit.
import type { SignatureFamily } from './signature.ts';
import { family as clientsSignatureFamily } from './clients.ts';
import { family as cloudsSignatureFamily } from './clouds.ts';
import { family as coordinationSignatureFamily } from './coordination.ts';
import { family as daskSignatureFamily } from './dask.ts';
import { family as fabricSignatureFamily } from './fabric.ts';
import { family as fastrakSignatureFamily } from './fastrak.ts';
import { family as glooSignatureFamily } from './gloo.ts';
import { family as hubsSignatureFamily } from './hubs.ts';
import { family as imexSignatureFamily } from './imex.ts';
import { family as launchersSignatureFamily } from './launchers.ts';
import { family as mpichSignatureFamily } from './mpich.ts';
import { family as ncclSignatureFamily } from './nccl.ts';
import { family as nvshmemSignatureFamily } from './nvshmem.ts';
import { family as paddleSignatureFamily } from './paddle.ts';
import { family as programsSignatureFamily } from './programs.ts';
import { family as pythonSignatureFamily } from './python.ts';
import { family as pytorchSignatureFamily } from './pytorch.ts';
import { family as raySignatureFamily } from './ray.ts';
import { family as resolverSignatureFamily } from './resolver.ts';
import { family as socketsSignatureFamily } from './sockets.ts';
import { family as ucxSignatureFamily } from './ucx.ts';
import { family as unnamedSignatureFamily } from './unnamed.ts';
import { family as xgboostSignatureFamily } from './xgboost.ts';

/** Every family of `src/signatures`, in name order. */
export const families: readonly SignatureFamily[] = [
  clientsSignatureFamily,
  cloudsSignatureFamily,
  coordinationSignatureFamily,
  daskSignatureFamily,
  fabricSignatureFamily,
  fastrakSignatureFamily,
  glooSignatureFamily,
  hubsSignatureFamily,
  imexSignatureFamily,
  launchersSignatureFamily,
  mpichSignatureFamily,
  ncclSignatureFamily,
  nvshmemSignatureFamily,
  paddleSignatureFamily,
  programsSignatureFamily,
  pythonSignatureFamily,
  pytorchSignatureFamily,
  raySignatureFamily,
  resolverSignatureFamily,
  socketsSignatureFamily,
  ucxSignatureFamily,
  unnamedSignatureFamily,
  xgboostSignatureFamily,
];
