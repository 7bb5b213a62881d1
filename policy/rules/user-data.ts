import { gunzipSync } from "node:zlib";
import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

/** Forms in which secrets are written, each unlike anything else. */
const SECRETS: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/,
  "an AWS access key": /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  "an AWS secret key": /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
  "a Slack webhook": /hooks\.slack\.com\/(services|workflows)\/\w/,
  "a Slack token": /\bxox[abeoprs](\.[a-z]+)?-[A-Za-z0-9-]{10}/,
  "a GitHub token": /\b(gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{22})/,
  "a password": /\b(passwd|password|passphrase|secret|token)["']?\s*[:=]\s*["']?[^\s"'$({]{8}/i,
};

export const noSecretsInUserData: ResourceValidationPolicy = {
  name: "no-secrets-in-user-data",
  description:
    "User data holds no secret: every process of an instance can read it, and whoever may describe instances.",
  validateResource: [
    validateResourceOfType(aws.ec2.LaunchTemplate, ({ userData }, _, report) => check(decoded(userData), report)),
    validateResourceOfType(aws.ec2.Instance, ({ userData, userDataBase64 }, _, report) =>
      check((userData ?? "") + decoded(userDataBase64), report),
    ),
  ],
};

/** The secret itself is left out of the message, which ends up in logs. */
function check(userData: string, report: ReportViolation): void {
  for (const [secret, form] of Object.entries(SECRETS)) {
    if (form.test(userData)) report(`The user data holds ${secret}. Let the instance read it from where it is kept.`);
  }
}

function decoded(base64 = ""): string {
  const bytes = Buffer.from(base64, "base64");
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (gzipped ? gunzipSync(bytes) : bytes).toString();
}
