import type { Command } from "commander";
import { buildPackage } from "../deb/build";
import { printResult } from "../progress";
import { HOSTS_RELEASE, parseRelease, type Release } from "../root/release";

const HELP = `
A folder with a Procfile, with a Makefile that has the targets install, start, stop and restart, or that Heroku runs without a
Procfile (npm start, Rails, Rack) becomes the package of an app. It is built in a copy of what git tracks, at its place on hosts
(/opt/<name>), by what it is: npm, Bundler, pip, uv, Poetry, Pipenv, Go, Cargo or Maven from their lock files, else make build;
dependencies of development stay out. towline.yaml beside it may set name, description, maintainer, depends (a list),
architecture (all, amd64, arm64; amd64 unless said), build (shell lines, instead of the above), buildDepends (Debian packages they
call), socket (true: systemd listens for the process web), role (true: processes get the credentials of the host's role, which they
otherwise do not reach) and sandbox (what they may beyond other apps: docs/packages.md). A folder with DEBIAN/control is packed as it is laid out.

The steps run in a clean root of the release that hosts run, which mmdebstrap makes once and later builds use again
(~/.cache/towline): they see the copy and Debian's tools, and nothing of this machine. Steps that fetch no packages have no network. An app without steps needs no root.

The version is --version, else that of DEBIAN/control, else git's: the nearest tag that looks like a version, the number of
commits since (git rev-list --count) and the commit, such as 1.2.3.57.gdeadbee; on the tag itself 1.2.3; without any tag
0.0.0.57.gdeadbee. Pre-releases (v1.2.3-rc.1, 1.2.3rc1, 1.2.3.rc1) begin with '~' and so sort before 1.2.3. Equal content makes equal bytes: all files get the time of the folder's last commit, or SOURCE_DATE_EPOCH.

Beside the package come its SBOM (….cdx.json, CycloneDX) and what it was built from (….provenance.json, in-toto and SLSA), which 'towline publish' checks and signs.

Examples:
  towline build examples/hello
  towline build examples/hello --version 1.2.0 --out dist
  towline build shop --release bookworm
  towline build userdata/agent --json | jq -r .path`;

interface Options {
  readonly version?: string;
  readonly out: string;
  readonly release: Release;
  readonly here?: boolean;
  readonly json?: boolean;
}

/** `towline build`. */
export function addBuild(program: Command): void {
  program
    .command("build")
    .description("make a Debian package of a folder")
    .argument("<dir>", "folder of an app, or with DEBIAN/control")
    .option("--version <version>", "version of the package, such as 1.2.3~rc.1 (default: git's, see below)")
    .option("--out <dir>", "folder for the .deb", ".")
    .option("--release <name>", "Debian's release that hosts run: trixie or bookworm", parseRelease, HOSTS_RELEASE)
    .option("--here", "run the build's steps with this machine's own tools instead of a clean root's")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (folder: string, options: Options) => {
      const deb = await buildPackage({
        ...{ folder, version: options.version, out: options.out },
        release: options.here ? undefined : options.release,
      });
      printResult(options.json, deb, [
        `${deb.path}  ${deb.name} ${deb.version} ${deb.architecture}, ${deb.size} bytes, sha256 ${deb.sha256}`,
      ]);
    });
}
