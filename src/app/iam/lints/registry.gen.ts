// Generated from the folder listing by `npm run gen`; do not edit.
import type { Lint } from './lint.ts';
import { lint as allowNotPrincipalLint } from './allow-not-principal.ts';
import { lint as allowNotResourceLint } from './allow-not-resource.ts';
import { lint as ckptDeleteLint } from './ckpt-delete.ts';
import { lint as ckptNoResumeLint } from './ckpt-no-resume.ts';
import { lint as ckptOverwriteLint } from './ckpt-overwrite.ts';
import { lint as ckptSharedKmsKeyLint } from './ckpt-shared-kms-key.ts';
import { lint as credentialsExposureLint } from './credentials-exposure.ts';
import { lint as denyNotresourceBlocksIntendedLint } from './deny-notresource-blocks-intended.ts';
import { lint as denyS3MissesS3expressLint } from './deny-s3-misses-s3express.ts';
import { lint as foreignBucketWritableLint } from './foreign-bucket-writable.ts';
import { lint as gkeIdentitySamenessLint } from './gke-identity-sameness.ts';
import { lint as mismatchedTypeLint } from './mismatched-type.ts';
import { lint as noVersionLint } from './no-version.ts';
import { lint as permissionsManagementLint } from './permissions-management.ts';
import { lint as podidNoTagsessionLint } from './podid-no-tagsession.ts';
import { lint as presignedUrlsUnboundedLint } from './presigned-urls-unbounded.ts';
import { lint as privilegeEscalationLint } from './privilege-escalation.ts';
import { lint as publicAccessLint } from './public-access.ts';
import { lint as resourceMismatchLint } from './resource-mismatch.ts';
import { lint as resourceStarLint } from './resource-star.ts';
import { lint as setOperatorSingleValueLint } from './set-operator-single-value.ts';
import { lint as storeWritesForOthersLint } from './store-writes-for-others.ts';
import { lint as stsVpceOrgConditionBreaksIrsaLint } from './sts-vpce-org-condition-breaks-irsa.ts';
import { lint as trustNoAudLint } from './trust-no-aud.ts';
import { lint as trustNoSubLint } from './trust-no-sub.ts';
import { lint as unknownActionLint } from './unknown-action.ts';
import { lint as unknownConditionKeyLint } from './unknown-condition-key.ts';
import { lint as vpcePolicyBreaksImagePullLint } from './vpce-policy-breaks-image-pull.ts';
import { lint as vpcePolicyDefaultLint } from './vpce-policy-default.ts';

/** Every lint of `src/app/iam/lints`, in name order. */
export const lints: readonly Lint[] = [
  allowNotPrincipalLint,
  allowNotResourceLint,
  ckptDeleteLint,
  ckptNoResumeLint,
  ckptOverwriteLint,
  ckptSharedKmsKeyLint,
  credentialsExposureLint,
  denyNotresourceBlocksIntendedLint,
  denyS3MissesS3expressLint,
  foreignBucketWritableLint,
  gkeIdentitySamenessLint,
  mismatchedTypeLint,
  noVersionLint,
  permissionsManagementLint,
  podidNoTagsessionLint,
  presignedUrlsUnboundedLint,
  privilegeEscalationLint,
  publicAccessLint,
  resourceMismatchLint,
  resourceStarLint,
  setOperatorSingleValueLint,
  storeWritesForOthersLint,
  stsVpceOrgConditionBreaksIrsaLint,
  trustNoAudLint,
  trustNoSubLint,
  unknownActionLint,
  unknownConditionKeyLint,
  vpcePolicyBreaksImagePullLint,
  vpcePolicyDefaultLint,
];
