import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

const PACKAGES = `Package: hello
Version: 1.0.0
Architecture: amd64
Filename: pool/hello_1.0.0_amd64.deb
Size: 1
SHA256: ${"0".repeat(64)}

`;
const INDEX = "main/binary-amd64/Packages";

/** A signed apt repository of one package, as objects by key, with apt's settings to look at it and nothing else. */
export interface SignedRepository {
  readonly objects: Readonly<Record<string, string>>;
  /** For the environment's APT_CONFIG. */
  readonly aptConfig: string;
}

/** @param entry the repository's address in a source entry, such as `s3://bucket` */
export function signedRepository(folder: string, entry: string): SignedRepository {
  const sum = createHash("sha256").update(PACKAGES).digest("hex");
  const [home, key] = [join(folder, "gnupg"), join(folder, "key.asc")];
  mkdirSync(home, { mode: 0o700 });
  const gpg = (args: string[], input?: string) =>
    execFileSync("gpg", ["--batch", "--homedir", home, ...args], { input, encoding: "utf8", stdio: "pipe" });
  gpg(["--passphrase", "", "--quick-generate-key", "bench", "ed25519", "sign", "never"]);
  writeFileSync(key, gpg(["--armor", "--export"]));
  const release = `Suite: stable
Codename: stable
Architectures: amd64
Components: main
Date: ${new Date().toUTCString().replace("GMT", "UTC")}
Acquire-By-Hash: yes
SHA256:
 ${sum} ${PACKAGES.length} ${INDEX}
`;
  const signed = gpg(["--clearsign"], release);
  execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  const objects = {
    "dists/stable/InRelease": signed,
    [`dists/stable/main/binary-amd64/by-hash/SHA256/${sum}`]: PACKAGES,
  };
  return { objects, aptConfig: aptConfig(folder, `deb [arch=amd64 signed-by=${key}] ${entry} stable main\n`) };
}

function aptConfig(folder: string, source: string): string {
  const [state, cache, list, config] = ["state", "cache", "one.list", "apt.conf"].map((name) => join(folder, name));
  for (const partial of [`${state}/lists/partial`, `${cache}/archives/partial`])
    mkdirSync(partial, { recursive: true });
  writeFileSync(list as string, source);
  const settings: Record<string, string> = {
    // The machine's own settings might do more on an update than look.
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::sourcelist": list as string,
    "Dir::Etc::sourceparts": "-",
    "Dir::State": state as string,
    "Dir::Cache": cache as string,
    "Dir::Cache::pkgcache": "",
    "Dir::Cache::srcpkgcache": "",
    "APT::Architecture": "amd64",
    "APT::Sandbox::User": userInfo().username,
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(config as string, lines.join(""));
  return config as string;
}
