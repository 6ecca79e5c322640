/** The first label of a host's name. */
export function shortName(host: string): string {
  return host.split('.', 1)[0] ?? host;
}

/** Whether two names are of one host: they are equal, or one of them is the first label of the other. */
export function isHost(a: string, b: string): boolean {
  return a === b || a === shortName(b) || shortName(a) === b;
}
