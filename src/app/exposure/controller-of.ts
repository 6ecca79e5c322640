import { controllerGuessed, controllerNamed, type KnownController, routerLabel, routerNamespace } from '../../exposure/controllers.ts';
import type { EntryClass } from '../../model/exposure.ts';
import { type Labels, labelOf } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Gap } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { carries } from './backends.ts';
import type { Entry } from './entries.ts';

/**
 * Who serves an entry. `pods`: these workloads. `absent`: pods that the input does not show, or nobody knows who. Nothing is taken for known of their labels: charts let
 * users choose others, and Gateway controllers have modes that share pods between Gateways or leave them to the user. Source: `nameOverride` in the charts named in
 * src/exposure/controllers.ts; istio.io, Kubernetes Gateway API, Manual Deployment; gateway.envoyproxy.io, mergeGateways; kgateway GatewayParameters, selfManaged.
 * `cloud`: a load balancer outside (`direct`: dials pods, never nodes). `proxy`: the CNI's own. `guessed`: by the name of a class that the input does not show.
 */
export interface Controller {
  readonly kind: 'pods' | 'absent' | 'cloud' | 'proxy';
  readonly title: string;
  readonly workloads: readonly Workload[];
  readonly direct: boolean;
  readonly guessed: boolean;
  readonly gaps: readonly Gap[];
}

/** Says whether an AWS load balancer dials pods. Source: kubernetes-sigs/aws-load-balancer-controller docs/guide/ingress/annotations.md. */
const targetType = 'alb.ingress.kubernetes.io/target-type';

/** Entries of one key have one controller. */
export function controllerKey({ id, through }: Entry): string {
  switch (through.kind) {
    case 'ingress': {
      const { className, annotations } = through.ingress;
      return className === null ? `ingress ${id}` : `class ${className} ${labelOf(annotations, targetType) ?? ''}`;
    }
    case 'gateway':
      return `gateway ${through.gateway.namespace}/${through.gateway.name} ${through.gateway.className}`;
    case 'router':
      return `router ${through.routers.map((r) => r.name).join()}`;
    case 'service':
      return 'service';
  }
}

/** Finds the controller of an entry by its class, and the controller's pods by the labels that they are known to have. */
export function controllerOf(snapshot: Snapshot, entry: Entry): Controller | null {
  const { through } = entry;
  switch (through.kind) {
    case 'service':
      return null;
    case 'router':
      return routers(
        snapshot,
        through.routers.map((r) => r.name),
      );
    case 'gateway': {
      const { className, namespace, name } = through.gateway;
      if (className === '') return absent('the controller of a Gateway that is not in the input', entry.gaps);
      const found = snapshot.exposure.classes.find((c) => c.kind === 'GatewayClass' && c.name === className);
      return controllerOfClass(snapshot, 'GatewayClass', className, found, { namespace, name }, {});
    }
    case 'ingress': {
      const { className, annotations } = through.ingress;
      const classes = snapshot.exposure.classes.filter((c) => c.kind === 'IngressClass');
      const found = className === null ? classes.find((c) => c.isDefault) : classes.find((c) => c.name === className);
      if (className === null && found === undefined) {
        const text = `which controller takes ${entry.id}: it names no class, and no IngressClass of the input is the default`;
        return absent('a controller that is not known', [{ code: 'ingress-class', text, mend: 'set spec.ingressClassName, and give the IngressClass' }]);
      }
      return controllerOfClass(snapshot, 'IngressClass', className ?? found?.name ?? '', found, null, annotations);
    }
  }
}

function controllerOfClass(
  snapshot: Snapshot,
  kind: EntryClass['kind'],
  name: string,
  found: EntryClass | undefined,
  gateway: { readonly namespace: string; readonly name: string } | null,
  annotations: Labels,
): Controller {
  const guessed = found === undefined;
  const known = found === undefined ? controllerGuessed(name) : controllerNamed(found.controller);
  const gaps: readonly Gap[] = guessed ? [{ code: 'entry-class', text: `which controller takes ${kind} ${name}`, mend: `give the ${kind}` }] : [];
  if (known === undefined) {
    const who = found === undefined ? `the controller of ${kind} ${name}` : `${found.controller} (${kind} ${name})`;
    const unknown: Gap = { code: 'unknown-controller', text: `which pods run ${who}`, mend: 'ask who dials the pods, and query that pair' };
    return absent(who, guessed ? gaps : [unknown]);
  }
  return { ...dialled(snapshot, known, `${known.title} (${kind} ${name})`, found, gateway, annotations, gaps), guessed };
}

function dialled(
  snapshot: Snapshot,
  known: KnownController,
  title: string,
  found: EntryClass | undefined,
  gateway: { readonly namespace: string; readonly name: string } | null,
  annotations: Labels,
  gaps: readonly Gap[],
): Controller {
  const { dialler } = known;
  switch (dialler.kind) {
    case 'cloud': {
      const direct = dialler.pods || labelOf(annotations, targetType) === 'ip';
      return { kind: 'cloud', title, workloads: [], direct, guessed: false, gaps };
    }
    case 'proxy':
      return { kind: 'proxy', title, workloads: [], direct: false, guessed: false, gaps };
    case 'router': {
      const named = found?.parameters?.startsWith('IngressController ') ? [found.parameters.slice('IngressController '.length)] : [];
      const router = routers(snapshot, named);
      return { ...router, gaps: [...gaps, ...router.gaps] };
    }
    case 'pods':
      return inInput(snapshot, title, dialler.labels, gaps);
    case 'gateway-pods': {
      const labels = {
        [dialler.nameLabel]: gateway?.name ?? '',
        ...(dialler.namespaceLabel === null ? {} : { [dialler.namespaceLabel]: gateway?.namespace ?? '' }),
      };
      return inInput(snapshot, title, [labels], gaps, dialler.namespaceLabel === null ? (gateway?.namespace ?? null) : null);
    }
  }
}

function routers(snapshot: Snapshot, names: readonly string[]): Controller {
  const labels = (names.length === 0 ? ['default'] : names).map((name) => ({ [routerLabel]: name }));
  return inInput(snapshot, `OpenShift router${names.length === 0 ? '' : ` ${names.join(', ')}`}`, labels, [], routerNamespace);
}

/** Live pods with any of these sets of labels, in one namespace or in all. */
function inInput(snapshot: Snapshot, title: string, labels: readonly Labels[], gaps: readonly Gap[], namespace: string | null = null): Controller {
  const workloads = snapshot.workloads.filter(
    (w) => w.lifecycle !== 'finished' && (namespace === null || w.namespace === namespace) && labels.some((l) => carries(w, l)),
  );
  if (workloads.length > 0) return { kind: 'pods', title, workloads, direct: false, guessed: false, gaps };
  const looked = labels
    .map((l) =>
      Object.entries(l)
        .map(([k, v]) => `${k}=${v}`)
        .join(','),
    )
    .join(' or ');
  const gap: Gap = {
    code: 'controller-absent',
    text: `the pods of ${title}: none of the input has ${looked}${namespace === null ? '' : ` in ${namespace}`}`,
    mend: "give the controller's manifests",
  };
  return absent(title, [...gaps, gap]);
}

function absent(title: string, gaps: readonly Gap[]): Controller {
  return { kind: 'absent', title, workloads: [], direct: false, guessed: false, gaps };
}
