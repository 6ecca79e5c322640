import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { readZones } from '../spec/parse.ts';
import { checkCertificate } from './certificate/check.ts';
import { makeCertificate } from './certificate/make.ts';
import { loadSnapshot } from './load.ts';
import { plainModes } from './modes.ts';
import { readQueryFiles, runQueries } from './queries/run.ts';
import { verify } from './verify.ts';

const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium}
  namespace: {name: ml, podSecurity: baseline}
  workloads: [{name: pretrain, selector: {app: train}}]
`;

const pods = `
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: ml, labels: {app: train}}
spec: {containers: [{name: c, image: i}]}
`;

const block = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: block, namespace: ml}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
`;

const name = `
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: named, namespace: ml}
spec: {endpointSelector: {}, egress: [{toFQDNs: [{matchName: api.example.com}]}]}
`;

const taken = 'taken to have public addresses only';

function cluster(text: string) {
  return loadSnapshot([{ file: 'cluster.yaml', text }]).snapshot;
}

describe('what verdicts about outside names rest on', () => {
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no profile');
  const zones = readZones([{ file: 'zone.yaml', text: zone }]).zones;
  const rests = (text: string): string => verify(cluster(text), profile.value, zones).assumptions.join('\n');

  test('verify says what names are taken for where rules on addresses bear on them, and only there', () => {
    expect(rests(pods + block + name)).toContain(taken);
    expect(rests(pods + name)).not.toContain(taken);
    expect(rests(pods + block)).not.toContain(taken);
  });

  test('so does a certificate, which does not hold without that line', () => {
    const manifestTexts = [{ file: 'cluster.yaml', text: pods + block + name }];
    const zoneTexts = [{ file: 'zone.yaml', text: zone }];
    const snapshot = cluster(pods + block + name);
    const report = verify(snapshot, profile.value, zones);
    const made = makeCertificate({ zoneTexts, manifestTexts, snapshot, modes: plainModes, profile: profile.value, zones }, report);
    expect(made.assumptions.join('\n')).toContain(taken);
    expect(checkCertificate(JSON.stringify(made), [...zoneTexts, ...manifestTexts]).problems).toEqual([]);
    const less = { ...made, assumptions: made.assumptions.filter((line) => !line.includes(taken)) };
    expect(checkCertificate(JSON.stringify(less), [...zoneTexts, ...manifestTexts]).problems).not.toEqual([]);
  });

  test('a query that names a host says it, though no rule speaks of the host', () => {
    const text =
      'apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries:\n- name: host\n  must-reach: {from: {workload: ml/a}, to: {host: api.example.com}}\n';
    const { files } = readQueryFiles([{ file: 'q.yaml', text }]);
    const asked = runQueries(cluster(pods + block), profile.value, { files, zones: [], useless: new Set(), strict: false });
    if (!asked.ok) throw new Error('no answer');
    expect(asked.value.assumptions.join('\n')).toContain(taken);
  });
});
