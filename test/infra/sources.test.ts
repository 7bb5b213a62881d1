import { parseStackConfig, sourcesOf } from "../../infra/config";

const RAW = {
  "aws:region": "eu-west-1",
  "towline:repository": { bucket: "acme" },
  "towline:network": { cidr: "10.1.0.0/16" },
  "towline:groups": {
    __base__: {
      packages: ["base-tools"],
      postPackages: ["last-tools"],
      size: { min: 2, max: 4 },
      rollout: { bake: 600 },
      tags: { team: "core" },
    },
    web: {
      packages: ["hello"],
      processes: { hello: "web=1 worker=2" },
      size: { max: 9 },
      http: { port: 6000 },
      postPackages: ["own-tools"],
    },
    idle: null,
  },
};

const sources = (name: string) => {
  const config = parseStackConfig("staging", RAW);
  return new Map(
    sourcesOf(RAW, name, config.groups[name] as never).map(({ path, value, from, post }) => [
      path.join("."),
      `${JSON.stringify(value)} ${from}${post === undefined ? "" : ` ${post}`}`,
    ]),
  );
};

test("each value of a group names what it was written in", () => {
  const web = sources("web");
  expect([...web].filter(([, text]) => !text.endsWith("default"))).toEqual([
    ["packages.0", '"base-tools" base'],
    ["packages.1", '"hello" group'],
    ["packages.2", '"last-tools" base postPackages'],
    ["packages.3", '"own-tools" group postPackages'],
    ["size.min", "2 base"],
    ["size.max", "9 group"],
    ["rollout.bake", "600 base"],
    ["tags.team", '"core" base'],
    ["processes.hello", '"web=1 worker=2" group'],
    ["http.port", "6000 group"],
  ]);
});

test("what nobody wrote is a default, each once, and nothing that was written is one", () => {
  const web = sources("web");
  expect(web.get("http.healthPath")).toBe('"/health" default');
  expect(web.get("instanceType")).toBe('"t3.small" default');
  expect(web.get("rollout.maxUnavailable")).toBe("1 default");
  // The same under the form in which the program understands it.
  expect(web.has("processes.hello.web")).toBe(false);
  expect(web.get("processes.base-tools")).toBe('"web=1" default');
  expect([...web.values()].some((text) => text.startsWith("undefined"))).toBe(false);
});

test("a group without a line of its own has all of its base's", () => {
  const idle = sources("idle");
  expect(idle.get("packages.1")).toBe('"last-tools" base postPackages');
  expect([...idle.values()].some((text) => text.includes("group"))).toBe(false);
});
