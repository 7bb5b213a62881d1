import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newInShape, readShape, type Shape } from "../../cli/deb/shape";
import { newSinceLast } from "../../cli/repository/last-shape";
import type { Shelf } from "../../cli/repository/suite";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const EMPTY: Shape = { scripts: [], setuid: [], paths: [] };

function built(version: string, files: Record<string, number>): string {
  const root = join(folder, version);
  mkdirSync(join(root, "DEBIAN"), { recursive: true });
  writeFileSync(
    join(root, "DEBIAN/control"),
    `Package: shop\nVersion: ${version}\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n`,
  );
  for (const [name, mode] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), "#!/bin/sh\n");
    chmodSync(join(root, name), mode);
  }
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", root, `${root}.deb`]);
  return `${root}.deb`;
}

const OLD = { "opt/shop/a b": 0o644, "DEBIAN/prerm": 0o755 };
const NEW = { ...OLD, "DEBIAN/preinst": 0o755, "etc/cron.d/x y": 0o644, "usr/bin/sudoer": 0o4755, "opt/shop/c": 0o644 };
const BROUGHT = [
  "the maintainer script preinst, which runs as root",
  "the setuid file /usr/bin/sudoer",
  "/etc/cron.d/x y",
];

describe("what a package brings beyond its app", () => {
  it("are scripts, setuid files and paths elsewhere", async () => {
    expect(await readShape(built("1", OLD), "shop")).toEqual({ scripts: ["prerm"], setuid: [], paths: [] });
    expect(await readShape(built("2", NEW), "shop")).toEqual({
      ...{ scripts: ["preinst", "prerm"], setuid: ["/usr/bin/sudoer"] },
      paths: ["/etc/cron.d/x y", "/usr/bin/sudoer"],
    });
  });

  it("is named where it is new, and many files by their number", () => {
    const paths = [1, 2, 3, 4, 5, 6, 7].map((n) => `/etc/${n}`);
    expect(newInShape({ ...EMPTY, paths: ["/etc/1"] }, { ...EMPTY, paths })).toEqual([
      ...["/etc/2", "/etc/3", "/etc/4", "/etc/5", "/etc/6", "and 1 more files outside its own folder"],
    ]);
    expect(newInShape({ ...EMPTY, paths }, EMPTY)).toEqual([]);
  });

  it("is compared with the last version by what this machine kept of it, else with the package in the pool", async () => {
    const asked: string[] = [];
    const pool = new Map<string, string>([["pool/main/s/shop/shop_1_all.deb", built("1", OLD)]]);
    const bucket = {
      get: async (key: string) => {
        asked.push(key);
        const path = pool.get(key);
        return path === undefined ? undefined : { content: readFileSync(path), etag: "x" };
      },
    };
    const shelf = { bucket, suite: { repository: { suite: "stable" } } } as unknown as Shelf;
    const of = (version: string, previous: string | null, path: string) => {
      const filename = `pool/main/s/shop/shop_${version}_all.deb`;
      const entry = { name: "shop", version, previous, filename, architecture: "all", sha256: "", size: 0 };
      return newSinceLast(join(folder, "state"), shelf, { path }, entry);
    };
    const second = built("2", NEW);
    expect(await of("2", "1", second)).toEqual(BROUGHT);
    expect(asked).toEqual(["pool/main/s/shop/shop_1_all.deb"]);
    expect(await of("3", "2", second)).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(await of("9", "8", second)).toBeUndefined();
    expect(await of("1", null, second)).toEqual([]);
  });
});
