import { Balancer } from "../../local/region/balancer";
import { FakeHaproxy } from "./fake-haproxy";

let haproxy: FakeHaproxy;
let balancer: Balancer;

beforeEach(async () => {
  haproxy = new FakeHaproxy();
  await haproxy.start();
  balancer = new Balancer();
});
afterEach(() => haproxy.stop());

const register = (id: string, checked = 60_000) => balancer.register("web", id, "10.0.0.1", 8080, checked);

describe("a target", () => {
  test("gets a slot, and no request before its first health check", async () => {
    await register("i-1");
    expect(haproxy.commands).toEqual([
      "set server web/target1 addr 10.0.0.1 port 8080",
      "set server web/target1 state ready; set server web/target1 health down",
    ]);
    haproxy.status.set("web/target1", "DOWN");
    expect(await balancer.health("web", "i-1")).toBe("initial");
  });

  test("that passes none of its first checks is unhealthy", async () => {
    await register("i-1", 0);
    haproxy.status.set("web/target1", "DOWN");
    expect(await balancer.health("web", "i-1")).toBe("unhealthy");
  });

  test("is healthy, unhealthy after that, and unknown targets are unused", async () => {
    await register("i-1");
    haproxy.status.set("web/target1", "UP 1/2");
    expect(await balancer.health("web", "i-1")).toBe("healthy");
    haproxy.status.set("web/target1", "DOWN");
    expect(await balancer.health("web", "i-1")).toBe("unhealthy");
    expect(await balancer.health("web", "i-2")).toBe("unused");
  });

  test("registered twice has one slot", async () => {
    await register("i-1");
    await register("i-1");
    expect(haproxy.commands).toHaveLength(2);
    expect(balancer.registered("web")).toEqual(["i-1"]);
  });

  test("drains while it has requests, and gives its slot back after", async () => {
    await register("i-1");
    await balancer.deregister("web", "i-1");
    haproxy.status.set("web/target1", "DRAIN");
    haproxy.sessions.set("web/target1", 1);
    expect(await balancer.health("web", "i-1")).toBe("draining");
    haproxy.sessions.set("web/target1", 0);
    expect(await balancer.health("web", "i-1")).toBe("unused");
    expect(haproxy.commands.slice(2)).toEqual([
      "set server web/target1 state drain",
      "set server web/target1 state maint",
    ]);
    expect(balancer.registered("web")).toEqual([]);
  });

  test("asked about by two at once gives its own slot back, once, and nobody else's", async () => {
    await register("i-1");
    await register("i-2");
    await balancer.deregister("web", "i-1");
    await Promise.all([balancer.health("web", "i-1"), balancer.health("web", "i-1"), balancer.remove("web", "i-1")]);
    expect(balancer.registered("web")).toEqual(["i-2"]);
    expect(haproxy.commands.filter((command) => command.endsWith("maint"))).toEqual([
      "set server web/target1 state maint",
    ]);
    await register("i-3");
    expect(haproxy.commands.at(-2)).toBe("set server web/target1 addr 10.0.0.1 port 8080");
  });
});

test("a full backend, and a command that HAProxy refuses, are said", async () => {
  for (let target = 1; target <= 16; target++) await register(`i-${target}`);
  await expect(register("i-17")).rejects.toThrow(
    "web has 16 targets, which is all that the local load balancer has room for",
  );
  haproxy.answers = { "set server other/target1": "No such backend." };
  await expect(balancer.register("other", "i-1", "10.0.0.1", 80, 0)).rejects.toThrow(
    "HAProxy: set server other/target1 addr 10.0.0.1 port 80: No such backend.",
  );
});
