import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, absolute. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An absolute path below the root. */
export const at = (...parts) => join(root, ...parts);
