import type { Created, Kinds } from "./kind";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012";
const launcher = (role: string): string => `arn:aws:iam::123456789012:role/aws-service-role/${role}`;

/** Groups that differ in the instances they consist of, and in how these come and go. */
export function fleets(created: Created): Kinds {
  return {
    "of several instance types, a share of them spot instances": {
      node: { alternativeTypes: ["t3a.small", "t2.small"], spot: { percent: 70, onDemand: 1 } },
      adds: [],
      makes: {
        "autoscaling.Group node-fleet": {
          launchTemplate: undefined,
          capacityRebalance: true,
          mixedInstancesPolicy: {
            launchTemplate: {
              launchTemplateSpecification: {
                launchTemplateId: created(expect.stringMatching(/^lt-[0-9a-f]{17}$/)),
                version: created("1"),
              },
              overrides: [{ instanceType: "t3.small" }, { instanceType: "t3a.small" }, { instanceType: "t2.small" }],
            },
            instancesDistribution: {
              onDemandAllocationStrategy: "prioritized",
              onDemandBaseCapacity: 1,
              onDemandPercentageAboveBaseCapacity: 30,
              spotAllocationStrategy: "price-capacity-optimized",
            },
          },
        },
      },
    },

    "of arm64 instances": {
      sections: { "towline:repository": { bucket: "acme-qa", architecture: "arm64" } },
      adds: [],
      makes: { "ec2.LaunchTemplate node-launch-template": { instanceType: "t4g.small" } },
      tells: { TOWLINE_ARCHITECTURE: "arm64" },
    },

    "with a root volume of its own size": {
      node: { rootVolume: { size: 40 } },
      adds: [],
      makes: {
        "ec2.LaunchTemplate node-launch-template": {
          blockDeviceMappings: [{ ebs: { volumeSize: 40, volumeType: "gp3", encrypted: "true" } }],
        },
      },
    },

    "with a fast root volume under a key of its own": {
      node: { rootVolume: { size: 40, iops: 6000, throughput: 250, kmsKey: KEY }, spot: { percent: 50 } },
      adds: ["kms.Grant node-root-volume-auto-scaling-grant", "kms.Grant node-root-volume-spot-grant"],
      makes: {
        "ec2.LaunchTemplate node-launch-template": {
          blockDeviceMappings: [
            {
              ebs: { volumeType: "gp3", encrypted: "true", volumeSize: 40, iops: 6000, throughput: 250, kmsKeyId: KEY },
            },
          ],
        },
        "kms.Grant node-root-volume-auto-scaling-grant": {
          keyId: KEY,
          granteePrincipal: launcher("autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
          operations: expect.arrayContaining(["Decrypt", "GenerateDataKeyWithoutPlaintext", "CreateGrant"]),
        },
        "kms.Grant node-root-volume-spot-grant": {
          granteePrincipal: launcher("spot.amazonaws.com/AWSServiceRoleForEC2Spot"),
        },
      },
    },

    "with a root volume of another type": {
      node: { rootVolume: { size: 20, type: "io2", iops: 10_000 } },
      adds: [],
      makes: {
        "ec2.LaunchTemplate node-launch-template": {
          blockDeviceMappings: [{ ebs: { volumeType: "io2", volumeSize: 20, iops: 10_000 } }],
        },
      },
    },

    "of instances that have what it needs, whatever their type": {
      node: { instanceTypes: { vcpu: { min: 2, max: 8 }, memory: { min: 4 } } },
      adds: [],
      makes: {
        "autoscaling.Group node-fleet": {
          launchTemplate: undefined,
          mixedInstancesPolicy: {
            launchTemplate: {
              overrides: [{ instanceRequirements: { vcpuCount: { min: 2, max: 8 }, memoryMib: { min: 4096 } } }],
            },
            instancesDistribution: {
              onDemandAllocationStrategy: "lowest-price",
              onDemandPercentageAboveBaseCapacity: 100,
            },
          },
        },
      },
    },

    "whose hosts grow no older than two weeks, and go in an order of its own": {
      node: {
        maxInstanceLifetime: 14,
        maintenance: { minHealthy: 90, maxHealthy: 120 },
        terminationPolicies: ["OldestLaunchTemplate", "OldestInstance"],
      },
      adds: [],
      makes: {
        "autoscaling.Group node-fleet": {
          maxInstanceLifetime: 1_209_600,
          instanceMaintenancePolicy: { minHealthyPercentage: 90, maxHealthyPercentage: 120 },
          terminationPolicies: ["OldestLaunchTemplate", "OldestInstance"],
        },
      },
    },

    "whose containers reach the metadata service": {
      node: { imdsHopLimit: 2 },
      adds: [],
      makes: {
        "ec2.LaunchTemplate node-launch-template": {
          metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
        },
      },
    },

    "with hosts that wait": {
      node: { size: { min: 2, max: 8 }, warmPool: { min: 1, max: 6, reuseOnScaleIn: true } },
      adds: [],
      makes: {
        "autoscaling.Group node-fleet": {
          warmPool: {
            poolState: "Stopped",
            minSize: 1,
            maxGroupPreparedCapacity: 6,
            instanceReusePolicy: { reuseOnScaleIn: true },
          },
        },
      },
    },

    "replaced slowly, and under watch": {
      node: { refresh: { bake: 300, alarms: ["shop-errors"] }, health: { timeout: 45 } },
      adds: [],
      makes: {
        "autoscaling.Group node-fleet": {
          healthCheckGracePeriod: 45,
          defaultInstanceWarmup: 45,
          instanceRefresh: {
            strategy: "Rolling",
            preferences: {
              minHealthyPercentage: 100,
              maxHealthyPercentage: 150,
              skipMatching: true,
              instanceWarmup: "300",
              alarmSpecification: { alarms: ["shop-errors"] },
            },
          },
        },
      },
      tells: { TOWLINE_HEALTH_TIMEOUT: "45" },
    },

    "that takes releases several hosts at a time": {
      node: {
        size: { min: 4, max: 8 },
        rollout: { maxUnavailable: "25%", timeout: 600 },
        // More tags than an object takes.
        tags: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`tag${index}`, "x"])),
      },
      adds: [],
      makes: {
        "s3.BucketObjectv2 node-rollout-policy": {
          bucket: "acme-qa",
          key: "rollout/node/policy.json",
          content: '{"maxUnavailable":"25%","bake":0,"timeout":600,"freeze":[],"alarms":[]}',
          contentType: "application/json",
          tags: { "towline:stack": "qa", "towline:group": "node" },
        },
      },
    },

    "that watches alarms while it takes releases": {
      node: { rollout: { alarms: ["shop-errors"] } },
      adds: [
        "RolloutAlarms rollout-alarms",
        ...["changes-1", "look"].flatMap((rule) => [
          `cloudwatch.EventRule rollout-alarms-${rule}-rule`,
          `cloudwatch.EventTarget rollout-alarms-${rule}-target`,
          `lambda.Permission rollout-alarms-${rule}-permission`,
        ]),
        "cloudwatch.LogGroup rollout-alarms-log",
        "cloudwatch.MetricAlarm rollout-alarms-failures",
        "cloudwatch.MetricAlarm rollout-alarms-undelivered",
        "iam.Role rollout-alarms-role",
        "iam.RolePolicy rollout-alarms-role-policy",
        "lambda.Function rollout-alarms-function",
        "sqs.Queue rollout-alarms-undelivered",
        "sqs.QueuePolicy rollout-alarms-undelivered-policy",
      ],
      makes: {
        "lambda.Function rollout-alarms-function": {
          environment: { variables: { TOWLINE_BUCKET: "acme-qa", TOWLINE_ALARMS: '{"node":["shop-errors"]}' } },
        },
      },
    },
  };
}
