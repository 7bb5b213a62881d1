import { inherit, inherits, origin } from "../../infra/config/inheritance";

describe("inherit", () => {
  it("appends lists, base before child", () => {
    expect(inherit({ roles: ["a", "b"] }, { roles: ["c"] })).toEqual({ roles: ["a", "b", "c"] });
  });

  it("keeps an item that is in both lists twice", () => {
    expect(inherit({ roles: ["a"] }, { roles: ["a"] })).toEqual({ roles: ["a", "a"] });
  });

  it("merges maps one level deep and no deeper", () => {
    const base = { size: { min: 1, max: 2 }, deep: { a: { x: 1 }, b: 1 } };
    const child = { size: { max: 9 }, deep: { a: { y: 2 } } };
    expect(inherit(base, child)).toEqual({ size: { min: 1, max: 9 }, deep: { a: { y: 2 }, b: 1 } });
  });

  it("does not append lists inside maps: the child's replaces", () => {
    expect(inherit({ map: { list: [1] } }, { map: { list: [2] } })).toEqual({ map: { list: [2] } });
  });

  it.each([
    ["scalars", "small", "large"],
    ["a list and a scalar", ["a"], "b"],
    ["a map and a list", { a: 1 }, ["b"]],
    ["a value and null", { a: 1 }, null],
  ])("lets the child win for %s", (_, base, child) => {
    expect(inherit({ key: base }, { key: child })).toEqual({ key: child });
  });

  it("takes what only one of the two has", () => {
    expect(inherit({ a: 1 }, { b: [2] })).toEqual({ a: 1, b: [2] });
  });

  it("appends post lists after everything, base's before child's", () => {
    expect(inherit({ list: [1], postList: [5] }, { list: [2], postList: [6] })).toEqual({ list: [1, 2, 5, 6] });
  });

  it("makes a list of a post list alone", () => {
    expect(inherit({ postRunList: ["last"] }, {})).toEqual({ runList: ["last"] });
  });

  it("leaves a post key alone that is no list, or has none to append to", () => {
    expect(inherit({}, { postList: "x" })).toEqual({ postList: "x" });
    expect(inherit({ list: "x" }, { postList: [1] })).toEqual({ list: "x", postList: [1] });
  });

  it("knows a key that all objects have from one that was written", () => {
    const named = JSON.parse('{"constructor": {"a": 1}, "__proto__": {"b": 2}}');
    const merged = inherit({}, named);
    expect(Object.entries(merged)).toEqual([
      ["constructor", { a: 1 }],
      ["__proto__", { b: 2 }],
    ]);
  });

  it("changes neither section", () => {
    const base = { list: [1], map: { a: 1 }, postList: [2] };
    const child = { list: [3], map: { b: 2 } };
    inherit(base, child);
    expect(base).toEqual({ list: [1], map: { a: 1 }, postList: [2] });
    expect(child).toEqual({ list: [3], map: { b: 2 } });
  });
});

