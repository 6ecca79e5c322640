/** Text as CEL writes it. Labels, names and addresses have no quotes in them; what might is escaped all the same. Source: google/cel-spec doc/langdef.md, string literals. */
export function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function celList(texts: readonly string[]): string {
  return `[${texts.map(celText).join(', ')}]`;
}

/** All of these. */
export function allOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : parts.map((p) => `(${p})`).join(' && ');
}

/** The lists of containers that a pod may have. Their types differ, so that each is asked by itself. Source: kubernetes/api core/v1 PodSpec. */
const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** What must hold of every container of a pod, `c`. */
export function everyContainer(pod: string, condition: string): string {
  return allOf(containerLists.map((list) => `!has(${pod}.spec.${list}) || ${pod}.spec.${list}.all(c, ${condition})`));
}

/** A label of an object, or the empty text. */
export function labelValue(object: string, key: string): string {
  return `(has(${object}.metadata.labels) && ${celText(key)} in ${object}.metadata.labels ? ${object}.metadata.labels[${celText(key)}] : '')`;
}
