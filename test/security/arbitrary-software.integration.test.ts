import { readIndex } from "../../cli/repository/index";
import { Store, Workshop } from "../cli/repository-fixtures";
import { aptUpdate } from "./real-apt";

// Arbitrary software installation: somebody who can write the bucket, but has no key, puts packages of their own there.

const shop = new Workshop();
beforeAll(() => {
  shop.makeKey("ours");
  shop.makeKey("theirs");
});
afterAll(() => shop.remove());

const unsigned = (text: string) => (text.split("\n\n")[1] ?? "").split("-----BEGIN PGP SIGNATURE-----")[0] ?? "";
const changed = (text: string) => text.replace("Components: main", "Components: mine");

describe("a host", () => {
  it.each([
    ["without a signature", { spoil: { inRelease: unsigned } }, /^E: .*(not signed|Clearsigned file isn't valid)/m],
    ["with somebody else's", { key: "theirs" }, /^E: The repository .* is not signed/m],
    ["changed after it was signed", { spoil: { inRelease: changed } }, /^E: .*is not signed/m],
  ])("takes no index %s", async (_, left, words) => {
    expect(await aptUpdate(shop, left)).toMatch(words);
  });
});

it("a publisher builds on no index that the stack's key did not sign (more in test/cli/repository.test.ts)", async () => {
  const bucket = new Store();
  shop.writeIndex(bucket, [], "theirs");
  await expect(readIndex(bucket, shop.stack("staging").repository)).rejects.toThrow("it is signed with another key");
});
