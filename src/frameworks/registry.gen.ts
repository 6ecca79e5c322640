// Generated from the folder listing by `npm run gen`; do not edit.
import type { Framework } from './framework.ts';
import { framework as ncclFramework } from './nccl.ts';
import { framework as pytorchFramework } from './pytorch.ts';

/** Every framework of `src/frameworks`, in name order. */
export const frameworks: readonly Framework[] = [
  ncclFramework,
  pytorchFramework,
];
