import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian puts the programs, and what makes a program talk to the simulator instead of a kernel. */
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const preloads = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((arch) => `/usr/lib/${arch}/umad2sim/libumad2sim.so`);

function program(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

const preload = preloads.find((path) => existsSync(path));
const missing = ['ibsim', 'opensm', 'smpquery', 'saquery'].filter((name) => program(name) === undefined);

/** Why the simulator cannot run here; null: it can. */
export const unavailable: string | null =
  missing.length > 0 || preload === undefined
    ? `${[...missing, ...(preload === undefined ? ['libumad2sim'] : [])].join(', ')} not installed: apt-get install --no-install-recommends ibsim-utils opensm infiniband-diags`
    : null;

let fabrics = 0;

/** OpenSM on a simulated fabric. Nothing of it can be seen by another: the sockets have names of their own, and all files are in a folder that goes. */
export class Fabric {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #running: ChildProcess[] = [];

  private constructor(net: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'rf-ib-'));
    this.#env = {
      PATH: folders.join(':'),
      IBSIM_SOCKNAME: `rf${process.pid}x${fabrics++}`,
      OSM_TMP_DIR: this.#folder,
      OSM_CACHE_DIR: this.#folder,
      LC_ALL: 'C',
    };
    writeFileSync(join(this.#folder, 'net'), net);
  }

  /** Starts both programs. `partitions` null: the file is not there. `settings` are lines of opensm.conf. */
  static async start(net: string, partitions: string | Uint8Array | null, settings: readonly string[] = []): Promise<Fabric> {
    const fabric = new Fabric(net);
    try {
      await fabric.#begin(partitions, settings);
    } catch (error) {
      await fabric.stop();
      throw error;
    }
    return fabric;
  }

  async #begin(partitions: string | Uint8Array | null, settings: readonly string[]): Promise<void> {
    const ibsim = this.#spawn('ibsim', ['-s', '-n', join(this.#folder, 'net')], {});
    await until(async () => {
      if (ibsim.exitCode !== null) throw new Error('ibsim did not start');
      return (await this.ask('smpquery', '-D', 'nodeinfo', '0')) !== '';
    });
    const file = join(this.#folder, 'partitions.conf');
    if (partitions !== null) writeFileSync(file, partitions);
    // A file of its own, so that what the machine may have in /etc does not count; and without flushing, the log shows only at the end that all is up.
    const config = join(this.#folder, 'opensm.conf');
    writeFileSync(config, ['force_log_flush TRUE', ...settings, ''].join('\n'));
    const opensm = this.#spawn('opensm', ['-F', config, '-P', file, '-f', this.#log, '-D', '0x03'], { LD_PRELOAD: preload });
    await until(async () => opensm.exitCode !== null || opensm.signalCode !== null || this.log().includes('SUBNET UP'));
  }

  /** Gives a running OpenSM another partition file, as operators do. */
  async reload(partitions: string): Promise<void> {
    const ups = (): number => this.log().split('SUBNET UP').length;
    const before = ups();
    writeFileSync(join(this.#folder, 'partitions.conf'), partitions);
    this.#running[1]?.kill('SIGHUP');
    await until(async () => ups() > before);
  }

  /** How OpenSM ended, if it did: the name of a signal or its exit code. */
  get died(): string | null {
    const opensm = this.#running[1];
    return opensm === undefined ? null : (opensm.signalCode ?? (opensm.exitCode === null ? null : String(opensm.exitCode)));
  }

  log(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }

  get #log(): string {
    return join(this.#folder, 'opensm.log');
  }

  /** What a program of infiniband-diags prints. */
  async ask(name: string, ...words: readonly string[]): Promise<string> {
    const path = program(name);
    if (path === undefined) return '';
    const { stdout } = await run(path, [...words], { env: { ...this.#env, LD_PRELOAD: preload }, cwd: this.#folder, timeout: 20_000 }).catch(() => ({
      stdout: '',
    }));
    return stdout;
  }

  async stop(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      if ((await Promise.race([gone, after(3000, 'still here')])) === 'still here') child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: string, words: readonly string[], more: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(program(name) ?? name, words, { env: { ...this.#env, ...more }, cwd: this.#folder, stdio: 'ignore' });
    this.#running.push(child);
    return child;
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await after(25);
  }
  throw new Error('the simulator did not come up in ten seconds');
}
