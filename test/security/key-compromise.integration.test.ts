import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createCleartextMessage, generateKey, type PrivateKey, sign } from "openpgp";
import { main } from "../../cli/main";
import { createChannelsKey } from "../../cli/repository/channels-key";
import { makeKey, withLife, writeSecrets } from "../../cli/repository/key-pair";
import { renewChannelsKey, renewKeys } from "../../cli/repository/key-renewal";
import { dearmor, endOfKeys, openSigner } from "../../cli/repository/keys";
import { publishPackages } from "../../cli/repository/publish";
import { NO_ORIGIN, Store, Workshop } from "../cli/repository-fixtures";

// Key compromise: somebody has a signing key. A key that was lost without a trace is worth nothing once it has ended; how one is replaced that is
// known to be stolen is in docs/releases.md, and test/cli/publishing.integration.test.ts ("a key's rotation") holds the way there.

const YEAR = 365 * 24 * 60 * 60;
const shop = new Workshop();
const options = (name: string) => shop.publisher(name, name);
const keep = async (name: string, key: PrivateKey) => {
  await writeSecrets([key], shop.path(`${name}.secret.asc`));
  writeFileSync(shop.path(`${name}.asc`), key.toPublic().armor());
};
/** A key of three years ago that lasted for one. */
const ended = async () => {
  const date = new Date(Date.now() - 3 * YEAR * 1000);
  const { privateKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "old" }],
    subkeys: [],
    keyExpirationTime: YEAR,
    date,
    format: "object",
  });
  return privateKey;
};
const clearSigned = async (key: PrivateKey, date: Date) =>
  sign({ message: await createCleartextMessage({ text: "Suite: stable\n" }), signingKeys: key, date });
/** What gpg's verifier says of a signature, with that public key. */
function verdict(key: string, text: string): string {
  writeFileSync(shop.path("keyring.gpg"), dearmor("key", key));
  writeFileSync(shop.path("signed"), text);
  const args = [
    "--homedir",
    shop.folder,
    "--keyring",
    shop.path("keyring.gpg"),
    "--status-fd",
    "1",
    shop.path("signed"),
  ];
  try {
    return /(EXPKEYSIG|GOODSIG)/.exec(execFileSync("gpgv", args, { encoding: "utf8", stdio: "pipe" }))?.[1] ?? "";
  } catch (error) {
    return /(EXPKEYSIG|GOODSIG)/.exec((error as { stdout: string }).stdout)?.[1] ?? "";
  }
}

beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

it("a key lasts for two years, and an index says when the first of its keys ends", async () => {
  await keep("two-years", await makeKey("staging"));
  const bucket = new Store();
  const shelf = shop.shelf(bucket, undefined, shop.stack("staging", "two-years"));
  await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("two-years"), NO_ORIGIN);
  const said = /^X-Towline-Key-Until: (.*)$/m.exec(bucket.objects.get("dists/stable/InRelease")?.toString() ?? "")?.[1];
  const left = (Date.parse(said ?? "") - Date.now()) / 1000;
  expect(Math.round(left / YEAR)).toBe(2);
});

it("a renewal gives the key more time: the private file stays, and hosts with the old public half and the new one read what it signs", async () => {
  await keep("renewed", await makeKey("staging", YEAR));
  writeFileSync(shop.path("before.asc"), readFileSync(shop.path("renewed.asc")));
  const bucket = new Store();
  const stack = shop.stack("staging", "renewed");
  const shelf = shop.shelf(bucket, undefined, stack);
  await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("renewed"), NO_ORIGIN);
  const first = bucket.objects.get("dists/stable/InRelease")?.toString() ?? "";
  const secret = readFileSync(shop.path("renewed.secret.asc"), "utf8");
  const done = await renewKeys({ stack, bucket }, options("renewed"), 3 * YEAR);
  expect(Math.round((Date.parse(done.until) - Date.now()) / 1000 / YEAR)).toBe(3);
  expect(done.suites).toEqual(["stable"]);
  expect(readFileSync(shop.path("renewed.secret.asc"), "utf8")).toBe(secret);
  const [listed, old] = [["hello 1.0", `towline-archive-keyring ${done.keyring}`], shop.stack("staging", "before")];
  expect(await bucket.listed(shelf)).toEqual(listed);
  expect(await bucket.listed(shop.shelf(bucket, undefined, old))).toEqual(listed);
  // A host may have the new half while the index is still that of before.
  expect(verdict(readFileSync(shop.path("renewed.asc"), "utf8"), first)).toBe("GOODSIG");
  const signer = await openSigner(shop.path("renewed.secret.asc"), shop.path("renewed.asc"));
  expect(await endOfKeys(signer)).toBe(Date.parse(done.until));
});

it("the channels' key is renewed by itself, and signs the channels there are", async () => {
  await keep("main", await makeKey("staging"));
  const bucket = new Store();
  const stack = { ...shop.stack("staging", "main"), channelsKey: shop.path("channels.asc") };
  await createChannelsKey(stack, shop.path("channels.secret.asc"), undefined, YEAR);
  const channel = shop.shelf(bucket, "feature-x", stack);
  await publishPackages(channel, [await shop.deb("hello", "1.0")], options("channels"), NO_ORIGIN);
  const done = await renewChannelsKey({ stack, bucket }, options("channels"), 2 * YEAR);
  expect(done).toMatchObject({ keyring: null, suites: ["feature-x"], publicFile: stack.channelsKey });
  expect(await bucket.listed(channel)).toEqual(["hello 1.0"]);
  const plain = shop.stack("staging", "main");
  await expect(renewChannelsKey({ stack: plain, bucket }, options("main"), YEAR)).rejects.toThrow(
    "has no key for channels",
  );
});

it("what a key signed is worth nothing once it has ended, until it is renewed; and a publisher signs nothing with it", async () => {
  const key = await ended();
  await keep("ended", key);
  const inItsTime = await clearSigned(key, new Date(Date.now() - 2.5 * YEAR * 1000));
  expect(verdict(key.toPublic().armor(), inItsTime)).toBe("EXPKEYSIG");
  expect(verdict((await withLife(key, YEAR)).toPublic().armor(), inItsTime)).toBe("GOODSIG");
  await expect(openSigner(shop.path("ended.secret.asc"), shop.path("ended.asc"))).rejects.toThrow(
    /ended\.asc: the key it holds ended on \d{4}-.*, and hosts take nothing that it signs; renew it with 'towline key renew'/,
  );
});

it.each([["1y6m"], ["89d"], ["11y"], ["0y"], ["never"]])("a key's life of %s is wrong usage", async (life) => {
  expect(await main(["key", "renew", "--stack", "a", "--expires", life])).toBe(2);
  expect(process.stderr.write).toHaveBeenCalledWith(
    expect.stringContaining("It should be days or years from 90d to 10y, such as 2y."),
  );
});
