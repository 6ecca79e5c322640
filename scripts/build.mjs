// npm run build: registries from folder listings, then src to dist.
import { compile } from './steps/compile.mjs';

process.exitCode = await compile();
