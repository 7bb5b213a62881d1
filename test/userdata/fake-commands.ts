import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

const ON_PATH = [
  "apt-get",
  "apt-mark",
  "apt-cache",
  "dpkg-query",
  "dpkg",
  "dpkg-deb",
  "journalctl",
  "sleep",
  "sync",
  "systemctl",
];
const FOR_DISKS = ["blkid", "wipefs", "mkfs.ext4", "resize2fs", "xfs_growfs", "chown"];
const IN_ROOT = ["usr/bin/hello", "usr/bin/other", "usr/sbin/towline-agent"];

/** Where the stand-ins lie. */
export const FAKES = join(__dirname, "fakes");

/** Whether a file of the fakes' state asks for something that takes a process: one that is killed, hangs, is sent a signal or looked at. */
export function needsProcesses(path: string, text: string): boolean {
  return (
    /^state\/(kill$|note-locks$|full$|signal\/)/.test(path) ||
    (path.startsWith("state/fail/") && text.endsWith("hang\n"))
  );
}

/** Puts the stand-ins of `fakes/` below `root` and returns the folder to put first on PATH. */
export function placeFakeCommands(root: string): string {
  const bin = join(root, "fake-bin");
  const place = (fake: string, path: string) => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(FAKES, fake), path);
  };
  for (const name of [...ON_PATH, ...FOR_DISKS, "getent"]) place("command.sh", join(bin, name));
  for (const path of IN_ROOT) place("command.sh", join(root, path));
  place("curl.sh", join(bin, "curl"));
  place("jq.sh", join(bin, "jq"));
  return bin;
}
