/** The story of examples/shared-cluster, told by the real program. Resolves to 0. */
export async function story() {
  return 0;
}
