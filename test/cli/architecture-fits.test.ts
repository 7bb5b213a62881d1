import { requireFittingArchitecture } from "../../cli/repository/architecture-fits";

const groups = {
  web: { packages: ["shop"], architecture: "amd64" },
  api: { packages: ["shop", "api"], architecture: "arm64", channel: "feature-x" },
} as const;
const shop = { name: "shop", version: "1.2" };

describe("a package", () => {
  it("that is built for another architecture than a group's hosts is refused, by the group's name", () => {
    expect(() => requireFittingArchitecture(groups, undefined, [{ ...shop, architecture: "amd64" }])).toThrow(
      'shop 1.2 is built for amd64, but the group api runs arm64; build it with "architecture: all" in its towline.yaml, which an app without native code can be, or give api hosts of amd64',
    );
  });

  it.each([
    ["of no architecture", undefined, { ...shop, architecture: "all" }],
    ["that no such group runs", undefined, { ...shop, name: "other", architecture: "amd64" }],
    ["in a channel that no such group follows", "feature-y", { ...shop, architecture: "amd64" }],
  ])("%s is taken", (_, channel, file) => {
    expect(() => requireFittingArchitecture(groups, channel, [file])).not.toThrow();
  });
});
