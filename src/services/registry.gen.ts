// Generated from the folder listing by `npm run gen`; do not edit.
import type { ServiceFamily } from './profile.ts';
import { family as huggingFaceServiceFamily } from './hugging-face.ts';
import { family as wandbServiceFamily } from './wandb.ts';

/** Every family of `src/services`, in name order. */
export const families: readonly ServiceFamily[] = [
  huggingFaceServiceFamily,
  wandbServiceFamily,
];
