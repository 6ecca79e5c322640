import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { JobExpander } from './expander.ts';
import { madeService } from './made-object.ts';
import { slurmTemplate } from './slurm-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** What runs in the pods of a kind, and where it listens. Source: SlinkyProject/slurm-operator internal/builder/common/const.go, internal/builder/labels. */
const daemons: ReadonlyMap<string, { readonly name: string; readonly component: string; readonly port: number }> = new Map([
  ['Controller', { name: 'slurmctld', component: 'controller', port: 6817 }],
  ['Accounting', { name: 'slurmdbd', component: 'accounting', port: 6819 }],
  ['RestApi', { name: 'slurmrestd', component: 'restapi', port: 6820 }],
  ['LoginSet', { name: 'login', component: 'login', port: 22 }],
]);

/**
 * What a Slurm cluster of slurm-operator (Slinky) is made of beside its nodes: the controller, accounting, the REST API and the pods where users log in.
 * One that is external has no pods. The first controller of several is the active one, until another is.
 * Source: SlinkyProject/slurm-operator internal/builder/{controllerbuilder,accountingbuilder,restapibuilder,loginbuilder}, api/v1beta1/controller_keys.go.
 */
export const expander: JobExpander = {
  kinds: [...daemons.keys()].map((kind) => ({ group: 'slinky.slurm.net', kind })),
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.expect('an object');
    const { name, component, port } = daemonOf(object);
    const template = slurmTemplate(spec, object, { name, ports: { [name]: port } });
    const replicas = replicasOf(object, spec);
    const labels = { ...selectorOf(object), 'app.kubernetes.io/component': component };
    return finish(diagnostics, () => (isExternal(object) ? [] : [workloadOf(object, template, { replicas, labels })]));
  },
  makes(object) {
    if (object.kind !== 'Controller' || isExternal(object)) return [];
    const { name, port } = daemonOf(object);
    const own = new Reader(object.body, object.origin, []).field('spec').field('service').field('port').value;
    const ports = [{ name, protocol: 'TCP', port: typeof own === 'number' && own > 0 ? own : port, targetPort: name }];
    const spec = { selector: selectorOf(object), ports };
    return [
      madeService(object, `${object.name}-controller`, spec),
      madeService(object, `${object.name}-controller-internal`, { ...spec, clusterIP: 'None', publishNotReadyAddresses: true }),
    ];
  },
};

function daemonOf({ kind }: RawObject): { readonly name: string; readonly component: string; readonly port: number } {
  return daemons.get(kind) ?? { name: kind.toLowerCase(), component: kind.toLowerCase(), port: 1 };
}

function selectorOf(object: RawObject): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': daemonOf(object).name, 'app.kubernetes.io/instance': object.name };
}

function isExternal(object: RawObject): boolean {
  return new Reader(object.body, object.origin, []).field('spec').field('external').value === true;
}

/** Source: api/v1beta1/controller_keys.go Replicas; loginset_types.go, restapi_types.go. */
function replicasOf({ kind }: RawObject, spec: Reader): number {
  if (kind === 'Accounting') return 1;
  if (kind !== 'Controller') return spec.field('replicas').integer(0, mostReplicas) ?? 1;
  const spare = spec.field('highAvailability');
  return spare.field('enabled').boolean() === true ? 1 + (spare.field('backups').integer(0, 100) ?? 1) : 1;
}
