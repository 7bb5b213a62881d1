import { InputError } from "../../cli/errors";
import { requireFittingReleases } from "../../cli/repository/releases-fit";
import { imageRelease } from "../../cli/root/release";

const image = (number: number) => `/aws/service/debian/release/${number}/latest/amd64`;
const groups = {
  web: { packages: ["shop"], image: image(13) },
  old: { packages: ["ledger"], image: image(12), channel: "next" },
  own: { packages: ["shop", "ledger"], image: "/ours/image" },
};
const shop = { name: "shop", version: "1.2.0" };

describe("native code for another release than a group runs is not published", () => {
  it("and the group and the command that builds it anew are named", () => {
    expect(() => requireFittingReleases(groups, undefined, [{ ...shop, release: "bookworm" }])).toThrow(
      new InputError(
        `shop 1.2.0 holds native code for Debian bookworm, but the group web runs trixie (${image(13)}); ` +
          "build it with 'towline build --release trixie'",
      ),
    );
  });

  it.each([
    ["what fits", { ...shop, release: "trixie" }, undefined],
    ["what holds none", shop, undefined],
    ["what no group with a known image runs", { name: "x", version: "1", release: "bookworm" }, undefined],
    ["what is for a channel that only fitting groups follow", { ...shop, release: "bookworm" }, "next"],
  ])("but %s is", (_, file, channel) => {
    expect(() => requireFittingReleases(groups, channel, [file])).not.toThrow();
  });

  it("as far as the name of an image says what it runs", () => {
    expect([image(13), image(12), image(11), "/ours/image"].map(imageRelease)).toEqual([
      "trixie",
      "bookworm",
      undefined,
      undefined,
    ]);
  });
});
