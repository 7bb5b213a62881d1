import { type Cloud, follow } from "../../lambda/registry/follow";
import type { GroupInstance, Host } from "../../lambda/registry/plan";

const services = { "towline-qa-web": "srv-web" };

/** A cloud of one group, whose names it keeps as Cloud Map does. */
function cloudOf(instances: readonly GroupInstance[], registered: readonly Host[] = []) {
  const names = new Map(registered.map(({ id, address }) => [id, address]));
  const calls: string[] = [];
  const cloud: Cloud = {
    groupOf: async (instance) => (instances.some(({ id }) => id === instance) ? "towline-qa-web" : undefined),
    instancesOf: async () => instances,
    addressesOf: async (ids) => ids.map((id) => ({ id, address: `10.0.0.${id.slice(2)}` })),
    registered: async () => [...names].map(([id, address]) => ({ id, address })),
    register: async (service, { id, address }) => {
      calls.push(`register ${service} ${id} ${address}`);
    },
    deregister: async (service, instance) => {
      calls.push(`deregister ${service} ${instance}`);
    },
  };
  return { cloud, calls };
}

function scaling(type: string, instance: string, detail: object = {}): object {
  return {
    source: "aws.autoscaling",
    "detail-type": type,
    detail: { AutoScalingGroupName: "towline-qa-web", EC2InstanceId: instance, ...detail },
  };
}

const LAUNCHED = "EC2 Instance Launch Successful";
const TERMINATING = "EC2 Instance-terminate Lifecycle Action";
const TERMINATED = "EC2 Instance Terminate Successful";
const INTERRUPTED = { "detail-type": "EC2 Spot Instance Interruption Warning", detail: { "instance-id": "i-1" } };

async function callsOf(event: unknown, instances: readonly GroupInstance[], registered?: readonly Host[]) {
  const { cloud, calls } = cloudOf(instances, registered);
  await follow(event, services, cloud, () => {});
  return calls;
}

const first = { id: "i-1", address: "10.0.0.1" };
const second = { id: "i-2", address: "10.0.0.2" };

describe("the registry of services", () => {
  it.each([
    [
      "gives a host its name when its launch is complete",
      scaling(LAUNCHED, "i-1"),
      [{ id: "i-1", state: "InService" }],
      [],
      ["register srv-web i-1 10.0.0.1"],
    ],
    [
      "believes the event where Auto Scaling's answer lags behind it",
      scaling(LAUNCHED, "i-1"),
      [{ id: "i-1", state: "Pending:Proceed" }],
      [],
      ["register srv-web i-1 10.0.0.1"],
    ],
    [
      "gives no name to a host that is not in service yet, though another's event comes",
      scaling(LAUNCHED, "i-1"),
      [
        { id: "i-1", state: "InService" },
        { id: "i-2", state: "Pending:Wait" },
      ],
      [first],
      [],
    ],
    [
      "takes the name away while the host still waits to leave",
      scaling(TERMINATING, "i-1"),
      [
        { id: "i-1", state: "InService" },
        { id: "i-2", state: "InService" },
      ],
      [first, second],
      ["deregister srv-web i-1"],
    ],
    [
      "brings nobody back by a late or repeated event of its launch",
      scaling(LAUNCHED, "i-1"),
      [{ id: "i-1", state: "Terminating:Wait" }],
      [],
      [],
    ],
    [
      "forgets whoever is gone, and finds whoever was missed, by any event of the group",
      scaling(TERMINATED, "i-3"),
      [{ id: "i-2", state: "InService" }],
      [first],
      ["deregister srv-web i-1", "register srv-web i-2 10.0.0.2"],
    ],
    [
      "gives a host whose address changed the new one",
      scaling(LAUNCHED, "i-1"),
      [{ id: "i-1", state: "InService" }],
      [{ id: "i-1", address: "10.0.0.9" }],
      ["register srv-web i-1 10.0.0.1"],
    ],
    [
      "takes the name of a spot host that is about to be interrupted",
      INTERRUPTED,
      [{ id: "i-1", state: "InService" }],
      [first],
      ["deregister srv-web i-1"],
    ],
    [
      "leaves a host's way into the warm pool alone",
      scaling(LAUNCHED, "i-1", { Origin: "EC2", Destination: "WarmPool" }),
      [{ id: "i-1", state: "Warmed:Pending" }],
      [],
      [],
    ],
  ])("%s", async (_, event, instances, registered, expected) => {
    expect(await callsOf(event, instances, registered)).toEqual(expected);
  });

  it("leaves other stacks' groups, other instances and whatever it does not know alone", async () => {
    const serving = [{ id: "i-1", state: "InService" }];
    const stranger = scaling(LAUNCHED, "i-1", { AutoScalingGroupName: "towline-prod-web" });
    const spot = { ...INTERRUPTED, detail: { "instance-id": "i-9" } };
    for (const event of [stranger, spot, {}, null, "text", scaling("EC2 Instance Launch Unsuccessful", "i-1")]) {
      expect(await callsOf(event, serving)).toEqual([]);
    }
  });

  it("fails with the cloud's error, so that Lambda tries again", async () => {
    const { cloud } = cloudOf([{ id: "i-1", state: "InService" }]);
    const broken = { ...cloud, register: () => Promise.reject(new Error("throttled")) };
    await expect(follow(scaling(LAUNCHED, "i-1"), services, broken, () => {})).rejects.toThrow("throttled");
  });
});
