/** How often what is called by a name was met, in the order of the first time. */
export class Counts {
  readonly #of = new Map<string, number>();

  add(name: string, n: number): void {
    this.#of.set(name, (this.#of.get(name) ?? 0) + n);
  }

  get all(): readonly { readonly name: string; readonly count: number }[] {
    return [...this.#of].map(([name, count]) => ({ name, count }));
  }

  /** The most frequent first. */
  get ranked(): Counts['all'] {
    return [...this.all].sort((a, b) => b.count - a.count);
  }
}
