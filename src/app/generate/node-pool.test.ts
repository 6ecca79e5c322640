import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { nodePoolFiles } from './node-pool.ts';

function filesOf(platform: object, nodes: object = { labels: { pool: 'gpu' }, taint: 'role=training:NoExecute' }): Readonly<Record<string, string>> {
  const spec = { platform: { cni: 'kubernetes', ...platform }, namespace: { name: 'ml' }, nodes, workloads: [{ name: 'w', selector: { a: 'b' } }] };
  const parsed = parseZone(JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'TrainingZone', metadata: { name: 'z' }, spec }), 'z.yaml');
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  return Object.fromEntries(nodePoolFiles(parsed.value.zone).map((f) => [f.path, f.text]));
}

describe('the node pool', () => {
  test('never a Node object', () => {
    for (const cloud of ['aws', 'gcp', 'azure', 'oci', 'none']) expect(Object.values(filesOf({ cloud })).join('')).not.toMatch(/^kind: Node$/m);
  });

  test.each<[string, readonly string[]]>([
    ['aws', ['nodes/eksctl.yaml', 'nodes/karpenter.yaml', 'nodes/label-and-taint.sh', 'nodes/main.tf.json']],
    ['gcp', ['nodes/label-and-taint.sh', 'nodes/main.tf.json']],
    ['azure', ['nodes/karpenter.yaml', 'nodes/label-and-taint.sh', 'nodes/main.tf.json']],
    ['oci', ['nodes/label-and-taint.sh']],
    ['none', ['nodes/label-and-taint.sh']],
  ])('for %s alone', (cloud, wanted) => {
    const files = filesOf({ cloud, ...(cloud === 'aws' ? { region: 'eu-west-1' } : {}) });
    expect(Object.keys(files).sort()).toEqual(wanted);
    for (const text of Object.values(files)) {
      expect(text).toContain('pool');
      expect(text).toContain('gpu');
      expect(text).toMatch(/NoExecute|NO_EXECUTE/);
    }
  });

  test('what a cluster is called stands in no command that it could break', () => {
    const files = filesOf({ cloud: 'aws', region: 'eu-west-1', cluster: "x'; $(id) ${a}" });
    for (const text of Object.values(files)) expect(text).not.toContain('$(id)');
    expect(files['nodes/main.tf.json']).toContain('${var.cluster}');
    expect(filesOf({ cloud: 'aws', region: 'eu-west-1', cluster: 'prod-1' })['nodes/label-and-taint.sh']).toContain('--cluster-name prod-1 ');
  });

  test('labels that providers write are left to them', () => {
    const files = filesOf({ cloud: 'gcp' }, { labels: { 'cloud.google.com/gke-nodepool': 'gpu', own: 'x' } });
    expect(files['nodes/label-and-taint.sh']).toContain('--node-labels=own=x\n');
    expect(files['nodes/main.tf.json']).not.toContain('gke-nodepool');
  });
});
