import type { Labels } from '../model/labels.ts';
import type { RawObject } from '../model/snapshot.ts';
import { madeService } from './made-object.ts';

/** A headless Service without ports, that a controller makes so that the pods of `object` find each other by name before they are ready. */
export function headlessService(object: RawObject, name: string, selector: Labels): RawObject {
  return madeService(object, name, { clusterIP: 'None', selector, publishNotReadyAddresses: true });
}
