import { Ec2 } from "../../local/answers/ec2";
import type { Member } from "../../local/fleet/member";
import type { Host, HostSpec } from "../../local/region/host";
import { queryCall } from "./calls";
import { FakeHosts } from "./fake-region";

const hosts = new FakeHosts();
const nothing = undefined as never;
const ec2 = new Ec2(nothing, nothing, nothing, nothing);
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
let found: Record<string, Partial<Member>>;
const fleet = { member: (id: string) => found[id] as Member | undefined };

beforeEach(async () => {
  hosts.rebooted.length = 0;
  errors.mockClear();
  const host = await hosts.boot({ id: "i-1" } as HostSpec);
  const off = { reboot: () => Promise.reject(new Error("the instance is off")) } as unknown as Host;
  found = { "i-1": { host }, "i-2": { host: off }, "i-3": {} };
});

test("RebootInstances reboots what runs, and says what it cannot reboot, to nobody's delay", async () => {
  const ids = { "InstanceId.1": "i-1", "InstanceId.2": "i-2", "InstanceId.3": "i-3" };
  expect(await ec2.follow(fleet, queryCall("ec2", "RebootInstances", ids), "reply")).toBe("reply");
  await new Promise(setImmediate);
  expect(hosts.rebooted).toEqual(["i-1"]);
  expect(errors.mock.calls).toEqual([["ec2: i-2 does not reboot: the instance is off"]]);
});

test("nothing else reboots an instance", async () => {
  await ec2.follow(fleet, queryCall("ec2", "DescribeInstances", { "InstanceId.1": "i-1" }), "reply");
  expect(hosts.rebooted).toEqual([]);
});
