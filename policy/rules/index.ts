import type { Policies } from "@pulumi/policy";
import { noClearText } from "./clear-text";
import { encryptedBuckets, encryptedQueues, encryptedVolumes, usableTopicKeys } from "./encryption";
import { oneHop, versionTwoOnly } from "./metadata";
import { noOpenSsh } from "./network";
import { noOpenHosts } from "./open-hosts";
import { noManagedPolicies, noWildcards } from "./permissions";
import { noPublicBuckets, noPublicPolicies } from "./public";
import { noShells } from "./shells";
import { tagged, taggedAtLaunch } from "./tags";
import { noSecretsInUserData } from "./user-data";

/** The rules, all mandatory: `pulumi up --policy-pack policy` stops at a violation, and so do the unit tests. */
export const rules: Policies = [
  versionTwoOnly,
  oneHop,
  encryptedVolumes,
  encryptedBuckets,
  encryptedQueues,
  usableTopicKeys,
  noWildcards,
  noManagedPolicies,
  noShells,
  tagged,
  taggedAtLaunch,
  noPublicBuckets,
  noPublicPolicies,
  noOpenSsh,
  noOpenHosts,
  noClearText,
  noSecretsInUserData,
];
