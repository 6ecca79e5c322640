/** Bytes at the beginning of a file that tell what it is. */
const longestHead = 8192;

/** Comments, document marks and directives that may come first. Source: YAML 1.2.2 §9.1. */
const preamble = /^(?:\s{0,200}(?:#[^\n]{0,2000}|---[^\n]{0,200}|%YAML[^\n]{0,40})?\n){0,200}/;

/**
 * Whether a text begins as an object of the Kubernetes API does, in YAML or JSON: its version and kind as members of the outermost map, one of them first.
 * A log may hold a manifest, and does not begin with one.
 */
export function isManifest(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, longestHead))
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const text = `\n${head.replaceAll('\r\n', '\n')}`.replace(preamble, '');
  if (/^["']?(?:apiVersion|kind|metadata|spec)["']?:(?:\s|$)/.test(text))
    // What kubectl prints of many begins with their list, and its kind comes last.
    return /^["']?apiVersion["']?:\s/m.test(text) && /^["']?(?:kind["']?:\s|items["']?:\s{0,8}$)/m.test(text);
  if (/["']?apiVersion["']?\s{0,8}:\s{0,8}["']?audit\.k8s\.io\//.test(text)) return false;
  // Of JSON, and of YAML in its flow style. A line of a collector has neither member.
  return (
    /^\s{0,80}\{\s{0,80}["']?(?:apiVersion|kind)["']?\s{0,8}:/.test(text) && /["']?apiVersion["']?\s{0,8}:/.test(text) && /["']?kind["']?\s{0,8}:/.test(text)
  );
}
