import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptKey, type PrivateKey } from "openpgp";
import { replaceFile } from "../../cli/replace-file";
import { makeKey, writeSecrets } from "../../cli/repository/key-pair";
import { clearSign, dearmor, fingerprintsOf, openSigner } from "../../cli/repository/keys";

const folder = mkdtempSync(join(tmpdir(), "towline-keys-"));
const at = (name: string) => join(folder, name);
let [one, other]: PrivateKey[] = [];

beforeAll(async () => {
  [one, other] = [await makeKey("qa"), await makeKey("qa")];
  await writeSecrets([one], at("one.secret.asc"));
  await writeSecrets([one, other], at("both.secret.asc"));
  await replaceFile(at("one.asc"), one.toPublic().armor());
  await replaceFile(at("both.asc"), `${one.toPublic().armor()}\n${other.toPublic().armor()}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const idOf = (key: PrivateKey | undefined) => key?.getFingerprint().toUpperCase() ?? "";

it("writes private keys for their owner alone, and never over a file", async () => {
  expect(statSync(at("one.secret.asc")).mode & 0o777).toBe(0o600);
  await expect(writeSecrets([other as PrivateKey], at("one.secret.asc"))).rejects.toThrow("EEXIST");
});

it("finds every key of a file, in as many armored blocks as there are", async () => {
  expect(await fingerprintsOf(at("both.asc"))).toEqual([idOf(one), idOf(other)]);
  expect((await openSigner(at("both.secret.asc"), at("both.asc"))).fingerprints).toEqual([idOf(one), idOf(other)]);
});

it.each([
  ["the private key of another stack", "both.secret.asc", "one.asc", /holds the key [0-9A-F]{40}, but hosts trust/],
  ["one of two private keys", "one.secret.asc", "both.asc", /lacks the private key of [0-9A-F]{40}; while the key is/],
  ["a public key in a private one's place", "one.asc", "one.asc", /one\.asc: is no file with an armored private/],
  ["a private key in a public one's place", "one.secret.asc", "one.secret.asc", /is no file with an armored public/],
  ["a file that is not there", "none.asc", "one.asc", /none\.asc: cannot be read: ENOENT/],
])("refuses %s", async (_, secret, trusted, message) => {
  await expect(openSigner(at(secret), at(trusted))).rejects.toThrow(message);
});

it("refuses what is no key, and a key with a passphrase, by name", async () => {
  const armored = (body: string) =>
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${body}\n-----END PGP PRIVATE KEY BLOCK-----\n`;
  writeFileSync(at("broken.asc"), armored(Buffer.from("nothing of the kind").toString("base64")));
  await expect(openSigner(at("broken.asc"), at("one.asc"))).rejects.toThrow(/broken\.asc: is no file with a private/);
  const locked = await encryptKey({ privateKey: one as PrivateKey, passphrase: "x" });
  writeFileSync(at("locked.asc"), locked.armor());
  await expect(openSigner(at("locked.asc"), at("one.asc"))).rejects.toThrow(
    /locked\.asc: the private key \w{40} has a/,
  );
});

it("signs with every key, what gpg's own verifier takes, in lines as Debian's indexes have them", async () => {
  const signer = await openSigner(at("both.secret.asc"), at("both.asc"));
  const text = "Suite: stable\nSHA512:\n 12ab 3 main/x\n- a line with a dash\n";
  writeFileSync(at("InRelease"), await clearSign(signer, Buffer.from(text)));
  expect(readFileSync(at("InRelease"), "utf8")).toMatch(/^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSuite: /);
  expect(readFileSync(at("InRelease"), "utf8")).not.toContain("\r");
  writeFileSync(at("keyring.gpg"), dearmor("both.asc", readFileSync(at("both.asc"), "utf8")));
  const verified = (name: string) =>
    execFileSync(
      "gpgv",
      ["--homedir", folder, "--keyring", at("keyring.gpg"), "--status-fd", "1", "--output", "-", at(name)],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
  const said = verified("InRelease");
  expect(said.match(/GOODSIG/g)).toHaveLength(2);
  expect(said).toContain(text.trimEnd());
  writeFileSync(at("changed"), readFileSync(at("InRelease"), "utf8").replace("stable", "oldstable"));
  expect(() => verified("changed")).toThrow("Command failed");
});
