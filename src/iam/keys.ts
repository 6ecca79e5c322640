/**
 * Condition keys that have one value at most, though people compare them with set operators. Source: IAM user guide, AWS global condition context keys
 * ("Value type: Single-valued").
 */
export const singleValued: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:federatedprovider',
  'aws:mfa',
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principalorgid',
  'aws:principalservicename',
  'aws:principaltype',
  'aws:referer',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceidentity',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:tokenissuetime',
  'aws:useragent',
  'aws:userid',
  'aws:username',
  'aws:viaawsservice',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpcsourceip',
  's3:prefix',
  's3:delimiter',
  's3:max-keys',
  's3:resourceaccount',
  's3:authtype',
  's3:signatureage',
  's3:signatureversion',
  's3:tlsversion',
  's3:versionid',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

/** Whether a key may hold several values as far as is known; `inSets`: some condition compares it with a set operator. */
export function mayBeList(key: string, inSets: boolean): boolean {
  return inSets && !singleValued.has(key) && !/^aws:(?:principaltag|resourcetag|requesttag)\//.test(key);
}
