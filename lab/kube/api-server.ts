import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('.bin/', import.meta.url));
const program = (name: string): string => join(bin, name);

/** Why no API server can run here; null: it can. */
export const unavailable: string | null = ['etcd', 'kube-apiserver', 'kubectl'].every((name) => existsSync(program(name)))
  ? null
  : 'etcd, kube-apiserver and kubectl are not built: npm run lab:kube (needs Go)';

/**
 * Who asks: an administrator, the kubelet of node gpu-1, a controller, or a service account of namespace ml. All may do the same; by their groups they are
 * what they are called.
 */
export type Caller = 'admin' | 'kubelet' | 'controller' | 'account';

/** What the API server answered. `warnings` are what it would have a person see beside the answer. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly [field: string]: unknown };
  readonly warnings: readonly string[];
}

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real kube-apiserver on a real etcd, both on loopback with data of their own that goes when they stop. No controller, scheduler or kubelet runs. */
export class ApiServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rf-kube-'));
  readonly #running: ChildProcess[] = [];
  #port = 0;
  #ca = '';

  static async start(): Promise<ApiServer> {
    const server = new ApiServer();
    try {
      await server.#begin();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #begin(): Promise<void> {
    const [clients, peers, secure] = await freePorts(3);
    const etcd = `http://127.0.0.1:${clients}`;
    const peer = `http://127.0.0.1:${peers}`;
    this.#spawn('etcd', [
      ...['--data-dir', join(this.#folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'error'],
      ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ]);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = (name: string, text: string | Buffer): string => {
      writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
      return join(this.#folder, name);
    };
    const publicPem = file('sa.pub', publicKey.export({ type: 'spki', format: 'pem' }));
    const privatePem = file('sa.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const tokens = file(
      'tokens.csv',
      `admin,admin,1,system:masters
kubelet,system:node:gpu-1,2,"system:nodes,lab:callers"
controller,system:serviceaccount:kube-system:job-controller,3,"system:serviceaccounts,system:serviceaccounts:kube-system,lab:callers"
account,system:serviceaccount:ml:builder,4,"system:serviceaccounts,system:serviceaccounts:ml,lab:callers"
`,
    );
    const pki = join(this.#folder, 'pki');
    const child = this.#spawn('kube-apiserver', [
      ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', String(secure), '--cert-dir', pki],
      ...['--service-cluster-ip-range', '10.96.0.0/16', '--authorization-mode', 'RBAC', '--token-auth-file', tokens, '--allow-privileged=true'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-account-key-file', publicPem],
      // No controller makes a default ServiceAccount for each namespace, without which this plug-in refuses every pod.
      ...['--service-account-signing-key-file', privatePem, '--disable-admission-plugins', 'ServiceAccount'],
    ]);
    this.#port = secure ?? 0;
    await until(async () => {
      if (child.exitCode !== null)
        throw new Error(`kube-apiserver did not start:\n${readFileSync(join(this.#folder, 'kube-apiserver.log'), 'utf8').slice(-2000)}`);
      if (!existsSync(join(pki, 'apiserver.crt'))) return false;
      this.#ca = readFileSync(join(pki, 'apiserver.crt'), 'utf8');
      return (await this.ask('GET', '/readyz').catch(() => null))?.status === 200;
    });
    const cluster = {
      server: `https://127.0.0.1:${secure}`,
      'certificate-authority-data': Buffer.from(this.#ca).toString('base64'),
    };
    file(
      'kubeconfig',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'lab', cluster }],
        users: [{ name: 'admin', user: { token: 'admin' } }],
        contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
        'current-context': 'lab',
      }),
    );
    await this.ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'callers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'lab:callers' }],
    });
  }

  /** One request, as JSON; an apply is a PATCH. Throws only where no answer comes. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, caller: Caller = 'admin'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          ca: this.#ca,
          method,
          path,
          headers: { authorization: `Bearer ${caller}`, 'content-type': 'application/json', accept: 'application/json' },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const warnings = (answer.headersDistinct.warning ?? []).flatMap((line) =>
              [...line.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map((m) => unquote(m[1] ?? '')),
            );
            resolve({ status: answer.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : { message: text }, warnings });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** What kubectl prints, as an administrator would have it. */
  kubectl(words: readonly string[], input = ''): Promise<Printed> {
    return new Promise((resolve) => {
      const env = { PATH: '/usr/bin:/bin', HOME: this.#folder, KUBECONFIG: join(this.#folder, 'kubeconfig') };
      const child = execFile(program('kubectl'), [...words], { env, maxBuffer: 1 << 26, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr }),
      );
      child.stdin?.end(input);
    });
  }

  async stop(): Promise<void> {
    for (const child of this.#running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      if ((await Promise.race([gone, after(5000, 'still here')])) === 'still here') child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: string, words: readonly string[]): ChildProcess {
    // Through a shell's redirection, so that a full pipe never stops the program and its last words can be read.
    const log = join(this.#folder, `${name}.log`);
    const child = spawn('/bin/sh', ['-c', `exec "$0" "$@" >"$LOG" 2>&1`, program(name), ...words], {
      env: { PATH: '/usr/bin:/bin', LOG: log },
      stdio: 'ignore',
    });
    this.#running.push(child);
    return child;
  }
}

const unquote = (text: string): string => text.replace(/\\(.)/g, '$1');

/** Ports of loopback that nobody listens at just now. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await after(250);
  }
  throw new Error('the API server was not ready after 100 seconds');
}
