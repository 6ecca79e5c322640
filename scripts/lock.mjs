// npm run lock: after `npm install`, names in package-lock.json the optional packages for other platforms that a registry mirror did not have.
// npm leaves such packages out, and `npm ci` then refuses the lock file everywhere. They are installed on no other platform than their own.
import { readFileSync, writeFileSync } from 'node:fs';
import { at } from './steps/root.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** What a platform package is for, from its name (`@oxc-parser/binding-linux-x64-musl`); undefined when the name does not say. */
function platformOf(name) {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  const libc = libraries[words.find((word) => Object.hasOwn(libraries, word))];
  return os === undefined || cpu === undefined ? undefined : { os, cpu, libc: os === 'linux' ? libc : undefined };
}

const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
const added = [];
for (const [path, owner] of Object.entries(lock.packages)) {
  for (const [name, version] of path === '' ? [] : Object.entries(owner.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (Object.hasOwn(lock.packages, `node_modules/${name}`) || platform === undefined) continue;
    const { os, cpu, libc } = platform;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(owner.dev === true ? { dev: true } : {}),
      ...(libc === undefined ? {} : { libc: [libc] }),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(at('package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(added.length === 0 ? 'package-lock.json is complete\n' : `${added.map((name) => `locked ${name}\n`).join('')}`);
