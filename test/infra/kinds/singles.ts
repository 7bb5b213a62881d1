import { type Created, type Kinds, policyWith } from "./kind";

const EC2 = "arn:aws:ec2:eu-west-1:123456789012";
// The offline cloud makes identifiers from names in the program, the same in each run.
const [ADDRESS, DISK, SECURITY_GROUP] = ["eipalloc-b4aa958ebd1ff3adc", "vol-6ce9992cb3f4cd1a6", "sg-c5e125b44e55f1589"];
const [PUBLIC_A, PUBLIC_B, PRIVATE_A] = [0, 1, 2].map((number) => `subnet-${number}689a8db6277622b2`);

const tags = { Name: "towline-qa-node", "towline:stack": "qa", "towline:group": "node" };
const ofTheGroup = {
  Condition: { StringEquals: { "aws:ResourceTag/towline:stack": "qa", "aws:ResourceTag/towline:group": "node" } },
};

function opened(description: string, port: number, ...cidrBlocks: string[]): object {
  return { description, protocol: "tcp", fromPort: port, toPort: port, cidrBlocks };
}

/** Groups of one host that keeps something when it is replaced, or lets somebody in. */
export function singles(created: Created): Kinds {
  return {
    "on an elastic IP": {
      node: { http: { port: 443 }, elasticIp: { ports: [80, 443] } },
      adds: ["ec2.Eip node-address"],
      makes: {
        "ec2.Eip node-address": { domain: "vpc", tags },
        "autoscaling.Group node-fleet": {
          maxSize: 1,
          vpcZoneIdentifiers: created([PUBLIC_A, PUBLIC_B]),
          healthCheckType: "EC2",
          targetGroupArns: [],
          // A second one serves before the first one goes.
          instanceRefresh: { preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 200 } },
        },
        "ec2.SecurityGroup node-security-group": {
          ingress: [opened("Anybody", 80, "0.0.0.0/0"), opened("Anybody", 443, "0.0.0.0/0")],
        },
        "ec2.LaunchTemplate node-launch-template": {
          vpcSecurityGroupIds: undefined,
          networkInterfaces: [
            {
              deviceIndex: 0,
              associatePublicIpAddress: "true",
              deleteOnTermination: "true",
              securityGroups: [created(SECURITY_GROUP)],
            },
          ],
        },
        "iam.RolePolicy node-role-policy": {
          policy: created(
            policyWith(
              {
                Sid: "ClaimAddress",
                Effect: "Allow",
                Action: "ec2:AssociateAddress",
                Resource: `${EC2}:elastic-ip/${ADDRESS}`,
              },
              {
                Sid: "ClaimAddressForTheGroup",
                Effect: "Allow",
                Action: "ec2:AssociateAddress",
                Resource: [`${EC2}:instance/*`, `${EC2}:network-interface/*`],
                ...ofTheGroup,
              },
            ),
          ),
        },
      },
      tells: { TOWLINE_HTTP_PORT: "443", TOWLINE_TARGET_GROUP_ARN: "", TOWLINE_ELASTIC_IP: String(ADDRESS) },
    },

    "of a network without NAT gateways": {
      sections: { "towline:network": { nat: "none" } },
      adds: [],
      makes: {
        "awsx:ec2:Vpc network-vpc": { natGateways: { strategy: "None" } },
        "autoscaling.Group node-fleet": { vpcZoneIdentifiers: created([PUBLIC_A, PUBLIC_B]) },
        "ec2.LaunchTemplate node-launch-template": {
          vpcSecurityGroupIds: undefined,
          networkInterfaces: [
            {
              deviceIndex: 0,
              associatePublicIpAddress: "true",
              deleteOnTermination: "true",
              securityGroups: [created(SECURITY_GROUP)],
            },
          ],
        },
        "ec2.SecurityGroup node-security-group": { ingress: [] },
      },
    },

    "with a volume": {
      node: { volume: { size: 100, mountPoint: "/var/lib/postgresql" } },
      adds: ["ebs.Volume node-volume"],
      makes: {
        "ebs.Volume node-volume": {
          availabilityZone: created("eu-west-1a"),
          size: 100,
          type: "gp3",
          encrypted: true,
          finalSnapshot: true,
          tags,
        },
        "autoscaling.Group node-fleet": {
          maxSize: 1,
          // The volume's zone, and no other.
          vpcZoneIdentifiers: created([PRIVATE_A]),
          instanceRefresh: { preferences: { minHealthyPercentage: 0, maxHealthyPercentage: 100 } },
        },
        "iam.RolePolicy node-role-policy": {
          policy: created(
            policyWith(
              {
                Sid: "ClaimVolume",
                Effect: "Allow",
                Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
                Resource: `${EC2}:volume/${DISK}`,
              },
              {
                Sid: "ClaimItForTheGroup",
                Effect: "Allow",
                Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
                Resource: [`${EC2}:instance/*`],
                ...ofTheGroup,
              },
              { Sid: "SeeWhereTheVolumeIs", Effect: "Allow", Action: "ec2:DescribeVolumes", Resource: "*" },
            ),
          ),
        },
      },
      tells: { TOWLINE_VOLUME_ID: String(DISK), TOWLINE_VOLUME_MOUNT: "/var/lib/postgresql", TOWLINE_ELASTIC_IP: "" },
    },

    "with a door for operators": {
      node: { access: { keyPair: "operators", sshFrom: ["203.0.113.0/24", "198.51.100.7/32"] } },
      adds: [],
      makes: {
        "ec2.LaunchTemplate node-launch-template": { keyName: "operators" },
        "ec2.SecurityGroup node-security-group": { ingress: [opened("SSH", 22, "203.0.113.0/24", "198.51.100.7/32")] },
      },
    },
  };
}
