import { reasonOf } from "../../cli/aws";
import { UserError } from "../../cli/errors";
import { parseHostReport } from "../../cli/fleet/host";
import { targetsOf } from "../../cli/fleet/nudge";
import { joinStatus } from "../../cli/fleet/status";
import { renderTable } from "../../cli/table";

const REPORT = {
  instance: "i-1",
  group: "web",
  state: "serving",
  health: "healthy",
  since: "2026-01-31T12:00:00Z",
  packages: { hello: "1.1.0" },
  error: "",
  reported: "2026-01-31T12:01:00Z",
} as const;

describe("status", () => {
  it("joins each instance with its host's report, by group and instance", () => {
    const instances = [
      { group: "worker", instance: "i-0", lifecycle: "InService" },
      { group: "web", instance: "i-2", lifecycle: "Pending:Wait" },
      { group: "web", instance: "i-1", lifecycle: "InService" },
    ];
    const gone = { ...REPORT, instance: "i-gone" };
    const failed = {
      ...REPORT,
      group: "worker",
      instance: "i-0",
      state: "failed",
      health: "unhealthy",
      error: "no disk",
    } as const;
    expect(joinStatus(instances, [gone, failed, REPORT])).toEqual([
      {
        group: "web",
        instance: "i-1",
        lifecycle: "InService",
        state: "serving",
        packages: { hello: "1.1.0" },
        since: "2026-01-31T12:00:00Z",
        health: "healthy",
        error: null,
      },
      {
        group: "web",
        instance: "i-2",
        lifecycle: "Pending:Wait",
        state: null,
        packages: {},
        since: null,
        health: "unknown",
        error: null,
      },
      {
        group: "worker",
        instance: "i-0",
        lifecycle: "InService",
        state: "failed",
        packages: { hello: "1.1.0" },
        since: "2026-01-31T12:00:00Z",
        health: "unhealthy",
        error: "no disk",
      },
    ]);
  });

  it("reads what the contract says a host writes", () => {
    expect(parseHostReport("key", JSON.stringify(REPORT))).toEqual(REPORT);
  });

  it.each([
    ["{", "hosts/web/i-1.json: is not JSON"],
    [JSON.stringify({ ...REPORT, packages: undefined }), "hosts/web/i-1.json: is no report of a host: packages: "],
  ])("refuses %s as a report", (text, message) => {
    expect(() => parseHostReport("hosts/web/i-1.json", text)).toThrow(message);
  });

  it("prints aligned columns where there is no terminal", () => {
    const rows = [
      ["web", "i-1"],
      ["worker", "i-22"],
    ];
    expect(renderTable(["group", "instance"], rows, false)).toBe("group   instance\nweb     i-1\nworker  i-22");
  });
});

it("nudges hosts by their stack's tag, and their group's where one is given", () => {
  expect(targetsOf("prod", undefined)).toEqual([{ Key: "tag:towline:stack", Values: ["prod"] }]);
  expect(targetsOf("prod", "web")).toEqual([
    { Key: "tag:towline:stack", Values: ["prod"] },
    { Key: "tag:towline:group", Values: ["web"] },
  ]);
});

it.each([
  [
    Object.assign(new Error("x"), { name: "CredentialsProviderError" }),
    /^there are no AWS credentials; set AWS_PROFILE/,
  ],
  [Object.assign(new Error("x"), { name: "AccessDenied" }), /^access denied/],
  [Object.assign(new Error("slow"), { name: "SlowDown", $metadata: {}, $fault: "server" }), /^SlowDown: slow$/],
  [Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), /^ECONNREFUSED: connect$/],
])("words AWS's %s", (error, words) => {
  expect(reasonOf(error)).toMatch(words);
});

it("leaves faults of ours and sentences already worded alone", () => {
  expect(reasonOf(new TypeError("x is not a function"))).toBeUndefined();
  expect(reasonOf(new UserError("worded"))).toBeUndefined();
});
