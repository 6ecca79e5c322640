import { pathToFileURL } from 'node:url';
import { at } from './root.mjs';

/** A module of the built program, by its path below dist. */
export const built = (path) => import(pathToFileURL(at('dist', path)).href);

/** The line under the title of a generated page. */
export const generatedNote = (source) => `<!-- Generated from ${source} by \`npm run gen\`; do not edit. -->`;
