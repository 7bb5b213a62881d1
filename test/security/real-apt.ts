import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha512 } from "../../cli/checksum";
import { clearSign, openSigner } from "../../cli/repository/keys";
import type { Workshop } from "../cli/repository-fixtures";

/** What hosts give apt, whatever their image sets. */
export const HOSTS_OPTIONS = ["-o", "Acquire::Check-Date=true", "-o", "Acquire::Check-Valid-Until=true"];

/** An index on the disk, as a writer of the bucket could leave it. */
export interface Left {
  /** Milliseconds since the epoch. @default now */
  readonly date?: number;
  /** Fields of the Release, each with its line's end. @default none */
  readonly fields?: string;
  /** The suite it is signed for; it lies in `stable`'s place in any case. */
  readonly suite?: string;
  /** Name of the key that signs it. @default the host's */
  readonly key?: string;
  /** What is written in place of what was signed. */
  readonly spoil?: { readonly inRelease?: (text: string) => string; readonly packages?: string };
}

export const releaseTime = (milliseconds: number) => new Date(milliseconds).toUTCString().replace("GMT", "UTC");

/**
 * What the real apt says of a repository as a fresh host, in an image that has its checks off, sees it: its errors and warnings.
 * @param options what the host gives it
 */
export async function aptUpdate(
  shop: Workshop,
  left: Left,
  options: readonly string[] = HOSTS_OPTIONS,
): Promise<string> {
  const { date = Date.now(), fields = "", suite = "stable", key = "ours", spoil = {} } = left;
  const root = shop.path(`apt-${++made}`);
  const lists = join(root, "dists/stable/main/binary-amd64");
  for (const folder of [lists, join(root, "state/lists/partial")]) mkdirSync(folder, { recursive: true });
  const packages = "Package: hello\nVersion: 1.0\nArchitecture: all\nFilename: pool/hello.deb\nSize: 1\n";
  writeFileSync(join(lists, "Packages"), spoil.packages ?? packages);
  const names = `Suite: ${suite}\nCodename: ${suite}\nDate: ${releaseTime(date)}\n${fields}Components: main\nArchitectures: amd64\n`;
  const release = `${names}SHA512:\n ${sha512(Buffer.from(packages))} ${packages.length} main/binary-amd64/Packages\n`;
  const signer = await openSigner(shop.path(`${key}.secret.asc`), shop.path(`${key}.asc`));
  const signed = (await clearSign(signer, Buffer.from(release))).toString();
  writeFileSync(join(root, "dists/stable/InRelease"), spoil.inRelease?.(signed) ?? signed);
  const source = join(root, "towline.list");
  writeFileSync(source, `deb [arch=amd64 signed-by=${shop.path("ours.asc")}] copy:${root} stable main\n`);
  const image = join(root, "apt.conf");
  writeFileSync(image, 'Acquire::Check-Date "false";\nAcquire::Check-Valid-Until "false";\n');
  const settings = {
    "Dir::Etc::sourcelist": source,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(root, "state/lists"),
    "Dir::Cache": root,
    "APT::Sandbox::User": "root",
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const env = { ...process.env, APT_CONFIG: image, LC_ALL: "C" };
  return spawnSync("apt-get", ["update", "-q", ...given, ...options], { encoding: "utf8", env }).stderr;
}

let made = 0;
