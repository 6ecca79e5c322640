// Builds the package where it is installed from git, as pre-commit does: npm runs this as `prepare`, in a clone of its own. Where that is part of a global
// installation, npm has not put what the build needs into the clone: it would take every command for a global one.
import { compile } from './steps/compile.mjs';
import { install } from './steps/install.mjs';

for (const name of ['npm_config_global', 'npm_config_prefix', 'npm_config_local_prefix', 'npm_config_ignore_scripts']) delete process.env[name];
process.env.npm_config_ignore_scripts = 'true';
process.exitCode = (await install()) === 0 ? await compile() : 1;
