/** What decides whose data can be reached behind a front end that serves every tenant. */
export type TenantControl = (typeof tenantControls)[number];

export const tenantControls = ['endpoint-policy', 'vpc-service-controls', 'service-endpoint-policy', 'private-endpoint', 'proxy'] as const;

/** On a policy: the control that decides, by the word of whoever wrote the policy, for no rule shows it. Packs carry the zone's `tenantControl` there. */
export const tenantControlAnnotation = 'ringfence.dev/tenant-control';
