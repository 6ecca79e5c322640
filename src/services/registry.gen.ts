// Generated from the folder listing by `npm run gen`; do not edit.
import type { ServiceFamily } from './profile.ts';
import { family as condaChannelServiceFamily } from './conda-channel.ts';
import { family as githubServiceFamily } from './github.ts';
import { family as huggingFaceServiceFamily } from './hugging-face.ts';
import { family as licenceServerServiceFamily } from './licence-server.ts';
import { family as mlflowServiceFamily } from './mlflow.ts';
import { family as ngcServiceFamily } from './ngc.ts';
import { family as pythonIndexServiceFamily } from './python-index.ts';
import { family as wandbServiceFamily } from './wandb.ts';

/** Every family of `src/services`, in name order. */
export const families: readonly ServiceFamily[] = [
  condaChannelServiceFamily,
  githubServiceFamily,
  huggingFaceServiceFamily,
  licenceServerServiceFamily,
  mlflowServiceFamily,
  ngcServiceFamily,
  pythonIndexServiceFamily,
  wandbServiceFamily,
];
