import { type Created, type Kinds, partsOf, plain, policyWith } from "./kind";

const bucket = "arn:aws:s3:::acme-qa";

/** Groups that differ in what they run. */
export function apps(created: Created): Kinds {
  return {
    "of workers": {
      node: { processes: { hello: "worker=4 clock=1" }, size: { min: 0, max: 6 } },
      adds: [],
      makes: {
        "ec2.SecurityGroup node-security-group": { ingress: [] },
        "autoscaling.Group node-fleet": {
          minSize: 0,
          maxSize: 6,
          healthCheckType: "EC2",
          targetGroupArns: [],
          initialLifecycleHooks: [{ name: "launch" }, { name: "terminate", heartbeatTimeout: 270 }],
        },
      },
      tells: { TOWLINE_PROCESSES: "hello:worker=4,clock=1", TOWLINE_HTTP_PORT: "", TOWLINE_TARGET_GROUP_ARN: "" },
    },

    "of several apps": {
      node: { packages: ["shop", "mail", "redis"], processes: { shop: "web=2", mail: "worker=1" } },
      adds: [],
      makes: {
        "iam.RolePolicy node-role-policy": {
          policy: created(
            policyWith({
              Sid: "ReadSettings",
              Effect: "Allow",
              Action: "s3:GetObject",
              Resource: [`${bucket}/env/shop.env`, `${bucket}/env/mail.env`, `${bucket}/env/redis.env`],
            }),
          ),
        },
      },
      tells: { TOWLINE_PACKAGES: "shop mail redis", TOWLINE_PROCESSES: "shop:web=2 mail:worker=1 redis:web=1" },
    },

    "of one app that others run other processes of": {
      node: { processes: { hello: "worker=2" }, uses: ["front", "clock"] },
      beside: {
        front: { ...plain, processes: { hello: "web=2" } },
        clock: { ...plain, processes: { hello: "clock=1" }, uses: ["front"] },
      },
      adds: [...partsOf("front"), ...partsOf("clock")],
      makes: {
        "servicediscovery.Service registry-front": { name: "front" },
      },
      tells: { TOWLINE_USES: "front clock", TOWLINE_PROCESSES: "hello:worker=2", TOWLINE_NAMESPACE: "qa.internal" },
    },

    "found in a domain that was chosen": {
      sections: { "towline:registry": { namespace: "shop.example.internal" } },
      adds: [],
      makes: {
        "servicediscovery.PrivateDnsNamespace registry-namespace": { name: "shop.example.internal" },
        "servicediscovery.Service registry-node": { name: "node" },
      },
      tells: { TOWLINE_NAMESPACE: "shop.example.internal", TOWLINE_USES: "" },
    },

    "following a channel": {
      node: { channel: "feature-x" },
      adds: [],
      makes: {},
      tells: { TOWLINE_CHANNEL: "feature-x", TOWLINE_SUITE: "stable" },
    },
  };
}
