/** What every file of a pack carries in its first lines (objects as a label), so that it is known again. Source: Kubernetes recommended labels. */
export const madeByUs: string = 'app.kubernetes.io/managed-by: ringfence';
