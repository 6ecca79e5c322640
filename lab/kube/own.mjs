import { ApiServer, unavailable } from './api-server.mjs';
import { admissionObjects, admissionPolicies } from '../../dist/app/admission/objects.js';
import { parseZone } from '../../dist/spec/parse.js';
console.log('unavailable', unavailable);
const z = parseZone(JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'TrainingZone', metadata: { name: 'z' }, spec: { platform: { cni: 'kubernetes' }, namespace: { name: 'ml' }, workloads: [{ name: 'w', selector: { app: 'train' }, collectives: { transport: 'infiniband' } }], fabric: { infiniband: { partition: { pkey: '0x0010' }, hosts: { ports: [{ host: 'a', guid: '0x0000000000000011' }] } } } } }), 'z.yaml').value.zone;
const policy = admissionPolicies(z).find((p) => p.side === 'training');
const rule = policy.rules.find((r) => r.id === 'own-networks');
const s = await ApiServer.start();
try {
  await s.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } });
  for (const o of admissionObjects({ ...policy, rules: [rule] }, 'kubernetes')) {
    const b = o.kind.endsWith('Binding') ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
    const a = await s.ask('POST', `/apis/admissionregistration.k8s.io/v1/${b}`, o);
    console.log(o.kind, a.status, a.body.message ?? '', a.warnings);
  }
  const pod = (value) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ml', annotations: value === null ? {} : { 'k8s.v1.cni.cncf.io/networks': value } }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  const ask = (v) => s.ask('POST', '/api/v1/namespaces/ml/pods?dryRun=All', pod(v));
  for (let i = 0; i < 400; i++) { const a = await ask('prod/ib'); if (a.status !== 201) break; await new Promise((d) => setTimeout(d, 50)); }
  for (const v of [null, 'ib', 'ib, ml/rail-0@net1', 'prod/ib', 'ib,prod/ib', 'x-ml/ib', '[{"name": "ib", "ips": ["10.0.0.1/24"]}]', ' [{"name": "ib", "namespace" : "ml"}, {"name": "b", "namespace":"ml"}]', '[{"name": "ib", "namespace": "prod"}]', '[{"name": "ib", "namespace": "ml2"}]', '[{"name": "ib", "NameSpace": "prod"}]', '[{"name": "ib", "name\u017fpace": "prod"}]', '[{"name": "ib", "n\\u0061mespace": "prod"}]', 'a'.repeat(100000), '[' + '{"name":"ib","namespace":"ml"},'.repeat(6000) + ']']) {
    const a = await ask(v);
    console.log(a.status, String(v).slice(0, 60), a.status === 201 ? '' : String(a.body.message).slice(0, 160));
  }
  console.log((await s.ask('GET', `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${policy.name}`)).body.status);
} finally { await s.stop(); }
