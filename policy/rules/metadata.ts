import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

interface MetadataOptions {
  readonly httpTokens?: string;
  readonly httpPutResponseHopLimit?: number;
}

export const versionTwoOnly: ResourceValidationPolicy = {
  name: "metadata-version-2-only",
  description: "Instances answer requests for metadata only with a session token (IMDSv2).",
  validateResource: ofInstances(({ httpTokens }, report) => {
    if (httpTokens !== "required") {
      report(`metadataOptions.httpTokens should be "required", but is ${shown(httpTokens)}: set it.`);
    }
  }),
};

export const oneHop: ResourceValidationPolicy = {
  name: "metadata-one-hop",
  description: "The instance's metadata stays on the instance: its answers travel one hop.",
  validateResource: ofInstances(({ httpPutResponseHopLimit: hops }, report) => {
    if (hops !== 1) report(`metadataOptions.httpPutResponseHopLimit should be 1, but is ${shown(hops)}: set it.`);
  }),
};

/** What makes instances here: launch templates, and single instances. */
function ofInstances(check: (options: MetadataOptions, report: ReportViolation) => void) {
  return [
    validateResourceOfType(aws.ec2.LaunchTemplate, ({ metadataOptions }, _, report) =>
      check(metadataOptions ?? {}, report),
    ),
    validateResourceOfType(aws.ec2.Instance, ({ metadataOptions }, _, report) => check(metadataOptions ?? {}, report)),
  ];
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
