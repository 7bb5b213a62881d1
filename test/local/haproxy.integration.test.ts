import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { haproxyConfig } from "../../local/region/haproxy";
import { need } from "../tools";
import { frontends, routed } from "./frontends";

test("the configuration is one that HAProxy takes", () => {
  need("/usr/sbin/haproxy", "haproxy", "-v");
  const folder = mkdtempSync(join(tmpdir(), "towline-haproxy-"));
  const file = join(folder, "haproxy.cfg");
  // The namespace exists inside the region only.
  writeFileSync(
    file,
    haproxyConfig([routed, ...frontends.slice(1)], "127.0.0.1", join(folder, "socket")).replaceAll(
      " namespace host",
      "",
    ),
  );
  try {
    execFileSync("/usr/sbin/haproxy", ["-c", "-f", file], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
