/** Every zone of the fabric: the ports of one that is not given are nobody's. */
export function zoneOptions(zones: readonly string[]): string {
  return zones.map((zone) => `-f ${zone}.yaml`).join(' ');
}
