import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPodTemplate } from '../../src/jobs/pod-template.ts';
import { Reader } from '../../src/kernel/reader.ts';
import { enforceLabel, podSecurityViolations } from '../../src/model/pod-security.ts';
import { ApiServer, unavailable } from './api-server.ts';

/** Random pods, each given to namespaces that enforce a level: Pod Security admission refuses exactly those that Ringfence says it refuses. */
const levels = ['baseline', 'restricted'] as const;

const maybe = <T>(values: readonly [T, ...T[]]): fc.Arbitrary<T | undefined> => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const seccomp = maybe([{ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile: 'p.json' }, { type: 'Unconfined' }]);
const seLinux = maybe([{ type: 'container_t' }, { type: 'spc_t' }, { type: 'container_engine_t' }, { user: 'u' }, { role: 'r' }, { level: 's0' }]);
const rarely = fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.boolean() });
const user = maybe([0, 1000]);

const containerContext = fc.record(
  {
    privileged: rarely,
    allowPrivilegeEscalation: fc.option(fc.boolean(), { nil: undefined }),
    runAsNonRoot: fc.option(fc.boolean(), { nil: undefined }),
    runAsUser: user,
    seccompProfile: seccomp,
    seLinuxOptions: fc.option(seLinux, { nil: undefined, freq: 2 }),
    capabilities: fc.record({
      drop: fc.constantFrom([], ['ALL'], ['ALL'], ['NET_RAW']),
      add: fc.constantFrom([], [], ['IPC_LOCK'], ['CHOWN'], ['NET_BIND_SERVICE'], ['SYS_ADMIN', 'CHOWN'], ['CAP_CHOWN']),
    }),
  },
  { requiredKeys: [] },
);
/** As restricted wants it; so that what one setting alone changes is seen as well. */
const hardened = { allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'], add: [] } };
const oneChanged = fc.oneof(
  { weight: 3, arbitrary: fc.constant(hardened) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(containerContext, fc.constantFrom('runAsUser', 'seccompProfile', 'capabilities', 'seLinuxOptions', 'runAsNonRoot'))
      .map(([random, key]) => ({ ...hardened, [key]: Reflect.get(random, key) })),
  },
  { weight: 2, arbitrary: containerContext },
);
const container = (name: string) =>
  fc.record({
    name: fc.constant(name),
    image: fc.constant('i'),
    securityContext: oneChanged,
    ports: fc.constantFrom([], [], [{ containerPort: 80 }], [{ containerPort: 80, hostPort: 80 }]),
  });
const volume = fc.constantFrom(
  { emptyDir: {} },
  { emptyDir: { medium: 'Memory' } },
  { hostPath: { path: '/dev/infiniband' } },
  { nfs: { server: 's', path: '/d' } },
  { configMap: { name: 'c' } },
  { persistentVolumeClaim: { claimName: 'c' } },
  { csi: { driver: 's3.csi.aws.com' } },
  { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } } },
  { rbd: { monitors: ['m'], image: 'i' } },
);
const pods = fc.record({
  metadata: fc.record({
    annotations: fc.constantFrom(
      {},
      {},
      {},
      { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' },
      { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default' },
    ),
  }),
  spec: fc.record(
    {
      hostNetwork: rarely,
      hostPID: rarely,
      hostIPC: rarely,
      securityContext: fc.record(
        {
          runAsNonRoot: fc.option(fc.boolean(), { nil: undefined, freq: 3 }),
          runAsUser: user,
          seccompProfile: seccomp,
          seLinuxOptions: fc.option(seLinux, { nil: undefined, freq: 2 }),
          sysctls: fc.constantFrom(
            [],
            [],
            [],
            [],
            [{ name: 'net.ipv4.ip_local_port_range', value: '50000 52000' }],
            [{ name: 'net.core.somaxconn', value: '1' }],
            [{ name: 'net.ipv4.tcp_rmem', value: '1' }],
          ),
        },
        { requiredKeys: [] },
      ),
      volumes: fc.array(volume, { maxLength: 1 }).map((all) => all.map((source, i) => ({ name: `v${i}`, ...source }))),
      containers: fc.tuple(container('a')).map((all) => [...all]),
      initContainers: fc.oneof(
        fc.constant([]),
        fc.tuple(container('setup')).map((all) => [...all]),
      ),
    },
    { requiredKeys: ['containers', 'volumes', 'initContainers'] },
  ),
});

describe.skipIf(unavailable !== null)(`Pod Security, by an API server${unavailable === null ? '' : `: ${unavailable}`}`, () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await ApiServer.start();
    for (const level of levels) {
      await server.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels: { [enforceLabel]: level } } });
    }
  }, 180_000);
  afterAll(() => server?.stop());

  test.each(levels)('%s refuses the pods that Ringfence says it refuses', async (level) => {
    const seen = { admitted: 0, refused: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(pods, async (pod) => {
        const body = JSON.parse(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', ...pod, metadata: { ...pod.metadata, name: 'p' } }));
        const answer = await server.ask('POST', `/api/v1/namespaces/${level}/pods?dryRun=All`, body);
        if (answer.status === 422) {
          seen.invalid++;
          return;
        }
        seen[answer.status === 201 ? 'admitted' : 'refused']++;
        const template = readPodTemplate(new Reader(body, { document: { file: 'x', index: 0 }, path: [] }, []), level);
        const said = podSecurityViolations(template, level);
        expect({ refused: answer.status === 403, why: answer.body.message }).toEqual({
          refused: said.length > 0,
          why: said.length > 0 ? expect.stringContaining('violates PodSecurity') : undefined,
        });
      }),
      { numRuns: 800, seed: 1 },
    );
    // Enough of each, so that neither answer alone would pass.
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(30);
  });
});
