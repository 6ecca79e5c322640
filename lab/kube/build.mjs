// npm run lab:kube: builds a real etcd, kube-apiserver and kubectl from their Go modules into lab/kube/.bin, for the tests of this folder.
// What was built once for these module files is kept in a cache folder under their hash; a cold build takes some minutes and needs Go.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const bin = join(here, '.bin');

/** The version that each program says it has; without it kube-apiserver and kubectl say v0.0.0. Source: kubernetes hack/lib/version.sh. */
const kubernetes = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(join(here, 'apiserver', 'go.mod'), 'utf8'))[1];
const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetes);
const stamp = Object.entries({ gitVersion: kubernetes, gitMajor: major, gitMinor: minor }).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);

const programs = [
  { module: 'etcd', path: 'go.etcd.io/etcd/server/v3', name: 'etcd', flags: ['-s', '-w'] },
  ...['kube-apiserver', 'kubectl'].map((name) => ({ module: 'apiserver', path: `k8s.io/kubernetes/cmd/${name}`, name, flags: ['-s', '-w', ...stamp] })),
];

const hash = createHash('sha256').update(process.arch);
for (const module of ['apiserver', 'etcd']) for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(here, module, file)));
hash.update(JSON.stringify(programs));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ringfence', `kube-${hash.digest('hex').slice(0, 16)}`);

function build() {
  const building = `${cache}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    for (const { module, path, name, flags } of programs) {
      process.stdout.write(`building ${name}\n`);
      const { status, error } = spawnSync('go', ['build', '-ldflags', flags.join(' '), '-o', join(building, name), path], {
        cwd: join(here, module),
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
        stdio: 'inherit',
      });
      if (status !== 0) throw new Error(error === undefined ? `${name} does not build` : `go cannot be started (${error.message}): install Go 1.25 or newer`);
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(building, cache);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

try {
  if (programs.every(({ name }) => existsSync(join(cache, name)))) process.stdout.write('built before\n');
  else build();
  rmSync(bin, { recursive: true, force: true });
  cpSync(cache, bin, { recursive: true });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
