import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildPackage } from "../cli/deb/build";
import type { DebFile } from "../cli/deb/deb";

/**
 * Two builds of an app with a few megabytes of dependencies, from two checkouts at two times under two umasks: their checksums.
 * And the package's size beside the same tree laid out and compressed as pkgr does it.
 */

const ROOT = path.dirname(__dirname);
// Dependencies as an app has them: this project's own, as they lie there.
const DEPENDENCIES = ["@aws-sdk/client-s3", "@slack/webhook", "cli-table3", "commander", "yaml", "zod"];
const COMMITS = 20;

async function main(folder: string): Promise<void> {
  const origin = makeApp(path.join(folder, "origin"));
  const began = performance.now();
  process.umask(0o022);
  const one = await buildPackage({ folder: origin, out: path.join(folder, "one") });
  const seconds = (performance.now() - began) / 1000;
  const clone = path.join(folder, "another-checkout");
  process.umask(0o077);
  execFileSync("git", ["clone", "--quiet", origin, clone]);
  for (const name of readdirSync(clone)) utimesSync(path.join(clone, name), 1, 1);
  const two = await buildPackage({ folder: clone, out: path.join(folder, "two") });
  console.log(`build 1  ${one.sha256}  ${one.version}`);
  console.log(`build 2  ${two.sha256}  ${two.version}`);
  if (one.sha256 !== two.sha256) throw new Error("the two builds differ");
  compare(folder, origin, one, seconds);
}

/** An app in git, with a history. */
function makeApp(at: string): string {
  mkdirSync(at);
  writeFileSync(path.join(at, "Procfile"), "web: node server.js\n");
  writeFileSync(path.join(at, "server.js"), "");
  writeFileSync(path.join(at, "towline.yaml"), "name: app\narchitecture: all\n");
  for (const name of DEPENDENCIES) {
    cpSync(path.join(ROOT, "node_modules", name), path.join(at, "node_modules", name), { recursive: true });
  }
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", at, "-c", "user.name=a", "-c", "user.email=a@b", ...args]);
  git("init", "--quiet");
  for (let commit = 0; commit < COMMITS; commit++) {
    writeFileSync(path.join(at, "server.js"), `// version ${commit}\n`);
    git("add", "--all", "--force");
    git("commit", "--quiet", "--message", `change ${commit}`);
  }
  return at;
}

function compare(folder: string, checkout: string, ours: DebFile, seconds: number): void {
  console.log(`towline  zstd  ${megabytes(ours.size)}  in ${seconds.toFixed(1)} s, clean copy and all`);
  const tree = path.join(folder, "same-tree");
  execFileSync("dpkg-deb", ["--extract", ours.path, tree]);
  rmSync(path.join(tree, "usr"), { recursive: true });
  pack(folder, "pkgr's layout, same tree", pkgrLayout(tree), ours);
  // What pkgr packs of a checkout: all of it, with git's history.
  const whole = path.join(folder, "whole");
  mkdirSync(path.join(whole, "opt"), { recursive: true });
  cpSync(checkout, path.join(whole, "opt", "app"), { recursive: true });
  pack(folder, "pkgr's layout, with .git as pkgr ships it", pkgrLayout(whole), ours);
}

/** The files pkgr puts around an app, with contents of about their size. */
function pkgrLayout(tree: string): string {
  const files: Record<string, number> = {
    "usr/bin/app": 11_000,
    "etc/default/app": 300,
    "etc/app/conf.d/other": 100,
    "opt/app/packaging/scaling/systemd/web": 2_000,
  };
  for (const [name, size] of Object.entries(files)) {
    mkdirSync(path.join(tree, name, ".."), { recursive: true });
    writeFileSync(path.join(tree, name), "#!/bin/sh\n".repeat(size / 10));
  }
  mkdirSync(path.join(tree, "DEBIAN"), { recursive: true });
  writeFileSync(
    path.join(tree, "DEBIAN", "control"),
    "Package: app\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: app\n",
  );
  execFileSync("chmod", ["-R", "u=rwX,go=rX", tree]);
  return tree;
}

function pack(folder: string, title: string, tree: string, ours: DebFile): void {
  for (const compression of ["gzip", "xz"]) {
    const deb = path.join(folder, `${compression}.deb`);
    const began = performance.now();
    execFileSync("dpkg-deb", ["--root-owner-group", `-Z${compression}`, "--build", tree, deb], { stdio: "ignore" });
    const seconds = (performance.now() - began) / 1000;
    const { size } = statSync(deb);
    const ratio = (ours.size / size).toFixed(2);
    console.log(`${title}, ${compression}  ${megabytes(size)}  in ${seconds.toFixed(1)} s: ours is ${ratio} of it`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

const folder = mkdtempSync(path.join(tmpdir(), "towline-bench-"));
main(folder)
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => rmSync(folder, { recursive: true, force: true }));
