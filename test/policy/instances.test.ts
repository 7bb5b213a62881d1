import { tags } from "./resources";
import { type Given, violations } from "./violations";

/** A single instance that keeps the rules, but for what is changed. */
function instance(change: Given["inputs"]): Given {
  const inputs = {
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true },
    volumeTags: tags,
    tags,
  };
  return { type: "aws:ec2/instance:Instance", inputs: { ...inputs, ...change } };
}

describe("a single instance", () => {
  it.each<[string, Given["inputs"]]>([
    ["that tags its volumes together", {}],
    ["without volumes beside its root", { ebsBlockDevices: [] }],
    [
      "that tags each volume",
      {
        volumeTags: {},
        rootBlockDevice: { encrypted: true, tags },
        ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true, tags }],
      },
    ],
  ])("keeps the rules: %s", async (_, change) => {
    expect(await violations([instance(change)])).toEqual([]);
  });

  it.each<[string, Given["inputs"], string]>([
    [
      "metadata-version-2-only",
      { metadataOptions: { httpPutResponseHopLimit: 1 } },
      'metadataOptions.httpTokens should be "required", but is absent: set it.',
    ],
    [
      "encrypted-volumes",
      { rootBlockDevice: {} },
      "The root volume should be encrypted: set rootBlockDevice.encrypted.",
    ],
    [
      "encrypted-volumes",
      { ebsBlockDevices: [{ deviceName: "/dev/sdf" }] },
      "The volume /dev/sdf should be encrypted: set encrypted in ebsBlockDevices.",
    ],
    [
      "tagged-at-launch",
      { volumeTags: {} },
      "volumeTags should hold towline:stack: volumes take no tags from their instance.",
    ],
    [
      "tagged-at-launch",
      {
        volumeTags: {},
        rootBlockDevice: { encrypted: true, tags },
        ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true }],
      },
      "volumeTags should hold towline:stack: volumes take no tags from their instance.",
    ],
  ])("is held to %s: %j", async (rule, change, message) => {
    expect(await violations([instance(change)])).toEqual([`${rule} it: ${message}`]);
  });
});

describe("a launch configuration", () => {
  it("is refused, whatever it holds", async () => {
    expect(await violations([{ type: "aws:ec2/launchConfiguration:LaunchConfiguration", inputs: {} }])).toEqual([
      "tagged-at-launch it: A launch template should be in place of the launch configuration, which cannot tag volumes.",
    ]);
  });
});
