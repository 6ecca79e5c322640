import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { ApiServer, unavailable } from './api-server.ts';

/** Every pack that is checked in, applied as its README says. Kinds whose definitions are not at hand are left out, and counted. */
const packs = fileURLToPath(new URL('../../goldens/packs/', import.meta.url));
const definitions = fileURLToPath(new URL('../../../shared/data/crds/', import.meta.url));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

describe.skipIf(unavailable !== null)(`packs, by an API server${unavailable === null ? '' : `: ${unavailable}`}`, () => {
  let server: ApiServer;
  const served = new Map<string, readonly string[]>();

  beforeAll(async () => {
    server = await ApiServer.start();
    if (!existsSync(definitions)) return;
    const files = readdirSync(definitions).filter((file) => file.endsWith('.yaml'));
    const made = await server.kubectl(['create', ...files.flatMap((file) => ['-f', `${definitions}${file}`])]);
    expect(made.stderr).toBe('');
    await server.kubectl(['wait', '--for=condition=Established', '--all', 'crd', '--timeout=60s']);
  }, 180_000);
  afterAll(() => server?.stop());

  async function kinds(apiVersion: string): Promise<readonly string[]> {
    const known = served.get(apiVersion);
    if (known !== undefined) return known;
    const { body } = await server.ask('GET', apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
    const found = Array.isArray(body.resources) ? body.resources.map((r: Manifest) => r.kind) : [];
    served.set(apiVersion, found);
    return found;
  }

  const folders = readdirSync(packs).flatMap((pack) =>
    ['', '/admission'].map((part) => `${pack}${part}`).filter((folder) => existsSync(`${packs}${folder}/kustomization.yaml`)),
  );

  test.each(folders)('%s is taken as it is, without a warning', async (folder) => {
    const built = await server.kubectl(['kustomize', `${packs}${folder}`]);
    expect(built.stderr).toBe('');
    const objects = parseAllDocuments(built.stdout).map((document) => document.toJS() as Manifest);
    const taken: Manifest[] = [];
    const left = new Set<string>();
    for (const object of objects) {
      if ((await kinds(object.apiVersion)).includes(object.kind)) taken.push(object);
      else left.add(object.kind);
    }
    const applied = await server.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], taken.map((object) => stringify(object)).join('---\n'));
    expect([applied.code, applied.stderr]).toEqual([0, '']);
    if (left.size > 0) console.log(`${folder}: without ${[...left].sort().join(', ')}, whose definitions are not at hand`);
    // Applied again, nothing changes: what is in the cluster is what is in the files.
    const again = await server.kubectl(['diff', '--server-side', '-f', '-'], taken.map((object) => stringify(object)).join('---\n'));
    expect([again.code, again.stdout]).toEqual([0, '']);
  });
});
