/** Where pods of any cluster may have their addresses, those of other clusters too. Source: RFC 1918, RFC 6598, RFC 4193. */
export const privateBlocks: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
