import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { unpacked } from "./unpacked";

/** Forms in which secrets are written, each unlike anything else. */
const SECRETS: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/,
  "an AWS access key": /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  "an AWS secret key": /aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
  "a Slack webhook": /hooks\.slack\.com\/(services|workflows)\/\w/,
  "a Slack token": /\bxox[abeoprs](\.[a-z]+)?-[A-Za-z0-9-]{10}/,
  "a GitHub token": /\b(gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{22})/,
  // Whatever stands before the word, as in DB_PASSWORD, PGPASSWORD and clientSecret. What names the place of a secret,
  // or asks for it with `$`, is none.
  "a password":
    /(passwd|password|passphrase|secret([_-]?key([_-]?base)?)?|token|api[_-]?key)["']?\s*[:=]\s*["']?(?!arn:)[^\s"'$({]{8}/i,
  "a password in an address": /:\/\/[^\s/:@"']*:[^\s/@"'$({]+@/,
  "a login's password": /\bchpasswd["']?\s*:[^\]}]{0,200}?\blist\b|:[^\s:"'$]+["']?\s*\|\s*(sudo\s+)?chpasswd\b/,
};

const UNREADABLE =
  "The user data holds compressed content that does not unpack, or to more than 1 MiB: nothing can be said of it. Pack it anew, or leave it plain.";

export const noSecretsInUserData: ResourceValidationPolicy = {
  name: "no-secrets-in-user-data",
  description:
    "User data holds no secret: every process of an instance can read it, and whoever may describe instances.",
  validateResource: [
    validateResourceOfType(aws.ec2.LaunchTemplate, ({ userData }, _, report) =>
      check(Buffer.from(userData ?? "", "base64"), report),
    ),
    validateResourceOfType(aws.ec2.Instance, ({ userData, userDataBase64 }, _, report) =>
      check(userData === undefined ? Buffer.from(userDataBase64 ?? "", "base64") : Buffer.from(userData), report),
    ),
  ],
};

/** The secret itself is left out of the message, which ends up in logs. */
function check(userData: Buffer, report: ReportViolation): void {
  const { texts, unreadable } = unpacked(userData);
  if (unreadable) report(UNREADABLE);
  for (const [secret, form] of Object.entries(SECRETS)) {
    if (texts.some((text) => form.test(text))) {
      report(`The user data holds ${secret}. Let the instance read it from where it is kept.`);
    }
  }
}