describe("the node file the merge rules come from", () => {
  const base = {
    autoscale: false,
    type: "amazon-ebs",
    region: "us-east-1",
    instanceType: "m1.large",
    sourceAmi: "ami-1ebb2077",
    securityGroups: ["external", "internal"],
    defaultAttributes: { environment: "production", key: "value" },
    runList: [
      "recipe[seatgeek::base-server]",
      "recipe[seatgeek::collect-services]",
      "recipe[seatgeek::decommission-services]",
    ],
    postRunList: ["recipe[seatgeek::notify-services]", "recipe[sudo]"],
  };

  it("resolves 12_04-bee: a map over a scalar, attributes merged, its recipes before base's last ones", () => {
    const bee = {
      description: "12_04-bee-ec2 instance, responsible for worker processes",
      autoscale: { timeout: 120, nodeMin: 2, nodeMax: 2 },
      instanceType: "m1.large",
      securityGroups: ["bee"],
      defaultAttributes: { otherKey: "value" },
      runList: [
        "recipe[seatgeek-service::api-workers]",
        "recipe[seatgeek-service::cronq-workers]",
        "recipe[seatgeek-service::djjob]",
      ],
    };
    expect(inherit(base, bee)).toEqual({
      description: "12_04-bee-ec2 instance, responsible for worker processes",
      autoscale: { timeout: 120, nodeMin: 2, nodeMax: 2 },
      type: "amazon-ebs",
      region: "us-east-1",
      instanceType: "m1.large",
      sourceAmi: "ami-1ebb2077",
      securityGroups: ["external", "internal", "bee"],
      defaultAttributes: { environment: "production", key: "value", otherKey: "value" },
      runList: [
        "recipe[seatgeek::base-server]",
        "recipe[seatgeek::collect-services]",
        "recipe[seatgeek::decommission-services]",
        "recipe[seatgeek-service::api-workers]",
        "recipe[seatgeek-service::cronq-workers]",
        "recipe[seatgeek-service::djjob]",
        "recipe[seatgeek::notify-services]",
        "recipe[sudo]",
      ],
    });
  });

  it("resolves 12_04-www: its own instance type, base's attributes as they are", () => {
    const www = {
      description: "www-ec2 instance, responsible for the seatgeek frontend site",
      instanceType: "m3.xlarge",
      securityGroups: ["www"],
      runList: ["recipe[seatgeek::customer-web]"],
    };
    expect(inherit(base, www)).toEqual({
      description: "www-ec2 instance, responsible for the seatgeek frontend site",
      autoscale: false,
      type: "amazon-ebs",
      region: "us-east-1",
      instanceType: "m3.xlarge",
      sourceAmi: "ami-1ebb2077",
      securityGroups: ["external", "internal", "www"],
      defaultAttributes: { environment: "production", key: "value" },
      runList: [
        "recipe[seatgeek::base-server]",
        "recipe[seatgeek::collect-services]",
        "recipe[seatgeek::decommission-services]",
        "recipe[seatgeek::customer-web]",
        "recipe[seatgeek::notify-services]",
        "recipe[sudo]",
      ],
    });
  });
});

describe("origin", () => {
  const base = { list: ["a", "b"], postList: ["y"], map: { x: 1, both: 1 }, only: 1, clash: { x: 1 }, postBase: [1] };
  const child = { list: ["c"], postList: ["z"], map: { both: 2 }, clash: "scalar", postOwn: [1] };

  it.each([
    ["an item of base's list", ["list", 1], "base", ["list", 1]],
    ["an item of child's list", ["list", 2], "child", ["list", 0]],
    ["an item of base's post list", ["list", 3], "base", ["postList", 0]],
    ["an item of child's post list", ["list", 4], "child", ["postList", 0]],
    ["a map's key from base", ["map", "x"], "base", ["map", "x"]],
    ["a map's key that the child overrides", ["map", "both"], "child", ["map", "both"]],
    ["a key from base", ["only"], "base", ["only"]],
    ["a key under a value the child replaced", ["clash", "x"], "child", ["clash", "x"]],
    ["a key from base's post list alone", ["base"], "base", ["postBase"]],
    ["a key from child's post list alone", ["own"], "child", ["postOwn"]],
    ["a key that is nowhere", ["map", "missing"], "child", ["map", "missing"]],
  ])("finds %s", (_, wanted, section, path) => {
    expect(origin(base, child, wanted)).toEqual({ section, path });
  });
});

describe("inherits", () => {
  const base = { list: ["a"], map: { x: 1 }, scalar: 1 };

  it.each([
    ["what it does not name", {}, ["map", "x"], true],
    ["a list's item that it adds to", { list: ["b"] }, ["list", "0"], true],
    ["a list's item that it replaces", { list: "b" }, ["list", "0"], false],
    ["a map's key beside its own", { map: { y: 2 } }, ["map", "x"], true],
    ["a map's key that it has too", { map: { x: 2 } }, ["map", "x"], false],
    ["a scalar that it replaces", { scalar: 2 }, ["scalar"], false],
  ])("tells whether a section inherits %s", (_, child, path, expected) => {
    expect(inherits(base, child, path)).toBe(expected);
  });
});
