import { type Reader, shown } from '../../kernel/reader.ts';
import type { RawObject } from '../../model/snapshot.ts';

/** The one version that there is. Source: amazon-network-policy-controller-k8s api/v1alpha1/groupversion_info.go. */
export function checkVersion({ apiVersion, kind }: RawObject, body: Reader): void {
  const version = apiVersion.split('/')[1] ?? '';
  if (version !== 'v1alpha1')
    body
      .field('apiVersion')
      .error('unknown-version', `${kind} has no version ${shown(version)}; expected v1alpha1.`, 'Write apiVersion: networking.k8s.aws/v1alpha1.');
}
