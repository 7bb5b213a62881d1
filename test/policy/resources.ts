import type { Given } from "./violations";

export const tags = { "towline:stack": "qa" };
export const template = {
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  inputs: {
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
    tagSpecifications: [
      { resourceType: "instance", tags },
      { resourceType: "volume", tags },
    ],
    tags,
  },
};
export const bucket: [bucket: Given, encryption: Given, accessBlock: Given] = [
  { type: "aws:s3/bucket:Bucket", inputs: { bucket: "acme", tags } },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs: { bucket: "acme", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  },
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    inputs: {
      bucket: "acme",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
  },
];

export function rolePolicy(statement: object): Given {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "S", Effect: "Allow", ...statement }] });
  return { type: "aws:iam/rolePolicy:RolePolicy", inputs: { policy } };
}

export function withUserData(text: string | Buffer): Given {
  return {
    ...template,
    inputs: { ...template.inputs, userData: (typeof text === "string" ? Buffer.from(text) : text).toString("base64") },
  };
}

export function firewall(opening: object): Given {
  const inputs = { ingress: [{ protocol: "tcp", ...opening }], tags };
  return { type: "aws:ec2/securityGroup:SecurityGroup", inputs };
}

export function templateWith(change: Given["inputs"]): Given {
  return { ...template, inputs: { ...template.inputs, ...change } };
}
