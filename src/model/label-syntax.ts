const hyphen = 45;
const dot = 46;
const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** A label key: at most 63 characters of name, after an optional DNS-1123 subdomain of at most 253 and `/`. Source: kubernetes/apimachinery util/validation IsQualifiedName. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(slash + 1);
  return (slash < 0 || isDnsSubdomain(text.slice(0, slash))) && bare.length <= 63 && name.test(bare);
}

/** A label value: empty, or at most 63 characters. Source: kubernetes/apimachinery util/validation IsValidLabelValue. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && name.test(text));
}

/** A DNS-1123 subdomain: what names of most objects are. Source: kubernetes/apimachinery util/validation IsDNS1123Subdomain. */
export function isDnsSubdomain(text: string): boolean {
  if (text.length > 253) return false;
  // Between two dots, and at both ends, stands a letter or digit.
  let edge = true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const alphanumeric = (c >= 97 && c <= 122) || (c >= 48 && c <= 57);
    if (!alphanumeric && (edge || (c !== hyphen && c !== dot))) return false;
    if (c === dot && text.charCodeAt(i - 1) === hyphen) return false;
    edge = c === dot;
  }
  return !edge && text.charCodeAt(text.length - 1) !== hyphen;
}

/** Whether a text may be the name of a namespace. Source: kubernetes/apimachinery validation.IsDNS1123Label. */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && !text.includes('.') && isDnsSubdomain(text);
}
