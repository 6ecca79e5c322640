import { finish, Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { labelOf } from '../model/labels.ts';
import { annotationsOf } from '../model/metadata.ts';
import type { ExposureReader } from './exposure-reader.ts';

/** Source: kubernetes/kubernetes pkg/apis/networking/validation maxLenIngressClassController. */
const longestController = 250;

/** IngressClass. Source: kubernetes/api networking/v1. */
export const reader: ExposureReader = {
  kinds: [{ group: 'networking.k8s.io', kind: 'IngressClass' }],
  read(object) {
    const diagnostics: Diagnostic[] = [];
    const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
    if (spec.required('controller') && spec.field('controller').value === '')
      spec.field('controller').error('missing-field', 'controller is empty; expected a name such as k8s.io/ingress-nginx.');
    const controller = spec.field('controller').string() ?? '';
    if (controller.length > longestController)
      spec.field('controller').error('too-long', `${shown(controller)} is longer than ${longestController} characters.`);
    const parameters = spec.field('parameters');
    const named =
      parameters.present && parameters.expect('an object') ? `${parameters.field('kind').string() ?? ''} ${parameters.field('name').string() ?? ''}` : null;
    const isDefault = labelOf(annotationsOf(object), 'ingressclass.kubernetes.io/is-default-class') === 'true';
    return finish(diagnostics, () => ({
      classes: [{ kind: 'IngressClass', name: object.name, controller, isDefault, parameters: named, origin: object.origin }],
    }));
  },
};
