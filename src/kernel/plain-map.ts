/** No members of its own and none above it, so that no key of an object made from it is special. Such objects are smaller and faster than those made from null. */
const nothing: object = Object.freeze(Object.create(null));

/** An empty object for keys that a user wrote: it inherits nothing, so that `constructor` and `__proto__` are keys like others. */
export function plainMap<T>(): Record<string, T> {
  return Object.create(nothing) as Record<string, T>;
}
